"""What changed between two versions, in a sentence each: “The retainer from Veldhaven to you went
€ 5,100 to € 4,250 a month.” Long text is shown word by word beside (`network.wording`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from network.engagements.changes import Change, Happened, Line
from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.money import Money
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.labels import WORK
from network.translation import _

CLAUSES = {
    Clause.PURPOSE: _("Purpose"),
    Clause.SCOPE: _("Work"),
    Clause.OUT_OF_SCOPE: _("Not included"),
    Clause.AUTHORITY: _("Deciding"),
    Clause.CONFIDENTIALITY: _("Kept between us"),
    Clause.RIGHTS: _("What belongs to whom"),
    Clause.EXCLUSIVITY: _("Working for others"),
    Clause.CONFLICTS: _("Other commitments"),
    Clause.ENDING: _("Ending"),
    Clause.HANDOVER: _("What stays behind"),
}
CASH = {
    Cash.RETAINER: _("retainer"),
    Cash.DAY_RATE: _("day rate"),
    Cash.FIXED: _("fixed sum"),
    Cash.MILESTONE: _("payment at a milestone"),
    Cash.OUTCOME: _("payment for an outcome"),
}
KINDS = {
    Kind.EQUITY: _("equity"),
    Kind.REVENUE_SHARE: _("share of revenue"),
    Kind.LEARNING: _("learning"),
    Kind.TIME: _("time in return"),
    Kind.INTRODUCTIONS: _("introductions"),
    Kind.CREDIT: _("credit by name"),
    Kind.ACCESS: _("access"),
    Kind.PRO_BONO: _("pro bono work"),
    Kind.OTHER: _("other value"),
}
PERIODS = {
    Period.IN_ALL: _("in all"),
    Period.DAY: _("a day"),
    Period.WEEK: _("a week"),
    Period.MONTH: _("a month"),
    Period.QUARTER: _("a quarter"),
    Period.YEAR: _("a year"),
}
RHYTHMS = {
    Rhythm.NONE: _("never"),
    Rhythm.FORTNIGHTLY: _("every two weeks"),
    Rhythm.MONTHLY: _("every month"),
    Rhythm.SIX_WEEKLY: _("every six weeks"),
    Rhythm.QUARTERLY: _("every quarter"),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Says changes to one `reader`. `names` are the parties whom the reader may know."""

    names: Mapping[str, str]
    reader: str = ""
    locale: str = "en"

    def say(self, change: Change, old: Terms) -> str:
        """Return one change as a sentence; `old` is the version that it is a change of."""
        if change.part in _LISTS:
            line = change.new if change.happened is Happened.ADDED else _line(old, change)
            return self._of_line(change, line)
        if change.part == "title":
            return _(
                "It is called “%(new)s” now; it was “%(old)s”.", new=change.new, old=change.old
            )
        if change.part == "work":
            return _(
                "The kind of work went from %(old)s to %(new)s.",
                old=str(WORK[change.old]).lower(),
                new=str(WORK[change.new]).lower(),
            )
        if change.part == "rhythm":
            return _(
                "Checking in went from %(old)s to %(new)s.",
                old=RHYTHMS[change.old],
                new=RHYTHMS[change.new],
            )
        said = {
            Happened.ADDED: _("“%(clause)s” is new."),
            Happened.TAKEN_OUT: _("“%(clause)s” was taken out."),
            Happened.CHANGED: _("“%(clause)s” is reworded."),
        }
        return str(said[change.happened]) % {"clause": CLAUSES[Clause(change.part)]}

    def _of_line(self, change: Change, line: Line | None) -> str:
        if line is None:
            return _("The lines stand in another order.")
        called = self.called(line)
        if change.happened is Happened.ADDED:
            return _("New: %(line)s, %(what)s.", line=called, what=self.worth(line))
        if change.happened is Happened.TAKEN_OUT:
            return _("Taken out: %(line)s, %(what)s.", line=called, what=self.worth(line))
        return self._of_field(change, _capital(called), line)

    def _of_field(self, change: Change, called: str, line: Line) -> str:
        ways: Mapping[str, Callable[[Any], str]] = {
            "amount": self._money,
            "half_days": days,
            "period": _period,
            "starts": self._day,
            "ends": self._day,
            "notice_days": _notice,
            "giver": self._name,
            "receiver": self._name,
            "party": self._name,
            "sort": _sort,
            "split": self._split,
        }
        how = ways.get(change.name, _quoted)
        said = _FIELDS[change.name]
        unit = {
            "amount": line.period if isinstance(line, CashLine) else None,
            "half_days": line.period if isinstance(line, TimeLine) else None,
        }.get(change.name)
        return said % {
            "line": called,
            "old": how(change.old),
            "new": how(change.new),
            "period": PERIODS[unit] if unit else "",
        }

    def called(self, line: Line) -> str:
        """Return what a line is called: what it is, from whom and to whom."""
        if isinstance(line, TimeLine):
            if line.party == self.reader:
                return str(_("your time"))
            return _("%(name)s’s time", name=self._name(line.party))
        sort = CASH[line.sort] if isinstance(line, CashLine) else KINDS[line.sort]
        return _(
            "the %(sort)s from %(giver)s to %(receiver)s"
            if isinstance(line, CashLine)
            else "%(sort)s from %(giver)s to %(receiver)s",
            sort=sort,
            giver=self._name(line.giver),
            receiver=self._name(line.receiver),
        )

    def worth(self, line: Line) -> str:
        """Return how much a line is, or what."""
        if isinstance(line, TimeLine):
            return f"{days(line.half_days)} {PERIODS[line.period]}"
        if isinstance(line, OtherLine):
            return _quoted(line.what)
        return f"{self._money(line.amount)} {PERIODS[line.period]}"

    def _name(self, party: str) -> str:
        if party == self.reader:
            return str(_("you"))
        return self.names.get(party) or str(_("somebody"))

    def _money(self, amount: Money) -> str:
        return amount.said(self.locale)

    def _day(self, day: date | None) -> str:
        return format_date(day, "d MMMM y", locale=self.locale) if day else str(_("no set day"))

    def _split(self, split: Any) -> str:  # noqa: ANN401  # shares
        named = [f"{self._name(each.party)} {self._money(each.amount)}" for each in split]
        return ", ".join(named) or str(_("no split"))


def days(half_days: int) -> str:
    """Return an amount of time in days and halves."""
    whole, half = divmod(half_days, 2)
    number = f"{whole or ''}{'½' if half else ''}" or "0"
    return _("%(n)s day", n=number) if half_days in {1, 2} else _("%(n)s days", n=number)


_LISTS = ("times", "cash", "others")
_FIELDS = {
    "amount": _("%(line)s went from %(old)s to %(new)s %(period)s."),
    "half_days": _("%(line)s went from %(old)s to %(new)s %(period)s."),
    "period": _("%(line)s is meant “%(new)s” now, not “%(old)s”."),
    "starts": _("%(line)s begins on %(new)s; it was %(old)s."),
    "ends": _("%(line)s ends on %(new)s; it was %(old)s."),
    "notice_days": _("%(line)s ends with %(new)s; it was %(old)s."),
    "giver": _("%(line)s comes from %(new)s now."),
    "receiver": _("%(line)s goes to %(new)s now."),
    "party": _("%(line)s is given by %(new)s now."),
    "sort": _("%(line)s is called “%(new)s” now."),
    "what": _("%(line)s now says %(new)s; it said %(old)s."),
    "when": _("%(line)s comes at another time: %(new)s; it was %(old)s."),
    "known_by": _("%(line)s: we will know by %(new)s; it was %(old)s."),
    "split": _("%(line)s is shared otherwise: %(new)s; it was %(old)s."),
}


def _line(terms: Terms, change: Change) -> Line | None:
    return next((each for each in getattr(terms, change.part) if each.key == change.key), None)


def _sort(sort: Cash | Kind) -> str:
    return str(CASH[sort] if isinstance(sort, Cash) else KINDS[sort])


def _period(period: Period) -> str:
    return str(PERIODS[period])


def _notice(notice_days: int) -> str:
    return _("%(n)s days’ notice", n=notice_days) if notice_days else str(_("no notice"))


def _quoted(words: str) -> str:
    return f"“{words}”" if words else str(_("nothing"))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
