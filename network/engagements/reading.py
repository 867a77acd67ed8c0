"""What a page shows of terms: part by part, each line as a sentence, and what changed in it beside
the words that it took the place of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from babel.dates import format_date

from network.engagements.changes import LISTS, Change, Happened, Line, changes
from network.engagements.kinds import Clause, Rhythm
from network.engagements.telling import CASH, CLAUSES, KINDS, PERIODS, RHYTHMS, Teller, days
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.labels import WORK
from network.translation import _
from network.wording import Run, compared

HEADINGS = {
    "title": _("Title"),
    "work": _("Kind of work"),
    "times": _("Time"),
    "cash": _("Value in money"),
    "others": _("Value in other ways"),
    "rhythm": _("Checking in"),
    **{which.value: heading for which, heading in CLAUSES.items()},
}
# In the order in which an agreement is read; what is not there is left out.
PARTS = (
    "title",
    Clause.PURPOSE.value,
    "work",
    Clause.SCOPE.value,
    Clause.OUT_OF_SCOPE.value,
    "times",
    Clause.AUTHORITY.value,
    "cash",
    "others",
    Clause.CONFIDENTIALITY.value,
    Clause.RIGHTS.value,
    Clause.EXCLUSIVITY.value,
    Clause.CONFLICTS.value,
    "rhythm",
    Clause.ENDING.value,
    Clause.HANDOVER.value,
)
ENDS = (".", "!", "?", "…", "”", ":")


@dataclass(frozen=True, slots=True)
class Said:
    """One line of time or value: whose it is, of which sort, in which words, and known by what."""

    whose: list[Run]
    sort: list[Run]
    words: list[Run]
    known_by: list[Run]


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of the terms. `told` are its changes in a sentence each; none where it stayed."""

    name: str
    heading: str
    text: str = ""
    words: list[Run] = field(default_factory=list)
    lines: list[Said] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether something in it is not as it was."""
        return bool(self.told)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose eyes: the names of parties by key as this reader may know them, and who they are."""

    names: Mapping[str, str]
    mine: str
    locale: str = "en"

    def who(self, key: str) -> str:
        """Return how a party is called in a line: “you”, a name, or nobody’s."""
        return str(_("you")) if key == self.mine else self.names.get(key) or unnamed()

    @property
    def teller(self) -> Teller:
        """Return who says changes to this reader."""
        return Teller(self.names, self.mine, self.locale)


def unnamed() -> str:
    """Return what somebody is called who may not be named."""
    return str(_("one of the parties"))


def passages(terms: Terms, reader: Reader, *, before: Terms | None = None) -> list[Passage]:
    """Return the terms part by part; against those `before`, with what changed."""
    old = terms if before is None else before
    told: dict[str, list[str]] = {}
    for change in changes(old, terms):
        told.setdefault(change.part, []).append(_in_margin(change, old, reader))
    found = (_passage(part, old, terms, reader) for part in PARTS)
    return [
        replace(each, told=told.get(each.name, []))
        for each in found
        if each is not None and (each.name != "title" or "title" in told)
    ]


def called_now(terms: Terms, keys: Mapping[str, str]) -> Terms:
    """Return terms of other parties' keys under those that the same people have now."""

    def now(key: str) -> str:
        return keys.get(key, key)

    return replace(
        terms,
        times=tuple(replace(each, party=now(each.party)) for each in terms.times),
        cash=tuple(
            replace(
                each,
                giver=now(each.giver),
                receiver=now(each.receiver),
                split=tuple(replace(share, party=now(share.party)) for share in each.split),
            )
            for each in terms.cash
        ),
        others=tuple(
            replace(each, giver=now(each.giver), receiver=now(each.receiver))
            for each in terms.others
        ),
    )


def _passage(part: str, old: Terms, new: Terms, reader: Reader) -> Passage | None:
    heading = str(HEADINGS[part])
    if part in LISTS:
        lines = _lines(getattr(old, part), getattr(new, part), reader)
        return Passage(part, heading, lines=lines) if lines else None
    words: Callable[[Terms], str] = _WHOLE.get(part) or (lambda terms: terms.clause(Clause(part)))
    before, text = words(old), words(new)
    if not before and not text:
        return None
    return Passage(part, heading, text, compared(before, text))


def _lines(old: Sequence[Line], new: Sequence[Line], reader: Reader) -> list[Said]:
    before = {line.key: line for line in old}
    after = {line.key: line for line in new}
    kept = [_said(before.get(line.key), line, reader) for line in new]
    return kept + [_said(line, None, reader) for line in old if line.key not in after]


def _said(old: Line | None, new: Line | None, reader: Reader) -> Said:
    one, other = _words(old, reader), _words(new, reader)
    return Said(*(compared(*pair) for pair in zip(one, other, strict=True)))


def _words(line: Line | None, reader: Reader) -> tuple[str, str, str, str]:
    """Return whose a line is, its sort, its words, and how we will know."""
    if line is None:
        return "", "", "", ""
    if isinstance(line, TimeLine):
        return _capital(reader.who(line.party)), "", _of_time(line, reader.locale), ""
    whose = _(
        "%(giver)s to %(receiver)s",
        giver=reader.who(line.giver),
        receiver=reader.who(line.receiver),
    )
    if isinstance(line, OtherLine):
        said = _sentences(line.what, line.when)
        return _capital(str(whose)), str(KINDS[line.sort]), said, line.known_by
    worth = f"{line.amount.said(reader.locale)} {PERIODS[line.period]}"
    said = _sentences(worth, line.what, line.when, _split(line, reader))
    return _capital(str(whose)), str(CASH[line.sort]), said, line.known_by


def _of_time(line: TimeLine, locale: str) -> str:
    worth = f"{days(line.half_days)} {PERIODS[line.period]}"
    starts, ends = _day(line.starts, locale), _day(line.ends, locale)
    if starts and ends:
        worth = _("%(time)s, from %(starts)s to %(ends)s", time=worth, starts=starts, ends=ends)
    elif starts:
        worth = _("%(time)s, from %(starts)s on", time=worth, starts=starts)
    elif ends:
        worth = _("%(time)s, until %(ends)s", time=worth, ends=ends)
    notice = ""
    if line.notice_days:
        notice = str(_("It can end with %(n)s days’ notice", n=line.notice_days))
    return _sentences(str(worth), notice)


def _split(line: CashLine, reader: Reader) -> str:
    if not line.split:
        return ""
    named = [f"{reader.who(each.party)} {each.amount.said(reader.locale)}" for each in line.split]
    return str(_("Of this: %(shares)s", shares=", ".join(named)))


def _in_margin(change: Change, old: Terms, reader: Reader) -> str:
    """Say a change beside the words that it is of, so without the words themselves."""
    teller = reader.teller
    if change.part not in LISTS or change.happened is Happened.ORDERED:
        return str(teller.say(change, old))
    before = next((each for each in getattr(old, change.part) if each.key == change.key), None)
    line = before or change.new
    if isinstance(line, OtherLine) and change.happened is Happened.ADDED:
        return str(_("New: %(line)s.", line=teller.called(line)))
    if isinstance(line, OtherLine) and change.happened is Happened.TAKEN_OUT:
        return str(_("Taken out: %(line)s.", line=teller.called(line)))
    if change.name in {"what", "when", "known_by"}:
        return str(_("%(line)s is reworded.", line=_capital(teller.called(line))))
    return str(teller.say(change, old))


def _rhythm(terms: Terms) -> str:
    if terms.rhythm is Rhythm.NONE:
        return str(_("At no set times."))
    return str(
        _(
            "%(often)s, three questions each: does it still serve the purpose, is the exchange"
            " fair, what should change?",
            often=_capital(str(RHYTHMS[terms.rhythm])),
        )
    )


_WHOLE: Mapping[str, Callable[[Terms], str]] = {
    "title": lambda terms: terms.title,
    "work": lambda terms: _sentences(_capital(str(WORK[terms.work]))),
    "rhythm": _rhythm,
}


def _sentences(*parts: str) -> str:
    """Return words as sentences, whoever wrote them: what begins small goes on after a comma."""
    said = ""
    for part in filter(None, parts):
        if said and not said.endswith(ENDS):
            said += "," if part[:1].islower() else "."
        said = f"{said} {part}".strip()
    return said if not said or said.endswith(ENDS) else f"{said}."


def _day(day: date | None, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale) if day else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
