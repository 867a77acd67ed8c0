"""Loading an organisation, an approach or a need: the only way a view gets one, authorised in the
same statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from network.asks.models import Ask
from network.columns import BigId, UtcDateTime
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, NOW, THE_WEB, Viewer, not_apart
from network.organisations.kinds import ApproachState, AskOf, Speaks
from network.organisations.models import Approach, Organisation, Representative, WorkNeed
from network.organisations.visibility import (
    COUNT_FOR,
    answers_since,
    approach_written,
    need_known,
    need_open,
    page_known,
    speaks_for,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An organisation as one viewer may see it. `place` is their own, if they have one."""

    organisation: Organisation
    place: Representative | None = None
    answers_count: bool = False

    @property
    def speaks(self) -> bool:
        """Whether they speak for it now."""
        return self.place is not None and self.place.state is Speaks.ACTIVE

    @property
    def is_verified(self) -> bool:
        """Whether the network knows that it is the one it says it is."""
        return self.organisation.verified_by is not None


_SLUG = bindparam("slug", type_=String())
_SINCE = bindparam("answers_since", type_=UtcDateTime())
_BY_SLUG = (
    select(Organisation, Representative, answers_since(_SINCE))
    .outerjoin(
        Representative,
        and_(
            Representative.organisation_id == Organisation.id,
            Representative.member_id == BOUND.member_id,
            or_(
                Representative.state == Speaks.ACTIVE,
                and_(
                    Representative.state.in_((Speaks.INVITED, Speaks.CLAIMED)),
                    Representative.expires_at > NOW,
                ),
            ),
        ),
    )
    .where(Organisation.slug == _SLUG, page_known(BOUND))
)
_BY_SLUG_ON_THE_WEB = select(Organisation, answers_since(_SINCE)).where(
    Organisation.slug == _SLUG, page_known(THE_WEB)
)


def organisation_for(db: Session, member: Member | None, slug: str, *, now: datetime) -> Seen:
    """Return an organisation whose page this member, or nobody in particular, may read."""
    bound = {"slug": slug, "answers_since": now - COUNT_FOR}
    if member is None:
        found = db.execute(_BY_SLUG_ON_THE_WEB, bound).first()
        if found is None:
            raise NotFound
        return Seen(found[0], None, bool(found[1]))
    row = db.execute(_BY_SLUG, {**Viewer.of(member).at(now), **bound}).first()
    if row is None:
        raise NotFound
    return Seen(row[0], row[1], bool(row[2]))


def organisation_to_speak_for(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return an organisation that this member speaks for; raise `NotFound` for all others."""
    seen = organisation_for(db, member, slug, now=now)
    if not seen.speaks:
        raise NotFound
    return seen


_ASKED = aliased(Ask, name="asked_me")
_OTHER = aliased(Member, name="approach_writer")
_KINDS = (AskOf.APPROACH.value, AskOf.TEAM_APPROACH.value)
# Who is asked reads it while nothing parts them from its writer, and it was not taken back; its
# writer while they still speak.
_IS_ASKED = and_(
    Approach.state.in_((ApproachState.SENT, ApproachState.OPENED)),
    exists().where(
        _ASKED.kind.in_(_KINDS),
        _ASKED.thing_id == Approach.id,
        _ASKED.addressee_id == BOUND.member_id,
    ),
    exists().where(_OTHER.id == Approach.writer_id, not_apart(BOUND, _OTHER)),
)
_IS_WRITER = approach_written(BOUND, NOW)
_APPROACH = (
    select(Approach, _IS_WRITER)
    .where(or_(_IS_WRITER, _IS_ASKED))
    .options(
        joinedload(Approach.organisation),
        joinedload(Approach.writer),
        joinedload(Approach.member),
        joinedload(Approach.circle),
        joinedload(Approach.grew_from),
    )
)
_APPROACH_BY_KEY = _APPROACH.where(Approach.key == bindparam("key", type_=String()))
_APPROACH_BY_ID = _APPROACH.where(Approach.id == bindparam("approach", type_=BigId))


def approach_for(db: Session, member: Member, key: str, *, now: datetime) -> tuple[Approach, bool]:
    """Return an approach for its side that writes (True) or a person asked (False)."""
    row = db.execute(_APPROACH_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    return row[0], bool(row[1])


def approach_about(
    db: Session, member: Member, approach_id: int | None, *, now: datetime
) -> Approach | None:
    """Return the approach that a conversation is about, where this member may read it."""
    bound = {**Viewer.of(member).at(now), "approach": approach_id}
    row = db.execute(_APPROACH_BY_ID, bound).first()
    return None if row is None else row[0]


def approach_sent(db: Session, member: Member, key: str, *, now: datetime) -> Approach:
    """Return an approach for the side that wrote it; raise `NotFound` for all others."""
    approach, writes = approach_for(db, member, key, now=now)
    if not writes:
        raise NotFound
    return approach


_NEED = (
    select(WorkNeed, speaks_for(BOUND, WorkNeed.organisation_id), need_open(NOW))
    .where(WorkNeed.key == bindparam("key", type_=String()), need_known(BOUND, NOW))
    .options(joinedload(WorkNeed.organisation), joinedload(WorkNeed.writer))
)


@dataclass(frozen=True, slots=True)
class SeenNeed:
    """A need as one member may see it: whether they hold it, and whether it may be answered now."""

    need: WorkNeed
    holds: bool
    is_open: bool


def need_for(db: Session, member: Member, key: str, *, now: datetime) -> SeenNeed:
    """Return a need that is shown to this member; raise `NotFound` for all others."""
    row = db.execute(_NEED, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    need, speaks, is_open = row
    holds = need.writer_id == member.id if need.organisation_id is None else bool(speaks)
    return SeenNeed(need, holds, bool(is_open))


def need_to_hold(db: Session, member: Member, key: str, *, now: datetime) -> SeenNeed:
    """Return a need that this member, or an organisation they speak for, holds."""
    seen = need_for(db, member, key, now=now)
    if not seen.holds:
        raise NotFound
    return seen
