"""How much rests on one relationship, in words. Currencies are never added to one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from network.engagements.balance import Balance, Relation
from network.engagements.months import Exact
from network.translation import _

NEARLY_ALL, HALF = Fraction(4, 5), Fraction(1, 2)
# Up to which share (with it) which words are true; whole and nothing have their own.
WORDS = (
    (Fraction(1, 16), _("a little")),
    (Fraction(3, 16), _("an eighth")),
    (Fraction(7, 24), _("a quarter")),
    (Fraction(5, 12), _("a third")),
    (Fraction(12, 25), _("just under half")),
    (Fraction(13, 25), _("half")),
    (Fraction(3, 5), _("just over half")),
    (Fraction(17, 24), _("two thirds")),
    (Fraction(4, 5), _("three quarters")),
    (Fraction(1), _("nearly all")),
)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole: of time where there is no `currency`, else of what comes in in it."""

    part: Fraction
    currency: str = ""

    @property
    def said(self) -> str:
        """The share in words."""
        return in_words(self.part)

    @property
    def width(self) -> int:
        """How long its bar is, of a hundred."""
        return round(self.part * 100)


@dataclass(frozen=True, slots=True)
class Lean:
    """From which month on how much rests on one relationship."""

    relation: Relation
    since: date
    nearly_all: bool


def in_words(part: Fraction) -> str:
    """Return a share between nothing and all in words: “just over half”."""
    if part <= 0:
        return _("none")
    if part >= 1:
        return _("all")
    return next(words for most, words in WORDS if part <= most)


def of_time(found: Balance) -> dict[str, Share]:
    """Return the share of time that each relationship takes, by its key."""
    whole = sum(found.days)
    return {each.key: Share(Fraction(each.time, whole)) for each in found.relations if each.time}


def of_income(found: Balance) -> dict[str, list[Share]]:
    """Return the shares of income of each relationship, one for each currency in which it pays."""
    shares: dict[str, list[Share]] = {each.key: [] for each in found.relations}
    for currency in found.currencies:
        whole = sum(each.earned(currency) for each in found.relations)
        for each in found.relations:
            if each.earned(currency):
                part = Fraction(each.earned(currency), whole)
                shares[each.key].append(Share(part, currency))
    return shares


def lean(found: Balance) -> Lean | None:
    """Return on whom nearly all rests to the end of these months, or more than half, and from when.

    A month rests on who brings so much of its income in every currency; where nothing comes in, on
    who takes so much of its time. The stronger word is said where both are true.
    """
    held = [_who(found, at) for at in range(len(found.months))]
    for least in (NEARLY_ALL, HALF):
        resting = [who if share > least else None for who, share in held]
        who = resting[-1] if resting else None
        if who is None:
            continue
        first = next(at for at in range(len(held)) if all(each is who for each in resting[at:]))
        return Lean(who, found.months[first], least is NEARLY_ALL)
    return None


def _who(found: Balance, at: int) -> tuple[Relation | None, Fraction]:
    """Return on whom a month rests, and for how much of it: the least of all currencies."""
    rows = [
        [(each, each.income[code][at]) for each in found.relations if code in each.income]
        for code in found.currencies
    ]
    earning = [row for row in rows if any(amount for _each, amount in row)]
    tops = [_most(row) for row in earning or [[(each, each.days[at]) for each in found.relations]]]
    who = tops[0][0]
    if any(each is not who for each, _share in tops):
        return None, Fraction(0)
    return who, min(share for _each, share in tops)


def _most(row: Sequence[tuple[Relation, Exact]]) -> tuple[Relation | None, Fraction]:
    """Return who has most of a row, and how much of it."""
    whole = sum(amount for _each, amount in row)
    if not whole:
        return None, Fraction(0)
    who, most = max(row, key=lambda part: part[1])
    return who, Fraction(most, whole)
