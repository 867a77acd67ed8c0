"""Asks as pages show them: each with its kind and with the thing that it is part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from network.asks.kinds import Kind
from network.asks.models import Ask


@dataclass(frozen=True, slots=True)
class Shown:
    """One ask on a page. `thing` is what its kind loads, or None."""

    ask: Ask
    kind: Kind
    thing: Any = None


def shown(db: Session, kinds: Mapping[str, Kind], asks: Sequence[Ask]) -> list[Shown]:
    """Return the asks with what their templates read: one statement for each sort of thing, however
    many kinds of ask are about it.
    """
    wanted: dict[Any, set[int]] = {}
    for ask in asks:
        load = kinds[ask.kind].load
        if ask.thing_id is not None and load is not None:
            wanted.setdefault(load, set()).add(ask.thing_id)
    things = {load: load(db, ids) for load, ids in wanted.items()}
    return [_shown(ask, kinds[ask.kind], things) for ask in asks]


def _shown(ask: Ask, kind: Kind, things: Mapping[Any, Mapping[int, Any]]) -> Shown:
    found = things.get(kind.load, {}) if kind.load is not None else {}
    return Shown(ask, kind, found.get(ask.thing_id or 0))
