"""Which words about a person a viewer reads: what the person shows, by people whom the viewer may
know. Each loader and each list is built from the same predicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, visible
from network.relationships.models import Standing, Vouch

ON_A_PAGE = 6
ON_ITS_OWN_PAGE = 20

_AUTHOR = aliased(Member, name="author")
SUBJECT = aliased(Member, name="subject")
# Nowhere are the words that a block or their author's shield keeps from the one they are about. The
# shield of that one takes nothing from its owner: what vanished would tell where the author works.
_TOGETHER = not_apart(Viewer(SUBJECT.id, SUBJECT.belongs), _AUTHOR)
_NEWEST = (Vouch.written_at.desc(), Vouch.id.desc())
LIVE = (
    select(Vouch)
    .join(Vouch.author.of_type(_AUTHOR))
    .join(Vouch.subject.of_type(SUBJECT))
    .where(Vouch.taken_back_at.is_(None))
    .options(contains_eager(Vouch.author.of_type(_AUTHOR)))
)
MINE = Vouch.author_id == BOUND.member_id
ABOUT_ME = and_(Vouch.subject_id == BOUND.member_id, _TOGETHER)
_READ = or_(
    ABOUT_ME, and_(Vouch.standing == Standing.SHOWN, _TOGETHER, visible(BOUND, NOW, _AUTHOR))
)
_ABOUT = LIVE.where(Vouch.subject_id == bindparam("subject_id", type_=BigId)).limit(
    bindparam("most")
)
# One's own come first, so that no page is without them; apart from that, the newest do.
_ON_THE_PAGE = _ABOUT.where(or_(MINE, _READ)).order_by(MINE.desc(), *_NEWEST)
_ALL = _ABOUT.where(_READ).order_by(*_NEWEST).offset(bindparam("start"))
_WAITING = LIVE.where(ABOUT_ME, Vouch.standing == Standing.WAITING).order_by(*_NEWEST).limit(3)


@dataclass(frozen=True, slots=True)
class Said:
    """Words about somebody, and who signed them."""

    vouch: Vouch
    author: Member


@dataclass(frozen=True, slots=True)
class InOthersWords:
    """What a viewer reads about somebody. `mine` is what the viewer wrote: others read it only
    where it is also in `read`.
    """

    read: Sequence[Said] = ()
    mine: Said | None = None
    further: bool = False


def about(db: Session, viewer: Viewer, subject: Member, now: datetime) -> InOthersWords:
    """Return the newest words about somebody: to themselves whatever was written, to a member what
    is shown and what they wrote.
    """
    bound = {**viewer.at(now), "subject_id": subject.id, "most": ON_A_PAGE + 2}
    found = _said(db, _ON_THE_PAGE, bound)
    mine = next((each for each in found if each.author.id == viewer.member_id), None)
    own_page = viewer.member_id == subject.id
    read = [each for each in found if own_page or each.vouch.standing is Standing.SHOWN]
    read.sort(key=lambda each: (each.vouch.written_at, each.vouch.id), reverse=True)
    return InOthersWords(read[:ON_A_PAGE], mine, further=len(read) > ON_A_PAGE)


def all_about(
    db: Session, viewer: Viewer, subject: Member, now: datetime, *, start: int
) -> InOthersWords:
    """Return the words about somebody from this place on, the newest first."""
    bound = {"subject_id": subject.id, "most": ON_ITS_OWN_PAGE + 1, "start": start}
    read = _said(db, _ALL, {**viewer.at(now), **bound})
    return InOthersWords(read[:ON_ITS_OWN_PAGE], further=len(read) > ON_ITS_OWN_PAGE)


def waiting(db: Session, member: Member, now: datetime) -> Sequence[Said]:
    """Return words about a member on which they have not decided yet, the newest first."""
    return _said(db, _WAITING, Viewer.of(member).at(now))


def _said(db: Session, statement: Select[Vouch], bound: Mapping[str, Any]) -> list[Said]:
    """Take each with its author: a page that is shown again after an undo looks nobody up."""
    return [Said(vouch, vouch.author) for vouch in db.scalars(statement, bound)]
