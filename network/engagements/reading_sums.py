"""What money in terms comes to for one party, where that can be said exactly: for their eyes only.

Nothing is estimated: a month counts where the time is a whole number of months, a day where the
days are known. What depends on an outcome is in no sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.lists import format_list

from network.engagements.kinds import Cash, Period
from network.engagements.money import MOST, Money
from network.engagements.telling import PERIODS
from network.engagements.terms import CashLine, Terms, TimeLine
from network.translation import _

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
# Up to here every month has the day, so that a month later is a month later.
LAST_DAY_OF_EVERY_MONTH = 28


@dataclass(frozen=True, slots=True)
class Part:
    """One party's part of a line: an amount for each period, and in all where that is known."""

    currency: str
    minor: int
    period: Period
    whole: int | None


def sums(terms: Terms, before: Terms | None, party: str, locale: str) -> list[str]:
    """Return what the money comes to for a party, in sentences; nothing where a line says it."""
    found = []
    for parts_of, now, was in (
        (_received, _("For you that is %(sum)s."), _("For you that is %(sum)s; it was %(old)s.")),
        (_given, _("From you it is %(sum)s."), _("From you it is %(sum)s; it was %(old)s.")),
    ):
        said = _added(list(parts_of(terms, party)), locale)
        old = _added(list(parts_of(before, party)), locale) if before else ""
        if said and old and old != said:
            found.append(str(was % {"sum": said, "old": old}))
        elif said:
            found.append(str(now % {"sum": said}))
    if found and any(_concerns(line, party) for line in terms.cash if line.sort is Cash.OUTCOME):
        found.append(str(_("What depends on an outcome is not in it.")))
    return found


def _concerns(line: CashLine, party: str) -> bool:
    return party in {line.giver, line.receiver, *(share.party for share in line.split)}


def _received(terms: Terms, party: str) -> Iterator[Part]:
    for line in terms.cash:
        amount = line.amount if line.receiver == party else None
        if line.split:
            amount = next((each.amount for each in line.split if each.party == party), None)
        if amount is not None and line.sort is not Cash.OUTCOME:
            yield _part(amount, line.period, _times(terms, party))


def _given(terms: Terms, party: str) -> Iterator[Part]:
    for line in terms.cash:
        if line.giver == party and line.sort is not Cash.OUTCOME:
            yield _part(line.amount, line.period, _times(terms, line.receiver))


def _times(terms: Terms, party: str) -> list[TimeLine]:
    return [each for each in terms.times if each.party == party]


def _part(amount: Money, period: Period, times: Sequence[TimeLine]) -> Part:
    return Part(amount.currency, amount.minor, period, _in_all(amount.minor, period, times))


def _in_all(minor: int, period: Period, times: Sequence[TimeLine]) -> int | None:
    if period is Period.IN_ALL:
        return minor
    if period is Period.DAY:
        half_days = _half_days(times)
        halves = minor * half_days if half_days is not None else 1
        return None if halves % 2 else halves // 2
    spans = {(each.starts, each.ends) for each in times}
    often = periods(*spans.pop(), period) if len(spans) == 1 else None
    return None if often is None else minor * often


def _half_days(times: Sequence[TimeLine]) -> int | None:
    if not times:
        return None
    total = 0
    for each in times:
        often = 1 if each.period is Period.IN_ALL else periods(each.starts, each.ends, each.period)
        if often is None:
            return None
        total += each.half_days * often
    return total


def periods(starts: date | None, ends: date | None, period: Period) -> int | None:
    """Return how many whole periods a time is, both days in it; None where it is not whole."""
    if starts is None or ends is None:
        return None
    after = ends + timedelta(days=1)
    if period is Period.WEEK:
        weeks, rest = divmod((after - starts).days, 7)
        return None if rest else weeks
    if period not in MONTHS or after.day != starts.day or starts.day > LAST_DAY_OF_EVERY_MONTH:
        return None
    months = (after.year - starts.year) * 12 + after.month - starts.month
    often, rest = divmod(months, MONTHS[period])
    return None if rest else often


def _added(parts: Sequence[Part], locale: str) -> str:
    """Say the sum in each currency: in all, or for each period where not all of it is known."""
    if len(parts) == 1 and parts[0].whole in {None, parts[0].minor}:
        return ""  # the line says it
    added = list(_totals(parts))
    # A sum that no line could hold is nobody's income: it is left unsaid.
    if any(minor > MOST for _currency, _period, minor in added):
        return ""
    said = [
        f"{Money(currency, minor).said(locale)} {PERIODS[period]}"
        for currency, period, minor in added
    ]
    return format_list(said, locale=locale)


def _totals(parts: Sequence[Part]) -> Iterator[tuple[str, Period, int]]:
    for currency in sorted({each.currency for each in parts}):
        mine = [each for each in parts if each.currency == currency]
        wholes = [each.whole for each in mine if each.whole is not None]
        if len(wholes) == len(mine):
            yield currency, Period.IN_ALL, sum(wholes)
            continue
        for period in Period:
            minor = sum(each.minor for each in mine if each.period is period)
            if minor:
                yield currency, period, minor
