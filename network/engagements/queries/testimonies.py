"""Which words about shared work are read, and by whom: by whom they are about once they are open,
by members where that person shows them. Where a block or a shield parts the two, it is as if
nothing had been written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, not_, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId, UtcDateTime
from network.engagements.models import SEALED, Testimony
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, shielded, visible

ON_A_PAGE = 20

AUTHOR = aliased(Member, name="testifies")
SUBJECT = aliased(Member, name="testified_of")
OWNER = Viewer(SUBJECT.id, SUBJECT.belongs)
TOGETHER = and_(not_apart(OWNER, AUTHOR), not_(shielded(SUBJECT.id, AUTHOR.belongs)))
_SINCE = bindparam("sealed_since", type_=UtcDateTime())
OPEN = and_(
    Testimony.taken_back_at.is_(None),
    or_(Testimony.opened_at.is_not(None), Testimony.at <= _SINCE),
)
BY_ME = Testimony.author_id == BOUND.member_id
# Read by one of the two: a shield of the other hides their words. One's own hides nothing from
# oneself: what vanished would tell where the other works.
ABOUT_ME = and_(Testimony.about_id == BOUND.member_id, OPEN, not_apart(BOUND, AUTHOR))
_JOINED = (
    select(Testimony, case((not_apart(BOUND, SUBJECT), 1), else_=0))
    .join(AUTHOR, AUTHOR.id == Testimony.author_id)
    .join(SUBJECT, SUBJECT.id == Testimony.about_id)
)
_OF_WORK = _JOINED.where(
    Testimony.engagement_id == bindparam("engagement", type_=BigId), or_(BY_ME, ABOUT_ME)
)
SHOWN = (
    select(Testimony, AUTHOR)
    .join(AUTHOR, AUTHOR.id == Testimony.author_id)
    .join(SUBJECT, SUBJECT.id == Testimony.about_id)
    .where(
        Testimony.about_id == bindparam("subject", type_=BigId),
        Testimony.shown_at.is_not(None),
        OPEN,
        or_(BY_ME, not_apart(OWNER, AUTHOR)),
        or_(SUBJECT.id == BOUND.member_id, visible(BOUND, NOW, AUTHOR)),
    )
    .order_by(Testimony.at.desc(), Testimony.id.desc())
    .limit(ON_A_PAGE)
)


@dataclass(frozen=True, slots=True)
class Words:
    """What one person on the other side of shared work and the reader wrote about each other, as
    the reader sees it. `reply` is what came back to the reader's words.
    """

    member_id: int
    handle: str
    mine: Testimony | None = None
    reply: str = ""
    about_me: Testimony | None = None


def due(now: datetime) -> ColumnElement[bool]:
    """Hold for words that their fourteen days have opened, which nobody has written down yet."""
    return and_(
        Testimony.taken_back_at.is_(None),
        Testimony.opened_at.is_(None),
        Testimony.at <= now - SEALED,
    )


def since(now: datetime) -> dict[str, datetime]:
    """Return what fills in whether the fourteen days of words are over."""
    return {"sealed_since": now - SEALED}


def eyes(member: Member, now: datetime) -> dict[str, Any]:
    """Return what fills in these statements for a reader."""
    return {**Viewer.of(member).at(now), **since(now)}


def between(
    db: Session, reader: Member, engagement_id: int, people: Sequence[Member], now: datetime
) -> list[Words]:
    """Return, for each of these people that is not the reader, what the two wrote and may read."""
    bound = {**eyes(reader, now), "engagement": engagement_id}
    mine, about_me, replies = {}, {}, {}
    for testimony, together in db.execute(_OF_WORK, bound):
        if testimony.author_id == reader.id:
            mine[testimony.about_id] = testimony
            replies[testimony.about_id] = testimony.reply if together else ""
        else:
            about_me[testimony.author_id] = testimony
    return [
        Words(
            each.id,
            each.handle,
            mine.get(each.id),
            replies.get(each.id, ""),
            about_me.get(each.id),
        )
        for each in people
        if each.id != reader.id and each.state is not State.DEPARTED
    ]
