"""What a conversation that grew out of a need wears: the need, and how it was answered.

Where the reader may not know of the need any more, it wears the words that were said alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, not_, or_, select
from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.columns import BigId
from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, shielded
from network.organisations.kinds import AskOf
from network.organisations.models import WorkNeed
from network.organisations.visibility import need_known

# As in the thread itself, a shield hides the words of who raised it.
_HEARD = or_(Ask.asker_id == BOUND.member_id, not_(shielded(Ask.asker_id, BOUND.belongs)))
_SAID = (
    select(Ask, WorkNeed, _HEARD)
    .outerjoin(WorkNeed, and_(WorkNeed.id == Ask.thing_id, need_known(BOUND, NOW)))
    .where(Ask.id == bindparam("thing", type_=BigId), Ask.kind == AskOf.LET_US_TALK.value)
)


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return what was said to the need, and the need where it is shown to the reader."""
    bound = {**Viewer.of(member).at(now), "thing": conversation.thing_id}
    row = db.execute(_SAID, bound).first()
    return {"said": row[0] if row and row[2] else None, "need": row[1] if row else None}


TALK = Dress(about=About.LET_US_TALK, head="organisations/_talk_head.html", foot="", load=load)
