"""What the conversation of a circle wears: where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.visibility import known
from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.members.visibility import Viewer


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the circle, where the member may still know of it."""
    mine = known(Viewer.of(member), now)
    return {
        "circle": db.scalar(select(Circle).where(Circle.id == conversation.thing_id, mine)),
    }


TALK = Dress(about=About.CIRCLE, head="circles/_talk_head.html", foot="", load=load)
