"""The conversation of a circle: whoever has a place there may be in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.visibility import IN_IT
from network.conversations.models import About
from network.conversations.services import (
    close_about,
    has_lapsed,
    join_about,
    leave_about,
    let_lapse_about,
    open_about,
)
from network.members.models import Member, Membership


def open_talk(
    db: Session, circle: Circle, *, opener: Member, people: Sequence[int] = (), now: datetime
) -> None:
    """Open the conversation of a circle, once, and call it by the circle's present name."""
    talk = open_about(db, About.CIRCLE, circle.id, people=people, opener=opener, now=now)
    talk.title = circle.name


def join_talk(db: Session, circle: Circle, person: Member, *, now: datetime) -> None:
    """Let somebody read and write from now on. Harmless for whoever does."""
    join_about(db, About.CIRCLE, circle.id, person=person, actor=person, now=now)
    renew_talk(db, circle, Membership.member_id == person.id, now=now)


def renew_talk(db: Session, circle: Circle, whose: ColumnElement[bool], *, now: datetime) -> None:
    """Let these places in the conversation last for as long as what each person agreed to counts.

    Whose yes is missing by then hears nothing said later, although no job ran; a yes renews it.
    """
    db.flush()  # who has just come, and what was just agreed, counts
    here = (Membership.circle_id == circle.id, Membership.state.in_(IN_IT), whose)
    for place in db.scalars(select(Membership).where(*here)).all():
        who = {"person_id": place.member_id}
        if place.agreed_version == circle.agreements_version:
            let_lapse_about(db, About.CIRCLE, circle.id, **who, at=None)
        elif place.agreed_version >= circle.grace_from:
            let_lapse_about(db, About.CIRCLE, circle.id, **who, at=circle.grace_until)
        elif not has_lapsed(db, About.CIRCLE, circle.id, **who, now=now):
            let_lapse_about(db, About.CIRCLE, circle.id, **who, at=now)


def leave_talk(
    db: Session, circle: Circle, person_id: int, *, actor: Member, keep: bool, now: datetime
) -> None:
    """End somebody's stay; with `keep` they go on reading what was said during it."""
    who = {"person_id": person_id, "actor_id": actor.id}
    leave_about(db, About.CIRCLE, circle.id, **who, now=now, keep=keep)


def close_talk(db: Session, circle: Circle, *, now: datetime) -> None:
    """Let nobody write any more."""
    close_about(db, About.CIRCLE, circle.id, at=now)
