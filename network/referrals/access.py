"""Loading a referral, and what somebody may be recommended for: authorised as it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from network.errors import NotFound
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart
from network.organisations.models import Approach, WorkNeed
from network.organisations.visibility import need_known, speaks_for
from network.referrals.kinds import Role
from network.referrals.matter import WITH_MATTER, Matter, matter_of
from network.referrals.models import OutsideLetter, Referral
from network.referrals.seen import SEEN, Seen, as_seen
from network.referrals.visibility import of_me, was_written_to

_KEY = bindparam("key", type_=String())
_BY_KEY = SEEN.where(Referral.key == _KEY)


def referral_for(db: Session, member: Member, key: str, *, now: datetime) -> Seen:
    """Return a referral as this member may know of it; raise `NotFound` for all others."""
    row = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    return as_seen(row, now)


def referral_as(db: Session, member: Member, key: str, *roles: Role, now: datetime) -> Seen:
    """Return a referral in which this member has one of these roles; raise `NotFound` else."""
    seen = referral_for(db, member, key, now=now)
    if seen.role not in roles:
        raise NotFound
    return seen


@dataclass(frozen=True, slots=True)
class About:
    """What somebody may be recommended for, and the referral by which it came to who does."""

    thing: WorkNeed | Approach
    came_by_id: int | None = None

    @property
    def is_need(self) -> bool:
        """Whether it is a need; else an approach that can be passed on."""
        return isinstance(self.thing, WorkNeed)

    @property
    def matter(self) -> Matter:
        """What is passed on of it."""
        return matter_of(self.thing)


_MINE = aliased(Referral, name="brought_me")
_HOLDER = aliased(Member, name="holds_it")
_SENDER = aliased(Member, name="had_it_sent")


def _came_by(about: ColumnElement[bool]) -> ColumnElement[int | None]:
    return (
        select(_MINE.id)
        .where(about, of_me(BOUND, _MINE))
        .order_by(_MINE.id.desc())
        .limit(1)
        .scalar_subquery()
    )


_NEED_REACHED = _came_by(_MINE.need_id == WorkNeed.id)
_SHOWN = need_known(BOUND, NOW)
_NEED = (
    select(WorkNeed, _SHOWN, _NEED_REACHED)
    .where(WorkNeed.key == _KEY, or_(_SHOWN, _NEED_REACHED.is_not(None)))
    .options(joinedload(WorkNeed.organisation), joinedload(WorkNeed.writer))
)
_WRITTEN = was_written_to(BOUND)
_APPROACH_REACHED = _came_by(_MINE.approach_id == Approach.id)
_APPROACH = (
    select(Approach, _WRITTEN, _APPROACH_REACHED)
    .where(
        Approach.key == _KEY,
        or_(_WRITTEN, _APPROACH_REACHED.is_not(None)),
        Approach.writer_id != BOUND.member_id,
        ~and_(Approach.organisation_id.is_not(None), speaks_for(BOUND, Approach.organisation_id)),
        exists().where(_HOLDER.id == Approach.writer_id, not_apart(BOUND, _HOLDER)),
    )
    .options(joinedload(Approach.organisation), joinedload(Approach.writer))
)


def need_to_recommend_for(db: Session, member: Member, key: str, *, now: datetime) -> About:
    """Return a need that is shown to this member, or for which they were recommended themselves."""
    row = db.execute(_NEED, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    need, shown, came_by = row
    return About(need, None if shown else came_by)


def approach_to_pass_on(db: Session, member: Member, key: str, *, now: datetime) -> About:
    """Return an approach that was written to this member, or to a team with them in it, or passed
    on to them.
    """
    row = db.execute(_APPROACH, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    approach, written, came_by = row
    return About(approach, None if written else came_by)


@dataclass(frozen=True, slots=True)
class SeenLetter:
    """What somebody outside reads of the one letter that they got."""

    letter: OutsideLetter
    referral: Referral

    @property
    def is_answered(self) -> bool:
        """Whether they have said yes or no."""
        return self.letter.answered_at is not None or self.letter.refused_at is not None


def letter_sent(db: Session, key: str) -> SeenLetter:
    """Return the letter that a link is for, with the referral it is about; raise `NotFound` where
    there is none, or who had it sent has no account any more. The key is the secret of the one who
    got it.
    """
    row = db.execute(
        select(OutsideLetter, Referral)
        .join(Referral, Referral.id == OutsideLetter.referral_id)
        .join(_SENDER, _SENDER.id == Referral.referrer_id)
        .where(OutsideLetter.key == key, _SENDER.state.in_(MAY_COME_IN))
        .options(joinedload(Referral.referrer), *WITH_MATTER)
    ).first()
    if row is None:
        raise NotFound
    return SeenLetter(row[0], row[1])
