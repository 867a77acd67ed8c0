"""The conversation of a circle: whoever has a place there may be in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations.models import About
from network.conversations.services import close_about, join_about, leave_about, open_about
from network.members.models import Member


def open_talk(
    db: Session, circle: Circle, *, opener: Member, people: Sequence[int] = (), now: datetime
) -> None:
    """Open the conversation of a circle, once, and call it by the circle's present name."""
    talk = open_about(db, About.CIRCLE, circle.id, people=people, opener=opener, now=now)
    talk.title = circle.name


def join_talk(db: Session, circle: Circle, person: Member, *, now: datetime) -> None:
    """Let somebody read and write from now on. Harmless for whoever does."""
    join_about(db, About.CIRCLE, circle.id, person=person, actor=person, now=now)


def leave_talk(
    db: Session, circle: Circle, person_id: int, *, actor: Member, keep: bool, now: datetime
) -> None:
    """End somebody's stay; with `keep` they go on reading what was said during it."""
    who = {"person_id": person_id, "actor_id": actor.id}
    leave_about(db, About.CIRCLE, circle.id, **who, now=now, keep=keep)


def close_talk(db: Session, circle: Circle, *, now: datetime) -> None:
    """Let nobody write any more."""
    close_about(db, About.CIRCLE, circle.id, at=now)
