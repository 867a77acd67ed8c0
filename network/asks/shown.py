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
    """Return the asks with what their templates read: one statement for each kind that has
    things.
    """
    things: dict[tuple[str, int], Any] = {}
    for name in {ask.kind for ask in asks if ask.thing_id is not None}:
        load = kinds[name].load
        if load is not None:
            ids = {ask.thing_id for ask in asks if ask.kind == name and ask.thing_id is not None}
            things |= {(name, key): thing for key, thing in load(db, ids).items()}
    return [Shown(ask, kinds[ask.kind], things.get((ask.kind, ask.thing_id or 0))) for ask in asks]
