"""The lines of terms as forms: of time, of money, of other value.

A line holds what was typed as it was typed, and reads it only when the terms are made of it: so
that nothing is lost that is not an amount or a day yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import FieldList, Form, FormField, HiddenField, SelectField
from wtforms.fields.core import Field

from network.engagements import money
from network.engagements.changes import Line
from network.engagements.kinds import Cash, Kind, Period
from network.engagements.money import Money
from network.engagements.starting import CURRENCY
from network.engagements.telling import CASH, KINDS, PERIODS
from network.engagements.terms import CashLine, OtherLine, Share, TimeLine
from network.errors import Invalid
from network.forms import LineField, number
from network.translation import _

Word = TypeVar("Word", bound=StrEnum)
# One gives, and two part it.
FEWEST_TO_SHARE = 3
# More than there are people: who left is said, and not thrown away.
MOST_SHARES = 24
DAYS = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def words_of(words: Mapping[Any, str]) -> Callable[[], list[tuple[str, str]]]:
    """Return what gives the choices of a field, in the language of whoever reads it."""
    return lambda: [(str(value), str(words[value])) for value in words]


def some_day(field: Field) -> date | None:
    """Return the day that was typed, or None where there is none or it is not a day."""
    typed = field.data or ""
    try:
        if DAY.fullmatch(typed):
            return date.fromisoformat(typed)
    except ValueError:  # the 30th of February
        pass
    if typed:
        complain(field, _("That is not a day."))
    return None


def one_of(kind: type[Word], field: Field) -> Word:
    """Return what was chosen; the first, with a word at the field, where it was not on offer."""
    try:
        return kind(field.data or "")
    except ValueError:
        complain(field, _("Choose one of these."))
        return next(iter(kind))


def complain(field: Field, sentence: str) -> None:
    """Put a sentence at a field that has none yet."""
    if not field.errors:
        field.errors = [str(sentence)]


class LineForm(Form):
    """What all lines have: a key, by which a line is the same line in the next version."""

    key = HiddenField()

    # The fields that name a party.
    named: Sequence[str] = ("giver", "receiver")

    def offer(self, parties: Mapping[str, str]) -> None:
        """Offer these parties in every field that names one, and nobody unasked."""
        for field in self:
            if field.short_name in self.named and isinstance(field, SelectField):
                field.choices = [("", str(_("Choose"))), *parties.items()]

    def line(self, locale: str) -> Line:
        """Return the line, with a word at each field that cannot be read."""
        raise NotImplementedError


class TimeForm(LineForm):
    """How much time somebody gives."""

    party = SelectField(_("Who gives it"), validate_choice=False)
    half_days = LineField(_("Days"))
    period = SelectField(
        _("How often"), choices=words_of(PERIODS), validate_choice=False, default=Period.MONTH.value
    )
    starts = LineField(_("From"))
    ends = LineField(_("Until"))
    notice_days = LineField(_("Days of notice"))

    named = ("party",)

    def line(self, _locale: str) -> TimeLine:
        """Return the line, with a word at each field that cannot be read."""
        return TimeLine(
            self.key.data or "",
            self.party.data or "",
            self._half_days(),
            one_of(Period, self.period),
            starts=some_day(self.starts),
            ends=some_day(self.ends),
            notice_days=self._notice(),
        )

    def _half_days(self) -> int:
        typed = self.half_days.data or ""
        if typed and not DAYS.fullmatch(typed):
            complain(self.half_days, _("Days are a number: 3, or 2.5."))
            return 0
        halves = Decimal(typed.replace(",", ".") or 0) * 2
        if halves != halves.to_integral_value():
            complain(self.half_days, _("Half a day is the smallest part."))
        return int(halves)

    def _notice(self) -> int:
        typed = self.notice_days.data or ""
        found = number(typed)
        if typed and found is None:
            complain(self.notice_days, _("Days are a whole number here."))
        return found or 0


class ShareForm(Form):
    """What one party has of a line."""

    party = HiddenField()
    amount = LineField()


class ValueForm(LineForm):
    """What money and all other value have in common."""

    giver = SelectField(_("Who gives"), validate_choice=False)
    receiver = SelectField(_("Who receives"), validate_choice=False)
    what = LineField(_("What it is for"))
    when = LineField(_("When"))
    known_by = LineField(_("How you will know"))


class CashForm(ValueForm):
    """Money from one to another, and how a team parts it."""

    sort = SelectField(_("What it is"), choices=words_of(CASH), validate_choice=False)
    amount = LineField(_("How much"))
    currency = LineField(_("Currency"), default=CURRENCY)
    period = SelectField(
        _("For how long"),
        choices=words_of(PERIODS),
        validate_choice=False,
        default=Period.MONTH.value,
    )
    split = FieldList(FormField(ShareForm), max_entries=MOST_SHARES)

    def offer(self, parties: Mapping[str, str]) -> None:
        """Offer these parties; where there are three, each may have a share."""
        super().offer(parties)
        there = {each.party.data for each in self.split}
        for party in parties if len(parties) >= FEWEST_TO_SHARE else ():
            if party not in there and len(self.split) < MOST_SHARES:
                self.split.append_entry({"party": party, "amount": ""})

    def line(self, locale: str) -> CashLine:
        """Return the line, with a word at each field that cannot be read."""
        return CashLine(
            self.key.data or "",
            one_of(Cash, self.sort),
            self.giver.data or "",
            self.receiver.data or "",
            self._money(self.amount, self.amount, locale),
            one_of(Period, self.period),
            what=self.what.data or "",
            when=self.when.data or "",
            known_by=self.known_by.data or "",
            split=tuple(
                Share(each.party.data or "", self._money(each.amount, self.split, locale))
                for each in self.split
                if each.amount.data
            ),
        )

    def part_equally(self, locale: str) -> None:
        """Part the amount equally among those who have a share, or among all but the giver.

        What cannot be read is left as it is: it is said when the terms are put on the table.
        """
        try:
            whole = money.read(self.amount.data or "", self._code, locale=locale)
        except Invalid:
            return
        rows = [each for each in self.split if each.party.data != self.giver.data]
        named = [each for each in rows if each.amount.data] or rows
        if named and whole.minor:
            for each, share in zip(named, money.shares(whole, [1] * len(named)), strict=True):
                each.amount.data = share.typed(locale)

    @property
    def _code(self) -> str:
        return (self.currency.data or "").upper()

    def _money(self, field: Field, at: Field, locale: str) -> Money:
        if not money.is_code(self._code):
            complain(self.currency, _("Choose the currency: three letters, as in EUR."))
            return Money(CURRENCY, 1)
        try:
            return money.read(field.data or "0", self._code, locale=locale)
        except Invalid as refusal:
            complain(at, str(refusal.sentence))
            return Money(self._code, 1)  # that it is nothing was not said


class OtherForm(ValueForm):
    """Value that is not money."""

    sort = SelectField(_("What it is"), choices=words_of(KINDS), validate_choice=False)

    def line(self, _locale: str) -> OtherLine:
        """Return the line, with a word at each field that cannot be read."""
        return OtherLine(
            self.key.data or "",
            one_of(Kind, self.sort),
            self.giver.data or "",
            self.receiver.data or "",
            self.what.data or "",
            when=self.when.data or "",
            known_by=self.known_by.data or "",
        )
