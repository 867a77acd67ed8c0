"""All terms and agreed work of one member, by where they stand: their own, and of nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.engagements.access import Seen
from network.engagements.kinds import EngagementState, NegotiationState
from network.engagements.life import is_over
from network.engagements.models import Acceptance, Engagement, Negotiation, Party, Version
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms in a list: as their reader sees them, what they are called, the version to answer."""

    seen: Seen
    title: str
    valid_until: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Work:
    """Agreed work in a list, with the terms that govern it."""

    engagement: Engagement
    seen: Seen
    title: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What waits for the member, what is being found, what runs and what is over."""

    waiting: list[Terms]
    finding: list[Terms]
    running: list[Work]
    over: list[Work]
    ended: list[Terms]

    def __bool__(self) -> bool:
        return any((self.waiting, self.finding, self.running, self.over, self.ended))


_MINE = aliased(Party, name="mine")
_VIEWER = bindparam("viewer", type_=BigId)
_READ = aliased(Version, name="read")
# Whoever left reads the last version that was there while they were.
_LATEST = (
    select(func.max(_READ.number))
    .where(
        _READ.negotiation_id == Negotiation.id,
        or_(_MINE.left_at.is_(None), _READ.tabled_at <= _MINE.left_at),
    )
    .scalar_subquery()
)
_HAS_MY_YES = exists().where(
    Acceptance.negotiation_id == Negotiation.id,
    Acceptance.number == Negotiation.on_table,
    Acceptance.party_id == _MINE.id,
    Acceptance.taken_back_at.is_(None),
)
_ALL = (
    select(
        Negotiation,
        _MINE,
        Engagement,
        Version.text,
        Version.valid_until,
        case((_HAS_MY_YES, 1), else_=0),
    )
    .join(_MINE, and_(_MINE.negotiation_id == Negotiation.id, _MINE.member_id == _VIEWER))
    .outerjoin(Engagement, Engagement.id == Negotiation.engagement_id)
    .outerjoin(Version, and_(Version.negotiation_id == Negotiation.id, Version.number == _LATEST))
    .order_by(Negotiation.moved_at.desc(), Negotiation.id.desc())
)
_PEOPLE = (
    select(Party, case((or_(Member.id == BOUND.member_id, not_apart(BOUND)), 1), else_=0))
    .outerjoin(Member, Member.id == Party.member_id)
    .where(Party.negotiation_id.in_(select(_MINE.negotiation_id).where(_MINE.member_id == _VIEWER)))
    .order_by(Party.id)
)


def overview(db: Session, member: Member, *, now: datetime) -> Overview:
    """Return all terms and agreed work of a member, what moved last first."""
    asked = {**Viewer.of(member).at(now), "viewer": member.id}
    everyone: dict[int, list[Party]] = defaultdict(list)
    together: dict[int, set[int]] = defaultdict(set)
    for party, is_together in db.execute(_PEOPLE, asked):
        everyone[party.negotiation_id].append(party)
        if is_together:
            together[party.negotiation_id].add(party.id)
    found = Overview([], [], [], [], [])
    works: dict[int, Work] = {}
    for negotiation, mine, engagement, text, valid_until, has_yes in db.execute(_ALL, asked):
        people = everyone[negotiation.id], frozenset(together[negotiation.id])
        seen = Seen(negotiation, mine, *people, now, engagement.ends_at if engagement else None)
        title = "" if text is None else str(json.loads(text)["terms"]["title"])
        if negotiation.state is NegotiationState.AGREED and mine.left_at is None:
            _govern(works, Work(engagement, seen, title))
        else:
            can_wait = negotiation.on_table and not has_yes
            waits = bool(can_wait and (valid_until is None or valid_until > now))
            _put(found, Terms(seen, title, valid_until, waits and seen.is_open))
    for work in works.values():
        (found.over if _ended(work.engagement, now) else found.running).append(work)
    found.ended.sort(key=_since, reverse=True)
    return found


def _govern(works: dict[int, Work], work: Work) -> None:
    """Keep for each engagement the terms that were agreed last: they govern it."""
    other = works.get(work.engagement.id)
    if other is None or _when(work) > _when(other):
        works[work.engagement.id] = work


def _when(work: Work) -> tuple[datetime | None, int]:
    return work.seen.negotiation.ended_at, work.seen.negotiation.id


def _ended(engagement: Engagement, now: datetime) -> bool:
    return engagement.state is EngagementState.CANCELLED or is_over(engagement, now)


def _since(terms: Terms) -> datetime:
    """Return when terms were over for their reader: what came after a leaving moves nothing."""
    seen = terms.seen
    return seen.mine.left_at or seen.negotiation.ended_at or seen.negotiation.moved_at


def _put(found: Overview, terms: Terms) -> None:
    if not terms.seen.is_open:
        found.ended.append(terms)
    else:
        (found.waiting if terms.waits else found.finding).append(terms)
