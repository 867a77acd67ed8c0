"""The terms as one form: from terms to what stands in its fields, and back, and nothing is lost.

`fields_of` and `TermsForm.read` undo each other for all terms that people can write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, SelectField
from wtforms.fields.core import Field, UnboundField

from network.columns import random_key
from network.engagements.forms_lines import (
    CashForm,
    LineForm,
    OtherForm,
    TimeForm,
    complain,
    one_of,
    some_day,
    words_of,
)
from network.engagements.kinds import Clause, Rhythm
from network.engagements.sound import MOST_LINES, Flaw, flaws
from network.engagements.telling import CLAUSES, RHYTHMS
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.forms import LineField, WordsField
from network.members.kinds import Work
from network.members.labels import WORK
from network.translation import _

LISTS = ("times", "cash", "others")
LONGEST_WHY = 1000
A_YEAR = timedelta(days=366)
KEY = re.compile(r"[\w-]{1,16}", re.ASCII)
# More than terms may have: what is over is said, and not thrown away.
MOST_ENTRIES = MOST_LINES * 3 // 2
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs another look, and the id of the field it is about."""

    at: str
    sentence: str


def _clause(which: Clause) -> WordsField:
    return WordsField(CLAUSES[which])


# A place, the name of a field; of a share of a line, both once more.
OF_LINE = re.compile(r"\d{1,6}-[a-z_]+(-\d{1,6}-[a-z_]+)?", re.ASCII)


class TermsForm(Form):
    """Every part of terms, what changed, and until when they stand."""

    title = LineField(_("What these terms are called"))
    work = SelectField(_("What kind of work it is"), choices=words_of(WORK), validate_choice=False)
    purpose = _clause(Clause.PURPOSE)
    scope = _clause(Clause.SCOPE)
    out_of_scope = _clause(Clause.OUT_OF_SCOPE)
    authority = _clause(Clause.AUTHORITY)
    confidentiality = _clause(Clause.CONFIDENTIALITY)
    rights = _clause(Clause.RIGHTS)
    exclusivity = _clause(Clause.EXCLUSIVITY)
    conflicts = _clause(Clause.CONFLICTS)
    ending = _clause(Clause.ENDING)
    handover = _clause(Clause.HANDOVER)
    times = FieldList(FormField(TimeForm), max_entries=MOST_ENTRIES)
    cash = FieldList(FormField(CashForm), max_entries=MOST_ENTRIES)
    others = FieldList(FormField(OtherForm), max_entries=MOST_ENTRIES)
    rhythm = SelectField(
        _("How often you check in"), choices=words_of(RHYTHMS), validate_choice=False
    )
    why = WordsField(_("Why you write it so"))
    valid_until = LineField(_("On the table until"))
    submission = HiddenField()
    over = HiddenField()

    def __init__(self, fields: Mapping[str, str], parties: Mapping[str, str]) -> None:
        # Of none, WTForms would think that nothing was sent.
        super().__init__(MultiDict({"submission": uuid4().hex, **fields}))
        self.parties = parties
        for _name, entry in self.lines():
            entry.offer(parties)
        self._give_keys()

    def lines(self) -> Iterator[tuple[str, LineForm]]:
        """Yield each line with the name of its list."""
        for name in LISTS:
            for entry in getattr(self, name):
                yield name, entry.form

    def read(self, locale: str) -> Terms:
        """Return the terms, with a word at each field that cannot be read or needs another look."""
        made: dict[str, list[Any]] = {name: [] for name in LISTS}
        for name, entry in self.lines():
            made[name].append(entry.line(locale))
        terms = Terms(
            self.title.data or "",
            one_of(Work, self.work),
            {which: self[which.value].data for which in Clause if self[which.value].data},
            times=tuple(made["times"]),
            cash=tuple(made["cash"]),
            others=tuple(made["others"]),
            rhythm=one_of(Rhythm, self.rhythm),
        )
        for flaw in flaws(terms, list(self.parties)):
            complain(self._at(flaw), str(flaw.sentence))
        return terms

    def until(self, zone: str, now: datetime) -> datetime | None:
        """Return the last minute of the day until which these terms stand on the table."""
        day = some_day(self.valid_until)
        if day is None:
            return None
        here = now.astimezone(ZoneInfo(zone)).date()
        if not here <= day <= here + A_YEAR:
            complain(self.valid_until, _("Choose a day to come, within a year."))
            return None
        return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)

    def words(self) -> str:
        """Return why it is written so, with a word at it where it is too long."""
        why = self.why.data or ""
        if len(why) > LONGEST_WHY:
            most = {"n": len(why), "most": LONGEST_WHY}
            complain(self.why, _("This has %(n)s letters; %(most)s is the most.", **most))
        return why

    @property
    def troubles(self) -> list[Trouble]:
        """Return all that needs another look, in the order in which it stands on the page."""
        found = []
        for field in self:
            found.append(field)
            found += [each for name, line in self.lines() if name == field.name for each in line]
        return [Trouble(field.id, each) for field in found for each in field.errors]

    def _at(self, flaw: Flaw) -> Field:
        """Return the field that a flaw is about."""
        for name, entry in self.lines():
            if name == flaw.part and entry.key.data == flaw.key:
                return entry[flaw.name]
        return self[flaw.part]

    def _give_keys(self) -> None:
        """Give a key to each line that has none, or one that another line has."""
        for name in LISTS:
            taken: set[str | None] = set()
            for entry in [line for which, line in self.lines() if which == name]:
                if not KEY.fullmatch(entry.key.data or "") or entry.key.data in taken:
                    entry.key.data = random_key()
                taken.add(entry.key.data)


def is_of_terms(name: str) -> bool:
    """Whether the form has a field of this name, or a list that a line of this name stands in."""
    first, _hyphen, of_line = name.partition("-")
    is_there = isinstance(getattr(TermsForm, first, None), UnboundField)
    return is_there and bool(OF_LINE.fullmatch(of_line) if first in LISTS else not of_line)


def fields_of(terms: Terms, locale: str) -> Fields:
    """Return what stands in the fields of the form for these terms."""
    found = {"title": terms.title, "work": terms.work.value, "rhythm": terms.rhythm.value}
    found |= {which.value: words for which, words in terms.clauses.items()}
    for name in LISTS:
        for place, line in enumerate(getattr(terms, name)):
            for field, typed in _typed(line, locale).items():
                found[f"{name}-{place}-{field}"] = typed
    return found


def with_new_line(fields: Mapping[str, str], name: str, **chosen: str) -> tuple[Fields, str]:
    """Return the fields with one more line in a list, and the place of it."""
    places = [int(key.split("-")[1]) for key in fields if re.match(rf"{name}-\d{{1,6}}-", key)]
    place = str(max(places, default=-1) + 1)
    chosen |= {"key": random_key()}
    return {**fields, **{f"{name}-{place}-{key}": word for key, word in chosen.items()}}, place


def with_shares(form: TermsForm, fields: Mapping[str, str], place: str, locale: str) -> Fields:
    """Return the fields with the amount of one line parted equally among those who share it."""
    found = dict(fields)
    for name, line in form.lines():
        if isinstance(line, CashForm) and line.key.name == f"{name}-{place}-key":
            line.part_equally(locale)
            for share in line.split:
                for field in (share.party, share.amount):
                    found[field.name] = field.data or ""
    return found


def without_line(fields: Mapping[str, str], name: str, place: str) -> Fields:
    """Return the fields without one line."""
    prefix = f"{name}-{place}-"
    return {key: word for key, word in fields.items() if not key.startswith(prefix)}


def _typed(line: TimeLine | CashLine | OtherLine, locale: str) -> Fields:
    if isinstance(line, TimeLine):
        return {
            "key": line.key,
            "party": line.party,
            "half_days": f"{line.half_days / 2:g}" if line.half_days else "",
            "period": line.period.value,
            "starts": line.starts.isoformat() if line.starts else "",
            "ends": line.ends.isoformat() if line.ends else "",
            "notice_days": str(line.notice_days or ""),
        }
    words = ("key", "giver", "receiver", "what", "when", "known_by")
    found = {name: getattr(line, name) for name in words} | {"sort": line.sort.value}
    if isinstance(line, CashLine):
        found |= {
            "amount": line.amount.typed(locale) if line.amount.minor else "",
            "currency": line.amount.currency,
            "period": line.period.value,
        }
        for n, share in enumerate(line.split):
            found |= {
                f"split-{n}-party": share.party,
                f"split-{n}-amount": share.amount.typed(locale),
            }
    return found
