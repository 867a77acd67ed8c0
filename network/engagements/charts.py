"""The chart of months ahead as plain geometry: bars, the line of what is full, lines to read by.

All words stand beside it in HTML; how high “full” is comes from a few heights, so that its label
is put there by a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from network.engagements.balance import Balance, Relation
from network.translation import _

WIDTH, HEIGHT = 800, 240
MOST_SERIES = 4
BAR = 64
# How high the line of what is full may stand, in twelfths of the picture: as high as there is room.
HEIGHTS = (10, 8, 6, 4, 2, 1)
TWELFTHS = 12
# Half days between two lines to read by, and how many lines are enough.
STEPS = (2, 4, 8, 10, 20, 40, 80, 100, 200, 400, 800)
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Series:
    """What one colour stands for: a relationship, or the smallest together."""

    colour: int
    name: str
    days: Sequence[int]
    on_table: bool = False
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, in the units of the picture."""

    colour: int
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All there is to draw. `full` is the height of the line, and `level` names it to the label."""

    series: Sequence[Series]
    bars: Sequence[Bar]
    lines: Sequence[float]
    full: float | None
    level: int


def series(found: Balance) -> list[Series]:
    """Return what is drawn, from the bottom: what is agreed, what is on the table, the smallest.

    More than four relationships become three and the others.
    """
    timed = found.with_time
    kept = timed if len(timed) <= MOST_SERIES else timed[: MOST_SERIES - 1]
    drawn = sorted(kept, key=lambda each: not each.settled)
    rest = timed[len(kept) :]
    named = [
        Series(colour, each.name, each.days, each.on_table, each.settled)
        for colour, each in enumerate(drawn, start=1)
    ]
    return [*named, _others(rest)] if rest else named


def chart(found: Balance, room: int) -> Chart:
    """Return the picture of these months against so many half days, or against nothing said."""
    drawn = series(found)
    most = max(found.days, default=0)
    level = next((n for n in HEIGHTS if most * n <= room * TWELFTHS), 1) if room else 0
    top = max(room * TWELFTHS / level, most) if room else max(most, 1) * 1.1
    unit = HEIGHT / top
    return Chart(
        drawn,
        _bars(drawn, len(found.months), unit),
        _lines(top, unit),
        _short(HEIGHT - room * unit) if room else None,
        level,
    )


def _others(rest: Sequence[Relation]) -> Series:
    days = [sum(each) for each in zip(*(each.days for each in rest), strict=True)]
    on_table, settled = (
        any(getattr(each, name) for each in rest) for name in ("on_table", "settled")
    )
    return Series(MOST_SERIES, _("All others together"), days, on_table, settled)


def _bars(drawn: Sequence[Series], months: int, unit: float) -> list[Bar]:
    bars, wide = [], WIDTH // max(months, 1)
    for month in range(months):
        below = 0
        for each in drawn:
            if each.days[month]:
                x = month * wide + (wide - BAR) // 2
                top = HEIGHT - (below + each.days[month]) * unit
                bars.append(Bar(each.colour, x, _short(top), _short(each.days[month] * unit)))
                below += each.days[month]
    return bars


def _lines(top: float, unit: float) -> list[float]:
    step = next((each for each in STEPS if top / each <= MOST_LINES + 1), STEPS[-1])
    return [_short(HEIGHT - n * step * unit) for n in range(1, MOST_LINES + 1) if n * step < top]


def _short(length: float) -> float:
    return round(length, 1)
