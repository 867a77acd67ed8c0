"""Whom something parts, and since when. What is agreed is read by all who agreed; what one of them
writes after a block or a shield is not there for the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from network.members.models import Block, Member, Shield

_BEFORE = aliased(Member, name="before")


@dataclass(frozen=True, slots=True)
class Apart:
    """Pairs of people, by their ids, and since when something parts them."""

    since: Mapping[frozenset[int], datetime] = field(default_factory=dict)

    def hides(self, reader: int | None, author: int | None, at: datetime) -> bool:
        """Whether words that somebody wrote then are not there for a reader."""
        if reader is None or author is None:
            return False
        since = self.since.get(frozenset((reader, author)))
        return since is not None and since <= at


def between(db: Session, people: Collection[int]) -> Apart:
    """Return who of these people is apart: by a block, or by a shield that meets what somebody
    belongs to.
    """
    blocks = select(Block.blocker_id, Block.blocked_id, Block.at).where(
        Block.blocker_id.in_(people), Block.blocked_id.in_(people)
    )
    shields = (
        select(Shield.member_id, _BEFORE.id, Shield.raised_at)
        .join(_BEFORE, _BEFORE.belongs.like("% " + Shield.mark + " %"))
        .where(Shield.member_id.in_(people), _BEFORE.id.in_(people), _BEFORE.id != Shield.member_id)
    )
    since: dict[frozenset[int], datetime] = {}
    for one, other, at in db.execute(blocks.union_all(shields)):
        pair = frozenset((one, other))
        since[pair] = min(at, since.get(pair, at))
    return Apart(since)
