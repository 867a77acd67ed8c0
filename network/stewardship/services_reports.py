"""Giving the stewards a message, as its words stand. Whoever wrote it is not told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.conversations.models import Message
from network.events.services import record
from network.members.models import Member
from network.stewardship.access_reports import report_of
from network.stewardship.models import Report


def file(db: Session, message: Message, *, reporter: Member, words: str, now: datetime) -> None:
    """Keep a report of a message that the reporter can read. The same message twice is once."""
    if report_of(db, reporter, message) is not None:
        return
    report = Report(
        reporter_id=reporter.id,
        message_id=message.id,
        author_id=message.author_id,
        quoted=message.body,
        words=words,
        at=now,
    )
    try:
        with db.begin_nested():
            db.add(report)
    except IntegrityError:  # the same form, sent twice at once: the other one is kept
        return
    record(
        db, "stewardship:report:filed", actor=reporter.id, subject=("report", report.id), now=now
    )
