"""Where the marks of the relationship map stand: worked out from plain numbers, the same for the
same people, with no two marks on each other.

Whoever looks is at the foot, and around them, on the arcs of a fan, stand those they know: group
beside group from left to right, so that the order says what colour alone would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, pi, sin

WIDTH, HEIGHT = 680, 356
FOOT = (WIDTH / 2, HEIGHT - 28.0)
MARK = 6  # the radius of a mark
MOST = 150
_SPACING = 2 * MARK + 4.0
_EDGE = 0.09  # how far the fan stays above the ground on both sides, in radians
# Where the stem of a group begins, beside the lamp, and where it parts.
_LIGHT, _FORK = 30.0, 78.0
# In which order the arcs are used: a few people stand neither on top of me nor far away.
_ARCS = (200.0, 232.0, 264.0, 168.0, 296.0, 136.0, 320.0)
_GAP_UP_TO = 8  # so many groups are parted by an empty place


@dataclass(frozen=True, slots=True)
class Mark:
    """One person: where they stand, in which group, and the line that leads to them."""

    x: float
    y: float
    group: int
    line: str


@dataclass(frozen=True, slots=True)
class Stem:
    """What leads from me to where the lines of a group part."""

    x: float
    y: float
    group: int
    line: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: marks, the stem of each group, and the arcs behind them. `top` is where the
    picture begins.
    """

    marks: tuple[Mark, ...]
    stems: tuple[Stem, ...]
    arcs: tuple[str, ...]
    top: float


def drawn(groups: Sequence[int]) -> Drawing:
    """Return the picture of groups of so many people, from left to right; at most `MOST` in all.

    Units are those of a view of `WIDTH` by `HEIGHT`.
    """
    total = sum(groups)
    if total > MOST:
        message = f"{total} marks do not fit: {MOST} is the most"
        raise ValueError(message)
    if not total:
        return Drawing((), (), (), 0.0)
    owners = _with_gaps(groups)
    radii, places = _places(len(owners))
    angles: dict[int, list[float]] = {}
    for owner, (angle, _) in zip(owners, places, strict=True):
        if owner is not None:
            angles.setdefault(owner, []).append(angle)
    forks = {group: sum(held) / len(held) for group, held in angles.items()}
    marks = tuple(
        _mark(owner, angle, radius, forks[owner])
        for owner, (angle, radius) in zip(owners, places, strict=True)
        if owner is not None
    )
    stems = tuple(
        Stem(*_point(angle, _FORK), group, f"M{_xy(angle, _LIGHT)}L{_xy(angle, _FORK)}")
        for group, angle in forks.items()
    )
    return Drawing(marks, stems, tuple(map(_arc, radii)), top=FOOT[1] - max(radii) - MARK - 2)


def _with_gaps(groups: Sequence[int]) -> list[int | None]:
    """Return to which group each place belongs, with empty places between a few groups."""
    owners: list[int | None] = []
    held = [(group, count) for group, count in enumerate(groups) if count]
    for group, count in held:
        if owners and len(held) <= _GAP_UP_TO:
            owners.append(None)
        owners.extend([group] * count)
    return owners


def _places(count: int) -> tuple[list[float], list[tuple[float, float]]]:
    """Return the arcs that are used, and so many places on them from left to right."""
    used = 1
    while sum(map(_room, _ARCS[:used])) < count:
        used += 1
    radii = sorted(_ARCS[:used])
    shares = _shares(count, radii)
    places = []
    for radius, share in zip(radii, shares, strict=True):
        step = (pi - 2 * _EDGE) / share if share else 0.0
        places += [(pi - _EDGE - (number + 0.5) * step, radius) for number in range(share)]
    return radii, sorted(places, key=lambda place: (-place[0], place[1]))


def _room(radius: float) -> int:
    return floor((pi - 2 * _EDGE) * radius / _SPACING)


def _shares(count: int, radii: Sequence[float]) -> list[int]:
    """Return how many stand on each arc: as its length allows, the rest on the outermost."""
    whole = sum(map(_room, radii))
    shares = [floor(count * _room(radius) / whole) for radius in radii]
    for number in reversed(range(len(radii))):
        more = min(count - sum(shares), _room(radii[number]) - shares[number])
        shares[number] += more
    return shares


def _mark(group: int, angle: float, radius: float, fork: float) -> Mark:
    x, y = _point(angle, radius)
    bend = _xy(fork + (angle - fork) * 0.35, (_FORK + radius) / 2)
    end = _xy(angle, radius - MARK)
    return Mark(x, y, group, f"M{_xy(fork, _FORK)}Q{bend} {end}")


def _arc(radius: float) -> str:
    begin, end = _xy(pi - _EDGE, radius), _xy(_EDGE, radius)
    return f"M{begin}A{radius:g} {radius:g} 0 0 1 {end}"


def _point(angle: float, radius: float) -> tuple[float, float]:
    return round(FOOT[0] + radius * cos(angle), 1), round(FOOT[1] - radius * sin(angle), 1)


def _xy(angle: float, radius: float) -> str:
    x, y = _point(angle, radius)
    return f"{x:.0f} {y:.0f}"
