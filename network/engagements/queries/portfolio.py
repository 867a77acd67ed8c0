"""All that one member’s balance is made of: their terms, their agreed work, and work elsewhere.

It is read for its owner alone, through their own part in each of the terms. Terms that are over
stay for a year: what was promised in them may still hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, exists, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from network.columns import BigId, UtcDateTime
from network.engagements.access import GOVERNS
from network.engagements.kinds import EngagementState, LeftFor, NegotiationState
from network.engagements.models import (
    IDLE,
    Acceptance,
    Engagement,
    Left,
    Negotiation,
    OutsideWork,
    Party,
    Version,
)
from network.engagements.terms import Terms, from_text
from network.members.models import Member
from network.members.queries import own_participation
from network.members.visibility import BOUND, NOW, Viewer, not_apart

REMEMBERED = timedelta(days=365)

_MINE = aliased(Party, name="mine")
_LATER = aliased(Negotiation, name="later")
_I_SIGN = and_(
    _MINE.negotiation_id == Negotiation.id,
    _MINE.member_id == BOUND.member_id,
    _MINE.left_at.is_(None),
)
_ON_TABLE = and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table)
_CHANGED_SINCE = exists().where(
    _LATER.engagement_id == Negotiation.engagement_id,
    _LATER.state == NegotiationState.AGREED,
    tuple_(_LATER.ended_at, _LATER.id) > tuple_(Negotiation.ended_at, Negotiation.id),
)
_LEFT_BEHIND = exists().where(
    Left.engagement_id == Engagement.id,
    Left.member_id == BOUND.member_id,
    Left.sort == LeftFor.HANDOVER,
)
_GOVERNING = (
    select(Negotiation, _MINE, Version, Engagement, literal(value=True), _LEFT_BEHIND)
    .join(Engagement, GOVERNS)
    .join(_MINE, _I_SIGN)
    .join(Version, _ON_TABLE)
    .where(
        Engagement.state != EngagementState.CANCELLED,
        or_(
            Engagement.ends_at.is_(None),
            Engagement.ends_at > bindparam("since", type_=UtcDateTime()),
        ),
        ~_CHANGED_SINCE,
    )
    .order_by(Engagement.id)
)
_ACCEPTED = exists().where(
    Acceptance.negotiation_id == Negotiation.id,
    Acceptance.number == Negotiation.on_table,
    Acceptance.party_id == _MINE.id,
    Acceptance.taken_back_at.is_(None),
)
_OPEN = (
    select(Negotiation, _MINE, Version, Engagement, _ACCEPTED, _LEFT_BEHIND)
    .join(_MINE, _I_SIGN)
    .join(Version, _ON_TABLE)
    .outerjoin(Engagement, Engagement.id == Negotiation.engagement_id)
    .where(
        Negotiation.state == NegotiationState.OPEN,
        Negotiation.moved_at > bindparam("moved_since", type_=UtcDateTime()),
        or_(Version.valid_until.is_(None), Version.valid_until > NOW),
        # Terms change nothing in work that is over.
        or_(Engagement.ends_at.is_(None), Engagement.ends_at > NOW),
    )
    .order_by(Negotiation.id)
)
_PARTIES = (
    select(Party, case((not_apart(BOUND), 1), else_=0))
    .outerjoin(Member, Member.id == Party.member_id)
    .where(
        Party.negotiation_id.in_(bindparam("negotiations", expanding=True, type_=BigId)),
        Party.left_at.is_(None),
    )
    .order_by(Party.id)
)
_OUTSIDE = (
    select(OutsideWork).where(OutsideWork.member_id == BOUND.member_id).order_by(OutsideWork.id)
)


@dataclass(frozen=True, slots=True)
class Held:
    """Terms that a member signed, or that are on the table before them, with the others in them.

    `named` are those whom the member may name.
    """

    negotiation: Negotiation
    version: Version
    terms: Terms
    mine: Party
    others: Sequence[Party]
    named: frozenset[int]
    engagement: Engagement | None
    accepted: bool
    has_left: bool

    @property
    def is_open(self) -> bool:
        """Whether these terms are on the table still."""
        return self.negotiation.state is NegotiationState.OPEN


@dataclass(frozen=True, slots=True)
class Own:
    """What a member's balance is made of. `room` is in half days a month: 0 where none was said."""

    room: int
    agreed: Sequence[Held]
    open: Sequence[Held]
    outside: Sequence[OutsideWork]


def own_work(db: Session, member: Member, *, now: datetime) -> Own:
    """Return the terms, the agreed work and the work elsewhere of a member, for them alone."""
    asked = {
        **Viewer.of(member).at(now),
        "since": now - REMEMBERED,
        "moved_since": now - IDLE,
    }
    agreed = db.execute(_GOVERNING, asked).all()
    open_ones = db.execute(_OPEN, asked).all()
    ids = [row[0].id for row in (*agreed, *open_ones)]
    parties, named = _parties(db, {**asked, "negotiations": ids})
    return Own(
        own_participation(db, member).full_half_days,
        [_held(row, parties, named) for row in agreed],
        [_held(row, parties, named) for row in open_ones],
        db.scalars(_OUTSIDE, asked).all(),
    )


def _parties(
    db: Session, asked: Mapping[str, object]
) -> tuple[Mapping[int, list[Party]], frozenset[int]]:
    """Return who signs each of these terms, and whom of them nothing parts from the member."""
    found: dict[int, list[Party]] = defaultdict(list)
    together = set()
    for party, is_together in db.execute(_PARTIES, asked):
        found[party.negotiation_id].append(party)
        if is_together:
            together.add(party.id)
    return found, frozenset(together)


def _held(
    row: Row[*tuple[Any, ...]], parties: Mapping[int, list[Party]], together: frozenset[int]
) -> Held:
    negotiation, mine, version, engagement, accepted, has_left = row
    others = [party for party in parties[negotiation.id] if party.id != mine.id]
    agreed = negotiation.state is NegotiationState.AGREED
    return Held(
        negotiation,
        version,
        from_text(version.text),
        mine,
        others,
        frozenset(party.id for party in others if agreed or party.id in together),
        engagement,
        bool(accepted),
        bool(has_left),
    )
