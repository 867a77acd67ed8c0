"""What a conversation about a Green Room or a session wears: what it is about, and a way back.

Where the reader may not know of the thing any more, it wears nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager

from network.columns import BigId
from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.learning.access_rooms import is_open
from network.learning.models import GreenRoom, LearningSession
from network.learning.visibility import known
from network.learning.visibility_rooms import room_known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

_THING = bindparam("thing", type_=BigId)
_ROOM = (
    select(GreenRoom)
    .join(GreenRoom.asker)
    .where(GreenRoom.id == _THING, room_known(BOUND, NOW))
    .options(contains_eager(GreenRoom.asker))
)
_SESSION = select(LearningSession).where(LearningSession.id == _THING, known(BOUND, NOW))


def room_of(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the Green Room of a conversation, and whether its week goes on."""
    room = db.scalar(_ROOM, _bound(conversation, member, now))
    return {"room": room, "is_open": room is not None and is_open(room, now)}


def session_of(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the session of a conversation."""
    return {"session": db.scalar(_SESSION, _bound(conversation, member, now))}


def _bound(conversation: Conversation, member: Member, now: datetime) -> dict[str, Any]:
    return {**Viewer.of(member).at(now), "thing": conversation.thing_id}


ROOM = Dress(about=About.GREEN_ROOM, head="learning/rooms/_talk_head.html", foot="", load=room_of)
SESSION = Dress(
    about=About.SESSION, head="learning/keeping/_talk_head.html", foot="", load=session_of
)
DRESSES = (ROOM, SESSION)
