"""What a conversation may lead to: terms that some of those in it look for together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.columns import BigId, UtcDateTime
from network.conversations.leads import Lead
from network.conversations.models import Conversation
from network.engagements.kinds import NegotiationState
from network.engagements.models import IDLE, Negotiation, Party
from network.members.models import Member

MOST = 5
_OPEN = (
    select(Negotiation)
    .join(Party, Party.negotiation_id == Negotiation.id)
    .where(
        Negotiation.conversation_id == bindparam("conversation", type_=BigId),
        Negotiation.state == NegotiationState.OPEN,
        Negotiation.moved_at > bindparam("since", type_=UtcDateTime()),
        Party.member_id == bindparam("viewer", type_=BigId),
        Party.left_at.is_(None),
    )
    .order_by(Negotiation.begun_at.desc(), Negotiation.id.desc())
    .limit(MOST)
)


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the terms that the member is finding here."""
    asked = {"conversation": conversation.id, "viewer": member.id, "since": now - IDLE}
    return {"open_terms": db.scalars(_OPEN, asked).all()}


TERMS = Lead("engagements/_lead.html", load)
