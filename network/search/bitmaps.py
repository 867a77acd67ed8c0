"""Sets of small numbers as integers, one bit for each: Python joins them at machine speed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

_DIGIT_TO_TRUTH = bytes.maketrans(b"01", b"\0\1")


def bitmap(members: Iterable[int], size: int) -> int:
    """Return the set of the numbers, each of them below size."""
    digits = bytearray(b"0") * (size + 1)
    for number in members:
        digits[~number] = 49  # "1"; the lowest bit is the last digit
    return int(digits, 2)


def flags(bits: int, size: int) -> bytes:
    """Return for each number below size a byte: 1 if the set has it, else 0."""
    return f"{bits:0{size}b}".encode().translate(_DIGIT_TO_TRUTH)[::-1]


def numbers(bits: int, size: int) -> Iterator[int]:
    """Return the numbers below size that the set has, the lowest first."""
    return compress(range(size), flags(bits, size))


def at_least(sets: Sequence[int], everything: int) -> list[int]:
    """Return for n = 0, 1, ... what is in n of the sets at least."""
    levels = [everything]
    for bits in sets:
        levels.append(0)
        for n in range(len(levels) - 1, 0, -1):
            levels[n] |= levels[n - 1] & bits
    return levels
