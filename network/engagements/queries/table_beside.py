"""What belongs to terms on the table: the work that they are of, the conversation from which they
grew, a draft, and whether their reader may sign. One statement, and two for an introduction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.conversations.hearing import is_there
from network.conversations.models import About, Conversation, Participant
from network.engagements.access import Seen
from network.engagements.kinds import NegotiationState
from network.engagements.models import Draft, Engagement, Negotiation, Party
from network.members.models import Member
from network.members.visibility import BOUND, Viewer
from network.organisations.visibility import speaks_for
from network.relationships.queries.provenance import How, Step, of_conversation


@dataclass(frozen=True, slots=True)
class Beside:
    """What belongs to terms: the agreed work, the conversation, a draft, the right to sign."""

    work: str | None
    amends: bool
    conversation: str | None
    about: About | None
    introduced: Step | None
    draft_at: datetime | None
    may_sign: bool


_MINE: BindParameter[int] = bindparam("mine", type_=BigId)
_STAY = aliased(Participant, name="still_there")
_STILL_THERE = exists().where(
    _STAY.conversation_id == Conversation.id,
    _STAY.member_id == BOUND.member_id,
    _STAY.left_at.is_(None),
)
_MAY_SIGN = or_(
    and_(Party.organisation_id.is_(None), Party.organisation_name == ""),
    speaks_for(BOUND, Party.organisation_id),
)
_BESIDE = (
    select(
        Engagement,
        Conversation,
        case((and_(_STILL_THERE, is_there(BOUND)), 1), else_=0),
        Draft.saved_at,
        case((_MAY_SIGN, 1), else_=0),
    )
    .select_from(Party)
    .join(Negotiation, Negotiation.id == Party.negotiation_id)
    .outerjoin(Engagement, Engagement.id == Negotiation.engagement_id)
    .outerjoin(Conversation, Conversation.id == Negotiation.conversation_id)
    .outerjoin(Draft, Draft.party_id == Party.id)
    .where(Party.id == _MINE)
)


def _amends(seen: Seen, work: Engagement) -> bool:
    """Whether these terms change agreed work: the first to be agreed made it."""
    ended_at = seen.negotiation.ended_at
    is_agreed = seen.negotiation.state is NegotiationState.AGREED
    return not is_agreed or (ended_at is not None and work.agreed_at < ended_at)


def beside(db: Session, member: Member, seen: Seen) -> Beside:
    """Return what belongs to terms, as far as their reader may know of it."""
    asked = {**Viewer.of(member).at(seen.now), "mine": seen.mine.id}
    work, conversation, is_in_it, draft_at, may_sign = db.execute(_BESIDE, asked).one()
    amends = work is not None and _amends(seen, work)
    # That the others agreed later is not for whoever had left by then.
    is_known = amends or seen.mine.left_at is None
    introduced = None
    if is_in_it and conversation.about is About.INTRODUCTION:
        steps = of_conversation(db, member, conversation)
        introduced = next((each for each in steps if each.how is How.INTRODUCED), None)
    return Beside(
        work=work.key if work is not None and is_known else None,
        amends=amends,
        conversation=conversation.key if is_in_it else None,
        about=None if conversation is None else conversation.about,
        introduced=introduced,
        draft_at=draft_at,
        may_sign=bool(may_sign),
    )
