"""Agreed work and what governs it: the agreed negotiations in their order, the last one counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.conversations.hearing import is_there
from network.conversations.models import About, Conversation, Participant
from network.engagements.kinds import NegotiationState
from network.engagements.life import Spell
from network.engagements.models import Completion, Engagement, Negotiation, Party, Version
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
_CHANGE = aliased(Negotiation, name="change")
_STAY = aliased(Participant, name="still_there")
_STILL_THERE = exists().where(
    _STAY.conversation_id == Conversation.id,
    _STAY.member_id == BOUND.member_id,
    _STAY.left_at.is_(None),
)
_BESIDE = (
    select(
        Conversation.about,
        case((and_(_STILL_THERE, is_there(BOUND)), Conversation.key), else_=None),
        _CHANGE,
    )
    .select_from(Negotiation)
    .outerjoin(Conversation, Conversation.id == Negotiation.conversation_id)
    .outerjoin(
        _CHANGE,
        and_(
            _CHANGE.engagement_id == Negotiation.engagement_id,
            _CHANGE.state == NegotiationState.OPEN,
        ),
    )
    .where(Negotiation.id == bindparam("negotiation", type_=BigId))
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
    """What the terms began from, the conversation while the reader is in it, and the change that
    is being found.
    """

    about: About | None
    conversation: str | None
    change: Negotiation | None


def history(db: Session, engagement: Engagement) -> Sequence[Agreed]:
    """Return what was agreed, the oldest first: the last one governs."""
    rows = db.execute(_AGREED, {"engagement": engagement.id})
    return [Agreed(*row) for row in rows]


def spells(agreed: Sequence[Agreed]) -> list[Spell]:
    """Return from when to when each agreement governed."""
    return [each.spell for each in agreed]


def beside(db: Session, agreed: Sequence[Agreed], member: Member, now: datetime) -> Beside:
    """Return what stands beside agreed work, as one of its parties sees it."""
    first = agreed[0].negotiation.id
    row = db.execute(_BESIDE, {**Viewer.of(member).at(now), "negotiation": first}).one()
    change = row[2]
    return Beside(row[0], row[1], None if change is None or change.has_lapsed(now) else change)


def notice(terms: Terms) -> timedelta:
    """Return the longest notice that anybody was promised."""
    return timedelta(days=max((line.notice_days for line in terms.times), default=0))


def signers(db: Session, negotiation: Negotiation) -> frozenset[int]:
    """Return who signs, as far as they are still members: they act, and are waited for."""
    found = db.scalars(_SIGNERS, {"negotiation": negotiation.id})
    return frozenset(each for each in found if each is not None)


def completions(db: Session, engagement: Engagement) -> Sequence[Completion]:
    """Return who said that it is complete, the first first."""
    return db.scalars(_COMPLETIONS, {"engagement": engagement.id}).all()
