"""What the conversation wears that an approach opened: the need it began with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.organisations.access import approach_about


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the approach, where the member may still read it."""
    return {"approach": approach_about(db, member, conversation.thing_id, now=now)}


TALK = Dress(
    about=About.APPROACH, head="organisations/approach/_talk_head.html", foot="", load=load
)
