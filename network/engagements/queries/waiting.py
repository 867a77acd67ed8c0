"""What waits for one of those who agreed, or who look for terms: in one statement, and one
more where a check-in may be open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import and_, bindparam, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import UtcDateTime
from network.engagements.kinds import EngagementState, LeftFor, NegotiationState
from network.engagements.life import LAST_DAYS, Due, due, goes_on, rested
from network.engagements.models import (
    IDLE,
    Acceptance,
    CheckIn,
    Completion,
    Engagement,
    Left,
    Negotiation,
    Party,
    Version,
    WelcomeItem,
)
from network.engagements.queries.work import Agreed, rests, spells
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

# For as long as work is new its welcome list is spoken of.
NEW_FOR = timedelta(days=28)
MOST = 60


class What(StrEnum):
    """What waits."""

    VERSION = "version"
    COMPLETE = "complete"
    CHECK_IN = "check_in"
    HANDOVER = "handover"
    WELCOME = "welcome"


# In work that runs: what the others wait for.
TO_ANSWER = (What.COMPLETE, What.CHECK_IN)


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits: of which terms or work, by which number, and until when, if it does."""

    what: What
    title: str
    key: str
    number: int = 0
    until: datetime | None = None


_IDLE_SINCE = bindparam("idle_since", type_=UtcDateTime())
_OVER_SINCE = bindparam("over_since", type_=UtcDateTime())
_OTHER = aliased(Party, name="other_party")
_OTHER_MEMBER = aliased(Member, name="other_member")
_THEIRS = aliased(Completion, name="theirs")
_MINE = Completion.member_id == BOUND.member_id
_ANSWERED = exists().where(
    Acceptance.negotiation_id == Negotiation.id,
    Acceptance.number == Negotiation.on_table,
    Acceptance.party_id == Party.id,
    Acceptance.taken_back_at.is_(None),
)
_TO_ANSWER = and_(
    Negotiation.state == NegotiationState.OPEN,
    Negotiation.moved_at > _IDLE_SINCE,
    or_(Version.valid_until.is_(None), Version.valid_until > NOW),
    # Terms change nothing in work that is over.
    or_(Engagement.ends_at.is_(None), Engagement.ends_at > NOW),
    not_(_ANSWERED),
)
_LIVES = and_(
    Negotiation.state == NegotiationState.AGREED,
    Engagement.state != EngagementState.CANCELLED,
    or_(Engagement.ends_at.is_(None), Engagement.ends_at > _OVER_SINCE),
)
_SOMEBODY_ELSE_HAS_NOT = (
    select(_OTHER.id)
    .join(_OTHER_MEMBER, _OTHER_MEMBER.id == _OTHER.member_id)
    .where(
        _OTHER.negotiation_id == Negotiation.id,
        _OTHER.left_at.is_(None),
        _OTHER.member_id != BOUND.member_id,
        _OTHER_MEMBER.state != State.DEPARTED,
        not_(
            exists()
            .where(_THEIRS.engagement_id == Engagement.id, _THEIRS.member_id == _OTHER.member_id)
            .correlate(Engagement, _OTHER)
        ),
    )
    .correlate(Negotiation, Engagement)
    .exists()
)
_ONLY_I_HAVE_NOT = and_(
    Engagement.state.in_((EngagementState.ACTIVE, EngagementState.PAUSED)),
    exists().where(Completion.engagement_id == Engagement.id),
    not_(exists().where(Completion.engagement_id == Engagement.id, _MINE)),
    not_(_SOMEBODY_ELSE_HAS_NOT),
)
_TO_WELCOME = exists().where(
    WelcomeItem.engagement_id == Engagement.id, WelcomeItem.done_at.is_(None)
)
_HANDED_OVER = exists().where(
    Left.engagement_id == Engagement.id,
    Left.member_id == BOUND.member_id,
    Left.sort == LeftFor.HANDOVER,
)
_LAST_ANSWERED = (
    select(func.max(CheckIn.number))
    .where(CheckIn.engagement_id == Engagement.id, CheckIn.member_id == BOUND.member_id)
    .correlate(Engagement)
    .scalar_subquery()
)
_ROWS = (
    select(
        Negotiation,
        Version,
        Engagement,
        _ONLY_I_HAVE_NOT.label("only_i_have_not"),
        _TO_WELCOME.label("to_welcome"),
        _HANDED_OVER.label("handed_over"),
        func.coalesce(_LAST_ANSWERED, 0).label("last_answered"),
    )
    .join(Party, and_(Party.negotiation_id == Negotiation.id, Party.left_at.is_(None)))
    .join(
        Version,
        and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table),
    )
    .outerjoin(Engagement, Engagement.id == Negotiation.engagement_id)
    .where(Party.member_id == BOUND.member_id, or_(_TO_ANSWER, _LIVES))
    .order_by(Negotiation.state.desc(), Negotiation.ended_at.desc(), Negotiation.id.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class _Life:
    """One row of agreed work: the terms of one agreement, and what is done in the work."""

    agreed: Agreed
    engagement: Engagement
    only_i_have_not: bool
    to_welcome: bool
    handed_over: bool
    last_answered: int


def waiting(db: Session, member: Member, now: datetime) -> list[Waits]:
    """Return what waits for a member in the terms and the work that they are a party of."""
    bound = {
        **Viewer.of(member).at(now),
        "idle_since": now - IDLE,
        "over_since": now - LAST_DAYS,
    }
    found: list[Waits] = []
    lives: dict[int, list[_Life]] = defaultdict(list)
    for negotiation, version, engagement, *facts in db.execute(_ROWS, bound):
        agreed = Agreed(negotiation, version)
        if negotiation.state is NegotiationState.OPEN:
            title, until = agreed.terms.title, version.valid_until
            found.append(Waits(What.VERSION, title, negotiation.key, version.number, until))
        else:
            lives[engagement.id].append(_Life(agreed, engagement, *facts))
    days = {key: day for key, life in lives.items() if (day := _to_answer(life[::-1], now))}
    slept = rests(db, days) if days else {}
    for key, life in lives.items():
        day = days.get(key)
        found += _of_work(life[0], day if day and not rested(slept[key], day.at) else None, now)
    return found


def _to_answer(lives: Sequence[_Life], now: datetime) -> Due | None:
    """Return the check-in that is open and not answered, if the work did not rest."""
    days = due(lives[-1].engagement, spells([each.agreed for each in lives]), (), now)
    is_open = days and days[-1].is_open(now) and lives[-1].last_answered < days[-1].number
    return days[-1] if is_open else None


def _of_work(life: _Life, day: Due | None, now: datetime) -> Iterator[Waits]:
    engagement, title = life.engagement, life.agreed.terms.title
    if life.only_i_have_not:
        yield Waits(What.COMPLETE, title, engagement.key)
    if day:
        yield Waits(What.CHECK_IN, title, engagement.key, day.number, day.closes_at)
    ends = _ends(life)
    if ends and not life.handed_over and abs(ends - now) <= LAST_DAYS:
        yield Waits(What.HANDOVER, title, engagement.key, until=ends)
    is_new = engagement.begun_at is None or engagement.begun_at + NEW_FOR > now
    if life.to_welcome and is_new and (engagement.begun_at is None or goes_on(engagement, now)):
        yield Waits(What.WELCOME, title, engagement.key)


def _ends(life: _Life) -> datetime | None:
    """Return when work ends: as it was ended, or the last day that its terms name."""
    engagement = life.engagement
    if engagement.begun_at is None or engagement.ends_at is not None:
        return engagement.ends_at
    days = [line.ends for line in life.agreed.terms.times]
    named = [day for day in days if isinstance(day, date)]
    if not named or len(named) < len(days):
        return None
    return datetime.combine(max(named), time(), tzinfo=UTC)
