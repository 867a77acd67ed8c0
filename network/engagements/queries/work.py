"""Agreed work and what governs it: the agreed negotiations in their order, the last one counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.conversations.hearing import is_there
from network.conversations.models import About, Conversation, Participant
from network.engagements.kinds import NegotiationState
from network.engagements.life import Spell, is_over
from network.engagements.models import Completion, Engagement, Negotiation, Party, Rest, Version
from network.engagements.terms import Terms, from_text
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import BOUND, Viewer

_OF = bindparam("engagement", type_=BigId)
_AGREED = (
    select(Negotiation, Version)
    .join(
        Version,
        and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table),
    )
    .where(Negotiation.engagement_id == _OF, Negotiation.state == NegotiationState.AGREED)
    .order_by(Negotiation.ended_at, Negotiation.id)
)
_STAY = aliased(Participant, name="still_there")
_STILL_THERE = exists().where(
    _STAY.conversation_id == Conversation.id,
    _STAY.member_id == BOUND.member_id,
    _STAY.left_at.is_(None),
)
_FIRST = select(func.min(Negotiation.id)).where(
    Negotiation.engagement_id == _OF, Negotiation.state == NegotiationState.AGREED
)
# All that was agreed, the change that is being found, and for each what it began from; beside the
# first agreement, when the work rested.
_TOLD = (
    select(
        Negotiation,
        Version,
        Conversation.about,
        case((and_(_STILL_THERE, is_there(BOUND)), Conversation.key), else_=None),
        Rest,
    )
    .outerjoin(
        Version,
        and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table),
    )
    .outerjoin(Conversation, Conversation.id == Negotiation.conversation_id)
    .outerjoin(
        Rest,
        and_(
            Rest.engagement_id == Negotiation.engagement_id,
            Negotiation.id == _FIRST.scalar_subquery(),
        ),
    )
    .where(
        Negotiation.engagement_id == _OF,
        Negotiation.state.in_((NegotiationState.AGREED, NegotiationState.OPEN)),
    )
    .order_by(Negotiation.ended_at, Negotiation.id, Rest.since, Rest.id)
)
_SIGNERS = (
    select(Party.member_id)
    .join(Member, Member.id == Party.member_id)
    .where(
        Party.negotiation_id == bindparam("negotiation", type_=BigId),
        Party.left_at.is_(None),
        Member.state != State.DEPARTED,
    )
)
_RESTS = (
    select(Rest)
    .where(Rest.engagement_id.in_(bindparam("engagements", expanding=True)))
    .order_by(Rest.since, Rest.id)
)
_COMPLETIONS = select(Completion).where(Completion.engagement_id == _OF).order_by(Completion.at)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreement: the negotiation, and the version that all accepted."""

    negotiation: Negotiation
    version: Version

    @property
    def terms(self) -> Terms:
        """What was agreed."""
        return from_text(self.version.text)

    @property
    def spell(self) -> Spell:
        """From when on it governed, and how often people check in."""
        ended_at = self.negotiation.ended_at
        assert ended_at is not None  # noqa: S101  # the table holds it for whatever is over
        return Spell(ended_at, self.terms.rhythm)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the terms began from, the conversation while the reader is in it, the change that is
    being found, and when the work rested.
    """

    about: About | None
    conversation: str | None
    change: Negotiation | None
    rests: Sequence[Rest]


def history(db: Session, engagement: Engagement) -> Sequence[Agreed]:
    """Return what was agreed, the oldest first: the last one governs."""
    rows = db.execute(_AGREED, {"engagement": engagement.id})
    return [Agreed(*row) for row in rows]


def spells(agreed: Sequence[Agreed]) -> list[Spell]:
    """Return from when to when each agreement governed."""
    return [each.spell for each in agreed]


def told(
    db: Session, engagement: Engagement, member: Member, now: datetime
) -> tuple[Sequence[Agreed], Beside]:
    """Return what was agreed, the oldest first, and what stands beside it as one of its parties
    sees it: in one statement.
    """
    rows = db.execute(_TOLD, {**Viewer.of(member).at(now), "engagement": engagement.id}).all()
    rested = [row[4] for row in rows if row[4] is not None]
    each_once = {row[0].id: row for row in rows}.values()
    open_ones = [row[0] for row in each_once if row[0].state is NegotiationState.OPEN]
    found = [row for row in each_once if row[0].state is NegotiationState.AGREED]
    change = next((each for each in open_ones if not each.has_lapsed(now)), None)
    change = None if is_over(engagement, now) else change
    return [Agreed(row[0], row[1]) for row in found], Beside(
        found[0][2], found[0][3], change, rested
    )


def notice(terms: Terms) -> timedelta:
    """Return the longest notice that anybody was promised."""
    return timedelta(days=max((line.notice_days for line in terms.times), default=0))


def signers(db: Session, negotiation: Negotiation) -> frozenset[int]:
    """Return who signs, as far as they are still members: they act, and are waited for."""
    found = db.scalars(_SIGNERS, {"negotiation": negotiation.id})
    return frozenset(each for each in found if each is not None)


def rests(db: Session, engagements: Collection[int]) -> dict[int, list[Rest]]:
    """Return when each of these rested, the first time first."""
    found: dict[int, list[Rest]] = {each: [] for each in engagements}
    for rest in db.scalars(_RESTS, {"engagements": list(engagements)}):
        found[rest.engagement_id].append(rest)
    return found


def completions(db: Session, engagement: Engagement) -> Sequence[Completion]:
    """Return who said that it is complete, the first first."""
    return db.scalars(_COMPLETIONS, {"engagement": engagement.id}).all()
