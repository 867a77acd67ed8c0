"""Months of the calendar, and what is given in a period laid out over them, exactly.

A week, a quarter and a year count by the days of theirs that fall into a month: a quarter that is
worked whole is that quarter's days, whichever months are long. A month that is worked in part
counts by its own days. “A day” is meant of Monday to Friday. What is given in all is laid evenly
over the days from its beginning to its end; where no end is said, over thirteen weeks.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import accumulate, pairwise
from operator import add

from network.engagements.kinds import Period

AHEAD = 8
# A month of which so many days are over when the next begins is looked back at, not ahead.
OVER_AFTER = 15
MONTHS, LAST_MONTH = 12, 9999 * 12 + 11
WEEK, WORKING = 7, 5
# How many days “in all” lasts where nobody said until when.
IN_ALL_DAYS = 91
# An exact number. Most are whole, and whole numbers are added far faster.
Exact = int | Fraction


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both in it. Without an end it goes on."""

    starts: date
    ends: date | None = None


def months_ahead(today: date, count: int = AHEAD) -> tuple[date, ...]:
    """Return the first days of the months ahead: from this one, or from the next once half of this
    one is over. At the end of the calendar there are fewer.
    """
    first = today.year * MONTHS + today.month - 1 + (today.day > OVER_AFTER)
    last = min(first + count - 1, LAST_MONTH)
    return tuple(date(n // MONTHS, n % MONTHS + 1, 1) for n in range(min(first, last), last + 1))


# Every line of every work asks for the same few months.
@lru_cache(maxsize=256)
def last_day(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def spread(
    amount: int, period: Period, span: Span, months: Iterable[date], *, until: date | None = None
) -> list[Exact]:
    """Return how much of what is given `amount` a period falls into each month.

    `until` is the last day that counts; what was meant for later is lost, not moved.
    """
    first, last = span.starts.toordinal(), _end(span, period)
    stop = min(last, until.toordinal()) if until else last
    found: list[Exact] = []
    for month in months:
        begins = max(first, month.toordinal())
        ends = min(stop, last_day(month).toordinal())
        days = _working(begins, ends) if period is Period.DAY else ends - begins + 1
        of = last - first + 1 if period is Period.IN_ALL else _days_of(period, month)
        found.append(_part(amount * days, of) if begins <= ends else 0)
    return found


def nearest(exact: Exact) -> int:
    """Return the whole number that is nearest; of two, the greater."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def rounded(exact: Iterable[Exact]) -> list[int]:
    """Return whole numbers that add up to the exact sum, rounded once.

    What is gathered until each month is rounded, and the month is what came to it: no month is off
    by one, and nothing is lost or won over all of them.
    """
    gathered = [nearest(each) for each in accumulate(exact, initial=0)]
    return [after - before for before, after in pairwise(gathered)]


def added(parts: Iterable[Sequence[Exact]], count: int) -> list[Exact]:
    """Return the sums of several rows, month by month."""
    rows = list(parts)
    if not rows:
        return [0] * count
    return [reduce(add, column) for column in zip(*rows, strict=True)]


def _part(amount: int, of: int) -> Exact:
    whole, rest = divmod(amount, of)
    return Fraction(amount, of) if rest else whole


def _end(span: Span, period: Period) -> int:
    if span.ends is not None:
        return span.ends.toordinal()
    if period is Period.IN_ALL:
        return span.starts.toordinal() + IN_ALL_DAYS - 1
    return date.max.toordinal()


@lru_cache(maxsize=1024)
def _days_of(period: Period, month: date) -> int:
    match period:
        case Period.WEEK:
            return WEEK
        case Period.MONTH:
            return last_day(month).day
        case Period.QUARTER:
            first = (month.month - 1) // 3 * 3 + 1
            return sum(monthrange(month.year, each)[1] for each in range(first, first + 3))
        case Period.YEAR:
            return 365 + isleap(month.year)
        case _:
            return 1


def _working(begins: int, ends: int) -> int:
    """Count the days from Monday to Friday between two days: the first day of all was a Monday."""
    return _working_until(ends) - _working_until(begins - 1)


def _working_until(day: int) -> int:
    weeks, rest = divmod(day, WEEK)
    return weeks * WORKING + min(rest, WORKING)
