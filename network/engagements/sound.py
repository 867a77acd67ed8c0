"""What keeps terms from being put on the table, said in words at the part that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from network.engagements.kinds import Cash, Clause, Kind, Period
from network.engagements.money import totals
from network.engagements.terms import CashLine, OtherLine, Terms
from network.translation import _

MOST_LINES = 40
LONGEST_CLAUSE, LONGEST_WORDS, LONGEST_TITLE = 4000, 300, 120
MOST_HALF_DAYS, MOST_NOTICE = 2000, 366
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why terms cannot be put on the table as they are; `part`, `key` and `name` say where."""

    part: str
    sentence: str
    key: str = ""
    name: str = ""


def flaws(terms: Terms, parties: Collection[str]) -> list[Flaw]:
    """Return what is still missing or wrong, or nothing where the terms can be put on the table."""
    found = [*_of_words(terms), *_of_keys(terms)]
    found += _of_times(terms, parties)
    for part, lines in (("cash", terms.cash), ("others", terms.others)):
        for line in lines:
            found += _of_line(part, line, parties)
    for line in terms.cash:
        found += _of_split(line, parties)
    return [*found, *_of_value(terms)]


def _of_words(terms: Terms) -> Iterator[Flaw]:
    if not terms.title:
        yield Flaw("title", _("Say in a few words what these terms are for."))
    if len(terms.title) > LONGEST_TITLE:
        yield Flaw("title", _("A few words are enough: 120 letters at most."))
    if not terms.clause(Clause.PURPOSE):
        yield Flaw(Clause.PURPOSE.value, _("Say what it is for. A sentence is enough."))
    for which, words in terms.clauses.items():
        if len(words) > LONGEST_CLAUSE:
            yield Flaw(
                which.value,
                _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=4000),
            )


def _of_keys(terms: Terms) -> Iterator[Flaw]:
    # What changed is told line by line: of two lines with one key, one would hide the other.
    for part, lines in (("times", terms.times), ("cash", terms.cash), ("others", terms.others)):
        keys = [line.key for line in lines]
        if len(set(keys)) < len(keys):
            yield Flaw(part, _("Two lines are mixed up. Take one out, and write it anew."))


def _of_times(terms: Terms, parties: Collection[str]) -> Iterator[Flaw]:
    if len(terms.times) > MOST_LINES:
        yield Flaw("times", _("%(most)s lines are the most.", most=MOST_LINES))
    for line in terms.times:
        if line.party not in parties:
            yield Flaw("times", _("Say who gives this time."), line.key, "party")
        if not 0 < line.half_days <= MOST_HALF_DAYS:
            yield Flaw("times", _("Say how much time: half a day or more."), line.key, "half_days")
        for name in ("starts", "ends"):
            day = getattr(line, name)
            if day and day.year not in YEARS:
                yield Flaw("times", _("Look at the year once more."), line.key, name)
        if line.starts and line.ends and line.ends < line.starts:
            yield Flaw("times", _("It ends before it begins."), line.key, "ends")
        if not 0 <= line.notice_days <= MOST_NOTICE:
            yield Flaw("times", _("A year is the longest notice."), line.key, "notice_days")


def _of_line(part: str, line: CashLine | OtherLine, parties: Collection[str]) -> Iterator[Flaw]:
    if line.giver not in parties or line.receiver not in parties:
        name = "receiver" if line.giver in parties else "giver"
        yield Flaw(part, _("Say who gives this, and to whom."), line.key, name)
    elif line.giver == line.receiver:
        yield Flaw(
            part, _("Nobody gives to themselves. Choose who receives this."), line.key, "receiver"
        )
    if isinstance(line, OtherLine) and not line.what:
        yield Flaw(part, _("Say what is given."), line.key, "what")
    if isinstance(line, CashLine) and not line.amount.minor:
        yield Flaw(
            part,
            _("Say how much. For work without money there is a line of its own."),
            line.key,
            "amount",
        )
    if isinstance(line, CashLine) and line.sort is Cash.DAY_RATE and line.period is not Period.DAY:
        yield Flaw(
            part,
            _("A day rate is for a day: choose that, or call it otherwise."),
            line.key,
            "period",
        )
    for name in ("what", "when", "known_by"):
        if len(getattr(line, name)) > LONGEST_WORDS:
            yield Flaw(part, _("A line has at most 300 letters."), line.key, name)


def _of_split(line: CashLine, parties: Collection[str]) -> Iterator[Flaw]:
    if not line.split:
        return
    named = [share.party for share in line.split]
    if not set(named) <= set(parties) or line.giver in named or len(set(named)) < len(named):
        yield Flaw(
            "cash",
            _("Each person who shares this is named once, and none gives it."),
            line.key,
            "split",
        )
    elif totals(share.amount for share in line.split) != (line.amount,):
        yield Flaw("cash", _("The shares do not add up to the whole."), line.key, "split")


def _of_value(terms: Terms) -> Iterator[Flaw]:
    for part, lines in (("cash", terms.cash), ("others", terms.others)):
        if len(lines) > MOST_LINES:
            yield Flaw(part, _("%(most)s lines are the most.", most=MOST_LINES))
    pro_bono = any(line.sort is Kind.PRO_BONO for line in terms.others)
    if not terms.cash and not terms.others:
        yield Flaw(
            "others",
            _("Say what each gives and receives. If it is for nothing, say so: pro bono."),
        )
    elif pro_bono and terms.cash:
        yield Flaw("others", _("It is pro bono, or there is money in it: not both."))
