"""Whom something parts, and since when. What is agreed is read by all who agreed; what one of them
writes after a block or a shield is not there for the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session, aliased

from network.members.models import Block, Member, Shield

_BEFORE = aliased(Member, name="before")


@dataclass(frozen=True, slots=True)
class Apart:
    """From whom the words of whom are hidden, by their ids, and since when: (reader, author).

    A block hides both ways. A shield hides its owner from whoever meets it, and nothing from its
    owner: what vanished would tell where somebody works.
    """

    since: Mapping[tuple[int, int], datetime] = field(default_factory=dict)

    def hides(self, reader: int | None, author: int | None, at: datetime) -> bool:
        """Whether words that somebody wrote then are not there for a reader."""
        if reader is None or author is None:
            return False
        since = self.since.get((reader, author))
        return since is not None and since <= at

    def parts(self, one: int | None, other: int | None, at: datetime) -> bool:
        """Whether either would not have read what the other wrote then."""
        return self.hides(one, other, at) or self.hides(other, one, at)


def between(db: Session, people: Collection[int]) -> Apart:
    """Return who of these people is hidden from whom: by a block, or by a shield that meets what
    somebody belongs to.
    """
    blocks = select(Block.blocker_id, Block.blocked_id, Block.at).where(
        Block.blocker_id.in_(people), Block.blocked_id.in_(people)
    )
    turned = select(Block.blocked_id, Block.blocker_id, Block.at).where(
        Block.blocker_id.in_(people), Block.blocked_id.in_(people)
    )
    shields = (
        select(_BEFORE.id, Shield.member_id, Shield.raised_at)
        .join(Shield, _BEFORE.belongs.like("% " + Shield.mark + " %"))
        .where(Shield.member_id.in_(people), _BEFORE.id.in_(people), _BEFORE.id != Shield.member_id)
    )
    since: dict[tuple[int, int], datetime] = {}
    for reader, author, at in db.execute(union_all(blocks, turned, shields)):
        since[reader, author] = min(at, since.get((reader, author), at))
    return Apart(since)
