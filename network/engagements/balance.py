"""What somebody's work comes to, month by month and by relationship: days, income, other value.

Days are half days, rounded once over all months; income is exact, in each currency for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from network.engagements.kinds import Cash, Kind, Period
from network.engagements.months import Exact, Span, added, nearest, rounded, spread
from network.engagements.terms import CashLine, Terms, TimeLine

Row = list[Exact]


@dataclass(frozen=True, slots=True)
class Piece:
    """Work under one text, as one of its parties counts it for themselves.

    `relation` groups what is with the same side, and `name` is what it is called. `begins` stands
    in where a line says no first day; `until` is the last day that counts.
    """

    relation: str
    name: str
    terms: Terms
    mine: str
    begins: date
    until: date | None = None
    on_table: bool = False
    # Not for one who signs for an organisation with people: whom it pays is no income of theirs.
    has_income: bool = True


@dataclass(slots=True)
class Relation:
    """All work with one side. `days` are half days; `income` is by currency, in minor units."""

    key: str
    name: str
    days: list[int]
    income: dict[str, Row] = field(default_factory=dict)
    totals: dict[str, Exact] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    settled: bool = False
    on_table: bool = False
    pro_bono: bool = False
    # Money of which nobody can say yet how much it will be.
    unknown: bool = False

    @property
    def time(self) -> int:
        """Half days in all months."""
        return sum(self.days)

    def earned(self, currency: str) -> Exact:
        """Return the income of all months in a currency."""
        return self.totals.get(currency, 0)

    def said(self, currency: str) -> int:
        """Return the income of all months in whole minor units."""
        return nearest(self.earned(currency))


@dataclass(frozen=True, slots=True)
class Balance:
    """Relationships, what takes most time first, over these months."""

    months: tuple[date, ...]
    relations: Sequence[Relation]

    @property
    def days(self) -> list[int]:
        """All half days of each month."""
        return [
            sum(days) for days in zip(*(each.days for each in self.relations), strict=True)
        ] or [0] * len(self.months)

    @property
    def currencies(self) -> list[str]:
        """In which currencies something comes in."""
        return sorted({code for each in self.relations for code in each.income})

    @property
    def with_time(self) -> list[Relation]:
        """Relationships that take time in these months."""
        return [each for each in self.relations if each.time]

    def over(self, room: int) -> list[tuple[date, int]]:
        """Return the months that are past full, and by how many half days."""
        found = zip(self.months, self.days, strict=True)
        return [(month, days - room) for month, days in found if room and days > room]


def balance(pieces: Iterable[Piece], months: tuple[date, ...]) -> Balance:
    """Return what these pieces of work come to in these months."""
    grouped: dict[str, list[Piece]] = {}
    for piece in pieces:
        grouped.setdefault(piece.relation, []).append(piece)
    found = [_relation(key, group, months) for key, group in grouped.items()]
    there = [each for each in found if each.time or each.income or each.others or each.unknown]
    return Balance(months, sorted(there, key=lambda each: (-each.time, each.name, each.key)))


def worked(piece: Piece, months: Sequence[date]) -> Row:
    """Return the exact half days that a piece of work takes in each month."""
    return added((_of_time(line, piece, months) for line in _own_times(piece)), len(months))


def earned(piece: Piece, months: Sequence[date]) -> Mapping[str, Row]:
    """Return what comes in for a piece of work, by currency; what can be known of it."""
    found: dict[str, list[Row]] = {}
    for line in piece.terms.cash if piece.has_income else ():
        amount = _part(line, piece.mine)
        if not amount or not is_known(line, piece):
            continue
        if line.sort is Cash.DAY_RATE or line.period is Period.DAY:
            row: Row = [Fraction(half_days * amount, 2) for half_days in worked(piece, months)]
        else:
            row = spread(amount, line.period, _span(piece), months, until=piece.until)
        if any(row):
            found.setdefault(line.amount.currency, []).append(row)
    return {code: added(rows, len(months)) for code, rows in found.items()}


def is_known(line: CashLine, piece: Piece) -> bool:
    """Whether it can be said what a line brings: not an outcome, nor a day rate without days."""
    by_day = line.sort is Cash.DAY_RATE or line.period is Period.DAY
    return line.sort is not Cash.OUTCOME and (not by_day or bool(_own_times(piece)))


def _relation(key: str, pieces: Sequence[Piece], months: Sequence[date]) -> Relation:
    count = len(months)
    rows: dict[str, list[Row]] = {}
    for piece in pieces:
        for code, row in earned(piece, months).items():
            rows.setdefault(code, []).append(row)
    income = {code: added(each, count) for code, each in rows.items()}
    lines = [(piece, line) for piece in pieces for line in piece.terms.others]
    return Relation(
        key,
        pieces[0].name,
        rounded(added((worked(piece, months) for piece in pieces), count)),
        income,
        {code: sum(row) for code, row in income.items()},
        [
            line.what
            for piece, line in lines
            if line.receiver == piece.mine and _goes_on(piece, months)
        ],
        settled=any(not piece.on_table for piece in pieces),
        on_table=any(piece.on_table for piece in pieces),
        pro_bono=any(line.sort is Kind.PRO_BONO for _piece, line in lines),
        unknown=any(
            _part(line, piece.mine) and not is_known(line, piece)
            for piece in pieces
            for line in (piece.terms.cash if piece.has_income and _goes_on(piece, months) else ())
        ),
    )


def _own_times(piece: Piece) -> list[TimeLine]:
    return [line for line in piece.terms.times if line.party == piece.mine]


def _of_time(line: TimeLine, piece: Piece, months: Sequence[date]) -> Row:
    span = Span(line.starts or piece.begins, line.ends)
    return spread(line.half_days, line.period, span, months, until=piece.until)


def _part(line: CashLine, mine: str) -> int:
    """Return what one has of a line: their share, or all of it."""
    if line.split:
        return sum(share.amount.minor for share in line.split if share.party == mine)
    return line.amount.minor if line.receiver == mine else 0


def _span(piece: Piece) -> Span:
    """Return from when to when money comes: as long as one's own time, or anybody's."""
    times = _own_times(piece) or piece.terms.times
    starts = min((line.starts or piece.begins for line in times), default=piece.begins)
    ends = [line.ends for line in times if line.ends is not None]
    return Span(starts, max(ends) if ends and len(ends) == len(times) else None)


def _goes_on(piece: Piece, months: Sequence[date]) -> bool:
    """Whether a piece of work reaches into these months."""
    ends = [day for day in (_span(piece).ends, piece.until) if day is not None]
    return not ends or min(ends) >= months[0]
