"""Where a page of a list begins: what an address says, if it says anything that can be."""

from __future__ import annotations

FURTHEST = 500


def start_from(text: str) -> int:
    """Return the place in a list that an address asks for, the beginning where it says no such."""
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(FURTHEST))
    return min(int(text), FURTHEST) if fits else 0


def further_than(start: int | None) -> int | None:
    """Return where the next page begins, where that is a place one may ask for."""
    return start if start is not None and start <= FURTHEST else None
