"""Who could introduce a member to somebody: over people who chose to be shown as a way, and no
further than two steps.

Whoever is hidden from the viewer is as if not there: every choice is made after they are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import shake_128
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from network.members.models import Connection, Member, Participation
from network.members.visibility import BOUND, NOW, Viewer, awake, not_apart, shielded

# How many connectors are named for one person.
MOST_NAMED = 3
# How many of the viewer's connections are looked beyond in one day for ways of two steps, others on
# other days: somebody who knows thousands does not make a page slow.
MOST_BEGINNINGS = 16
# A prime just below what fits; numbers multiplied by one of each day's come in an order of its own.
_PRIME = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Connector:
    """Somebody who knows the next one on the way."""

    id: int
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a member could come to know somebody: each of `through` knows that person; or, where
    there is `beyond`, the first of them knows `beyond`, who does.
    """

    through: tuple[Connector, ...]
    beyond: Connector | None = None


def ways_to(
    db: Session, member: Member, targets: Collection[int], now: datetime
) -> Mapping[int, Way]:
    """Return a way to each of these members to whom there is one, in one statement for all."""
    if not targets:
        return {}
    viewer = Viewer.of(member)
    filled = {"targets": list(targets), "way_turn": day_turn(now.toordinal())}
    found: dict[int, list[tuple[Connector, Connector | None]]] = defaultdict(list)
    for target, *first, beyond, handle, name in db.execute(_WAYS, viewer.at(now) | filled):
        then = None if beyond is None else Connector(beyond, handle, name)
        found[target].append((Connector(*first), then))
    return {
        target: Way(tuple(first for first, _ in steps), steps[0][1])
        for target, steps in found.items()
    }


@lru_cache(maxsize=8)
def day_turn(day: int) -> int:
    """Return the number of a day: whom it puts first has nothing to do with who they are."""
    return 1 + int.from_bytes(shake_128(f"way {day}".encode()).digest(8)) % (_PRIME - 1)


def _turn(member_id: Any) -> ColumnElement[int]:  # noqa: ANN401  # a column
    turn: ColumnElement[int] = (member_id * bindparam("way_turn", type_=BigInteger)) % _PRIME
    return turn


def _kept(statement: Any, name: str) -> CTE:  # noqa: ANN401  # a select or a union of two
    """Name a step that is worked out once and whole: left to itself SQLite asks visibility of every
    path instead of every person.
    """
    step: CTE = statement.cte(name).prefix_with("MATERIALIZED")
    return step


_LOW, _HIGH, _LIVE = Connection.low_id, Connection.high_id, Connection.ended_at.is_(None)
# Both ends of a connection; the addition of nothing keeps SQLite from trying every pair of the two.
_ENDS = ((_LOW, _HIGH, _HIGH + 0), (_HIGH, _LOW, _LOW + 0))


def _of(people: CTE) -> Any:  # noqa: ANN401  # a union of two selects
    """Select the live connections of these people, from each of them to the other."""
    return union_all(
        *(
            select(end.label("start"), other.label("reached")).where(
                end.in_(select(people.c.id)), _LIVE
            )
            for end, other, _ in _ENDS
        )
    )


def _shared(people: CTE, with_: CTE) -> Any:  # noqa: ANN401
    """Select the live connections of these people with those."""
    return union_all(
        *(
            select(end.label("start"), other.label("reached")).where(
                end.in_(select(people.c.id)), _LIVE, plain.in_(select(with_.c.id))
            )
            for end, other, plain in _ENDS
        )
    )


def _meeting(people: CTE, near: CTE) -> Any:  # noqa: ANN401
    """Select the paths that end at these people, over those whom the connections `near` reach."""
    return union_all(
        *(
            select(end.label("start"), near.c.start.label("through"), near.c.reached)
            .join(near, near.c.reached == plain)
            .where(end.in_(select(people.c.id)), _LIVE)
            for end, _, plain in _ENDS
        )
    )


def _people(*conditions: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Any:  # noqa: ANN401
    """Select those who take part now and are not hidden from the viewer."""
    return (
        select(Member.id, Member.belongs, _turn(Member.id).label("turn"))
        .join(Participation, Participation.member_id == Member.id)
        .where(awake(NOW), not_apart(BOUND), *conditions)
    )


def _here_for_each_other(one: CTE, other: CTE) -> ColumnElement[bool]:
    """Hold where no shield parts two who are connected: neither may hear of the other by this."""
    return and_(
        not_(shielded(one.c.id, other.c.belongs)), not_(shielded(other.c.id, one.c.belongs))
    )


def _statement() -> Select[Any]:
    mine = _kept(
        union_all(
            *(
                select(other.label("id")).where(end == BOUND.member_id, _LIVE)
                for end, other, _ in _ENDS
            )
        ),
        "mine",
    )
    target = _kept(
        _people(
            Member.id.in_(bindparam("targets", expanding=True)),
            Member.id != BOUND.member_id,
            Participation.open_to_introductions,
            Member.id.not_in(select(mine.c.id)),
        ),
        "target",
    )
    one = _one_step(mine, target)
    two = _two_steps(mine, target, one)
    paths = union_all(
        select(one.c.target, one.c.first, null().label("second"), one.c.place),
        select(two.c.target, two.c.first, two.c.second, two.c.place),
    ).subquery("paths")
    first, second = aliased(Member, name="first_one"), aliased(Member, name="second_one")
    return (
        select(
            paths.c.target,
            *(first.id, first.handle, first.name),
            *(second.id, second.handle, second.name),
        )
        .join(first, first.id == paths.c.first)
        .outerjoin(second, second.id == paths.c.second)
        .order_by(paths.c.target, paths.c.place)
    )


def _one_step(mine: CTE, target: CTE) -> CTE:
    """Whom both know, at most `MOST_NAMED` for each target."""
    shared = _kept(_shared(target, mine), "shared")
    way = _kept(_people(Member.id.in_(select(shared.c.reached)), Participation.shown_as_way), "way")
    place = func.row_number().over(partition_by=shared.c.start, order_by=(way.c.turn, way.c.id))
    placed = (
        select(shared.c.start.label("target"), way.c.id.label("first"), place.label("place"))
        .join(way, way.c.id == shared.c.reached)
        .join(target, target.c.id == shared.c.start)
        .where(_here_for_each_other(way, target))
        .subquery("placed_near")
    )
    return _kept(select(placed).where(placed.c.place <= MOST_NAMED), "one_step")


def _two_steps(mine: CTE, target: CTE, one: CTE) -> CTE:
    """One path of two steps to each target to whom nobody leads in one."""
    far = _kept(select(target).where(target.c.id.not_in(select(one.c.target))), "far")
    # Written out: for a limit that is filled in, SQLite plans the whole statement anew each time.
    first = _kept(
        _people(Member.id.in_(select(mine.c.id)), Participation.shown_as_way)
        .order_by("turn", Member.id)
        .limit(literal_column(str(MOST_BEGINNINGS))),
        "beginning",
    )
    span = _kept(_meeting(far, _kept(_of(first), "near")), "span")
    second = _kept(
        _people(
            Member.id.in_(select(span.c.reached)),
            Participation.shown_as_way,
            Participation.open_to_introductions,
        ),
        "second",
    )
    order = (first.c.turn, second.c.turn, first.c.id, second.c.id)
    place = func.row_number().over(partition_by=span.c.start, order_by=order)
    placed = (
        select(
            span.c.start.label("target"),
            first.c.id.label("first"),
            second.c.id.label("second"),
            place.label("place"),
        )
        .join(second, second.c.id == span.c.reached)
        .join(first, first.c.id == span.c.through)
        .join(far, far.c.id == span.c.start)
        .where(_here_for_each_other(first, second), _here_for_each_other(second, far))
        .subquery("placed_far")
    )
    return _kept(select(placed).where(placed.c.place == 1), "two_steps")


_WAYS = _statement()
