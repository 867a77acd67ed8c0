"""What the conversation of a referral wears: through whom the two came together, and what for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.referrals.queries import of_conversation


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the referral, where the member may still know of it."""
    return {"seen": of_conversation(db, member, conversation.thing_id, now)}


BROUGHT_TOGETHER = Dress(about=About.REFERRAL, head="referrals/_talk_head.html", foot="", load=load)
