"""What stands around a need for one reader. Never how many answered it, nor who did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from network.asks.models import Ask
from network.asks.queries import as_asker_sees
from network.columns import BigId
from network.conversations.models import About, Conversation
from network.learning.models import GreenRoom
from network.learning.visibility_rooms import room_known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart
from network.organisations.kinds import AskOf
from network.organisations.models import WorkNeed

_NEED = bindparam("need", type_=BigId)
_WRITER = aliased(Member, name="written_by")
_AROUND = (
    select(Ask, Conversation.key, GreenRoom, _WRITER)
    .select_from(WorkNeed)
    .outerjoin(
        Ask,
        and_(
            Ask.kind == AskOf.LET_US_TALK.value,
            Ask.thing_id == WorkNeed.id,
            Ask.asker_id == BOUND.member_id,
        ),
    )
    .outerjoin(
        Conversation,
        and_(Conversation.about == About.LET_US_TALK, Conversation.thing_id == Ask.id),
    )
    .outerjoin(GreenRoom, and_(GreenRoom.id == WorkNeed.room_id, room_known(BOUND, NOW)))
    .outerjoin(_WRITER, and_(_WRITER.id == WorkNeed.writer_id, not_apart(BOUND, _WRITER)))
    .where(WorkNeed.id == _NEED)
)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a need for one reader: what they said to it and what it led to, the Green
    Room that grew out of it, and who wrote it, where they may know of that.
    """

    said: Ask | None
    conversation: str | None
    room: GreenRoom | None
    writer: Member | None
    now: datetime

    @property
    def waits(self) -> bool:
        """Whether what they said is open in their eyes, whatever was quietly answered."""
        return self.said is not None and as_asker_sees(self.said, self.now) == "waiting"


def around(db: Session, need: WorkNeed, member: Member, now: datetime) -> Around:
    """Return what stands around a need for this member, in one statement."""
    row = db.execute(_AROUND, {**Viewer.of(member).at(now), "need": need.id}).one()
    return Around(row[0], row[1], row[2], row[3], now)
