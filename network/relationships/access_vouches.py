"""Loading words about somebody: for whom they are about, and for whoever wrote them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart
from network.relationships.models import Vouch
from network.relationships.queries.vouches import ABOUT_ME, LIVE, MINE, SUBJECT

_KEY = Vouch.key == bindparam("key")
_TO_ANSWER = LIVE.where(ABOUT_ME, _KEY).options(contains_eager(Vouch.subject.of_type(SUBJECT)))
_TO_TAKE_BACK = (
    select(Vouch)
    .join(Vouch.subject.of_type(SUBJECT))
    .where(MINE, not_apart(BOUND, SUBJECT), _KEY)
    .options(contains_eager(Vouch.subject.of_type(SUBJECT)))
)


def vouch_to_answer(db: Session, member: Member, key: str, *, now: datetime) -> Vouch:
    """Return words about this member; raise `NotFound` where they may not read such words."""
    return _one(db, _TO_ANSWER, member, key, now)


def vouch_to_take_back(db: Session, member: Member, key: str, *, now: datetime) -> Vouch:
    """Return what this member wrote, taken back or not; raise `NotFound` where they may not know
    any more whom it is about.
    """
    return _one(db, _TO_TAKE_BACK, member, key, now)


def _one(db: Session, statement: Select[Vouch], member: Member, key: str, now: datetime) -> Vouch:
    found = db.scalar(statement, {**Viewer.of(member).at(now), "key": key})
    if found is None:
        raise NotFound
    return found
