"""A member's own connections, by how they came to know each other: read once, for the picture and
for the list beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, case, exists, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from network.events.models import Event
from network.members.models import Connection, Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, visible
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.provenance import CONNECTED
from network.search.turns import turns

PAGE = 50
# With more groups than this, those of single introducers are one in the picture.
MOST_GROUPS = 8


class Origin(IntEnum):
    """How two came to know each other, in the order in which the page tells it."""

    INTRODUCED = 1
    EACH_OTHER = 2
    I_ASKED = 3
    THEY_ASKED = 4


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody I am connected with. `through` is who introduced us, where I may know them."""

    id: int
    handle: str
    name: str
    portrait_version: int
    since: datetime
    reason: str
    mine: bool
    origin: Origin
    through: str
    through_handle: str

    @property
    def group(self) -> tuple[Origin, str, str]:
        """Return what those have in common whom I know in the same way."""
        return self.origin, self.through, self.through_handle


@dataclass(frozen=True, slots=True)
class Group:
    """People whom I came to know in one way, by name."""

    origin: Origin
    through: str
    people: Sequence[Known]
    # Whether several people introduced them, who are not told apart.
    merged: bool = False


def known(db: Session, member: Member, now: datetime) -> list[Known]:
    """Return everybody a member is connected with: by how they met, and then by name."""
    rows = db.execute(_KNOWN, Viewer.of(member).at(now))
    people = [
        Known(
            id=row.id,
            handle=row.handle,
            name=row.name,
            portrait_version=row.portrait_version,
            since=row.since,
            reason=row.reason,
            mine=row.asker_id == member.id,
            origin=_origin(row, member),
            through=row.through or "",
            through_handle=row.through_handle or "",
        )
        for row in rows
    ]
    return sorted(people, key=lambda each: (*each.group, each.name, each.id))


def grouped(people: Sequence[Known]) -> list[Group]:
    """Return people who stand in the order of their groups, group by group."""
    return [
        Group(origin, through, list(found))
        for (origin, through, _), found in groupby(people, key=lambda each: each.group)
    ]


def pictured(people: Sequence[Known], most: int) -> list[Group]:
    """Return the groups of the picture, with at most so many people: always the same ones, chosen
    by nothing that is known of them.
    """
    turn = dict(zip((ids := [each.id for each in people]), turns(ids, 0), strict=True))
    taken = set(sorted(ids, key=turn.__getitem__)[:most])
    groups = grouped([each for each in people if each.id in taken])
    if len(groups) <= MOST_GROUPS:
        return groups
    introduced = [group for group in groups if group.origin is Origin.INTRODUCED]
    together = [each for group in introduced for each in group.people]
    return [
        Group(Origin.INTRODUCED, "", together, merged=True),
        *(group for group in groups if group.origin is not Origin.INTRODUCED),
    ]


def _origin(row: Any, member: Member) -> Origin:  # noqa: ANN401  # a row
    if row.introduced:
        return Origin.INTRODUCED
    if row.crossed:
        return Origin.EACH_OTHER
    return Origin.I_ASKED if row.asker_id == member.id else Origin.THEY_ASKED


def _statement() -> Select[Any]:
    me, live = BOUND.member_id, Connection.ended_at.is_(None)
    ties = union_all(
        select(Connection.id, Connection.high_id.label("other")).where(
            Connection.low_id == me, live
        ),
        select(Connection.id, Connection.low_id).where(Connection.high_id == me, live),
    ).subquery("ties")
    made, crossed = aliased(Event, name="made"), aliased(Event, name="crossed")
    by, introducer = aliased(Introduction, name="made_before"), aliased(Member, name="introducer")
    # The last introduction of the two that was made before they connected.
    last = (
        select(by.introducer_id)
        .where(
            by.low_id == Connection.low_id,
            by.high_id == Connection.high_id,
            by.state == IntroductionState.MADE,
            by.ended_at <= Connection.since,
        )
        .order_by(by.ended_at.desc())
        .limit(literal_column("1"))  # a limit that is filled in is planned anew each time
        .scalar_subquery()
    )
    both_asked = exists().where(
        made.subject_kind == "connection",
        made.subject_id == Connection.id,
        made.kind == CONNECTED,
        crossed.subject_kind == "ask",
        crossed.subject_id == made.data["ask"].as_integer(),
        crossed.kind == "asks:crossed",
    )
    return (
        select(
            *(Member.id, Member.handle, Member.name, Member.portrait_version),
            *(Connection.since, Connection.reason, Connection.asker_id),
            case((last.is_not(None), 1), else_=0).label("introduced"),
            case((both_asked, 1), else_=0).label("crossed"),
            introducer.name.label("through"),
            introducer.handle.label("through_handle"),
        )
        .select_from(ties)
        .join(Connection, Connection.id == ties.c.id)
        .join(Member, Member.id == ties.c.other)
        .outerjoin(introducer, and_(introducer.id == last, not_apart(BOUND, introducer)))
        .where(visible(BOUND, NOW))
    )


_KNOWN = _statement()
