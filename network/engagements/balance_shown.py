"""One’s own balance as its page shows it: made anew for each reading, kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction

from network.engagements.balance import Balance, Piece, Relation, balance
from network.engagements.balance_ends import End, in_order
from network.engagements.balance_own import called, ends, pieces, promises
from network.engagements.balance_words import (
    amount,
    fullness,
    halves,
    leaning,
    month_name,
    short_name,
)
from network.engagements.charts import Chart, Series, chart
from network.engagements.leaning import Share, lean, of_income, of_time
from network.engagements.months import months_ahead
from network.engagements.promises import Promise
from network.engagements.queries.portfolio import Held, Own
from network.translation import _

# How many lines of a list, or columns of a table, are read at a glance; the rest is asked for.
MOST = 12


@dataclass(frozen=True, slots=True)
class OnTable:
    """Terms on the table: counted as if they were accepted, or left out."""

    key: str
    name: str
    version: int
    left_out: bool
    # The address then leaves out these.
    without: Sequence[str]


@dataclass(frozen=True, slots=True)
class Leaned:
    """What one relationship has of all time and of what comes in."""

    relation: Relation
    time: Share | None
    income: Sequence[Share]

    @property
    def weight(self) -> Fraction:
        """The greatest of its parts, of time or of what comes in in one currency."""
        parts = [*self.income, *([self.time] if self.time else [])]
        return max((each.part for each in parts), default=Fraction(0))


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page says. `room` is in half days a month, nothing where none was said; `whole`
    is whether long lists were asked for to their end.
    """

    today: date
    room: int
    balance: Balance
    chart: Chart
    leaned: Sequence[Leaned]
    on_table: Sequence[OnTable]
    ends: Sequence[End]
    promises: Sequence[Promise]
    whole: bool

    @property
    def weighing(self) -> Sequence[Leaned]:
        """Those on whom one leans most, what takes most time first."""
        if self.whole or len(self.leaned) <= MOST:
            return self.leaned
        heaviest = sorted(self.leaned, key=lambda each: each.weight, reverse=True)[:MOST]
        kept = {each.relation.key for each in heaviest}
        return [each for each in self.leaned if each.relation.key in kept]

    @property
    def lighter(self) -> Sequence[Leaned]:
        """All others."""
        there = {each.relation.key for each in self.weighing}
        return [each for each in self.leaned if each.relation.key not in there]

    @property
    def ending(self) -> Sequence[End]:
        """What ends first."""
        return self.ends if self.whole else self.ends[:MOST]

    @property
    def columns(self) -> Sequence[Relation | Series]:
        """What the table of months sets side by side; of many, what is drawn."""
        timed = self.balance.with_time
        return timed if self.whole or len(timed) <= MOST else self.chart.series

    @property
    def names(self) -> list[tuple[str, str]]:
        """The months, whole and as they stand under a bar."""
        return [(month_name(each, self.today), short_name(each)) for each in self.balance.months]

    @property
    def over(self) -> list[tuple[date, int]]:
        """The months that are past full, and by how many half days."""
        return self.balance.over(self.room)

    @property
    def lede(self) -> list[str]:
        """The whole page in two sentences."""
        counted = any(not each.left_out for each in self.on_table)
        found = []
        if self.room and self.balance.with_time:
            many = len(self.balance.months)
            found.append(fullness(self.over, self.today, of=many, if_accepted=counted))
        if leans := lean(self.balance):
            first = self.balance.months[0]
            found.append(leaning(leans, first, self.today, if_accepted=counted))
        return found

    def sum(self, currency: str, of: Sequence[Leaned]) -> str:
        """Return what comes in from these relationships in a currency."""
        minor = sum(each.relation.said(currency) for each in of)
        return amount(currency, minor) if minor else _("none")

    def against(self, days: int) -> str:
        """Return how a month of so many half days stands against what is full."""
        if days > self.room:
            return _("%(days)s over", days=halves(days - self.room))
        return _("%(days)s free", days=halves(self.room - days)) if days < self.room else _("full")


def shown(
    own: Own,
    *,
    left_out: Collection[str],
    now: datetime,
    zone: tzinfo,
    also: Sequence[Piece] = (),
    whole: bool = False,
) -> Shown:
    """Return a balance, without the terms on the table that are left out, and with what else might
    be.
    """
    today = now.astimezone(zone).date()
    counted = [*pieces(own, left_out=left_out, today=today, zone=zone), *also]
    found = balance(counted, months_ahead(today))
    time, income = of_time(found), of_income(found)
    return Shown(
        today,
        own.room,
        found,
        chart(found, own.room),
        [Leaned(each, time.get(each.key), income[each.key]) for each in found.relations],
        [_on_table(held, own, left_out) for held in own.open],
        in_order(ends(own, today=today, zone=zone)),
        list(promises(own, today=today, zone=zone)),
        whole,
    )


def _on_table(held: Held, own: Own, left_out: Collection[str]) -> OnTable:
    key = held.negotiation.key
    others = [each.negotiation.key for each in own.open if each.negotiation.key in left_out]
    out = key in left_out
    without = [each for each in others if each != key] if out else [*others, key]
    return OnTable(key, called(held), held.version.number, out, without)
