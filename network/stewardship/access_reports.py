"""Loading a message to report: only somebody else's, and only where it can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.access import conversation_for, message_to_report
from network.conversations.models import Message
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.stewardship.models import Report


@dataclass(frozen=True, slots=True)
class Reportable:
    """A message, its author where the reader may know them, and what the reader reported of it."""

    message: Message
    author: Member | None
    report: Report | None


def reportable(
    db: Session, member: Member, key: str, message_key: str, *, now: datetime
) -> Reportable:
    """Return a message in this conversation that the member can read; else raise `NotFound`."""
    thread = conversation_for(db, member, key, now=now)
    message = message_to_report(db, member, message_key)
    if message.conversation_id != thread.conversation.id:
        raise NotFound
    author = db.scalar(
        select(Member).where(Member.id == message.author_id, not_apart(Viewer.of(member)))
    )
    return Reportable(message, author, report_of(db, member, message))


def report_of(db: Session, member: Member, message: Message) -> Report | None:
    """Return what this member reported of a message."""
    return db.scalar(
        select(Report).where(Report.reporter_id == member.id, Report.message_id == message.id)
    )
