"""The forms of one's own balance: a check of a name, and work elsewhere.

Days and amounts stay as they were typed until they can be read.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wtforms import Form, HiddenField, SelectField
from wtforms.fields.core import Field
from wtforms.validators import ValidationError

from network.engagements import money
from network.engagements.forms_lines import DAYS, complain, one_of, some_day, words_of
from network.engagements.kinds import Period
from network.engagements.money import Money
from network.engagements.services.outside_work import Outside
from network.engagements.starting import CURRENCY
from network.engagements.telling import PERIODS
from network.errors import Invalid
from network.forms import AtMost, LineField, WordsField
from network.translation import _


class CheckForm(Form):
    """Who a new piece of work would be with, and how much of a month it would take."""

    whom = LineField(_("Who would it be with?"), [AtMost(200)])
    days = LineField(_("About how many days a month?"))

    def validate_whom(self, field: Field) -> None:
        """Ask for a name."""
        if not field.data:
            raise ValidationError(_("Write a name: of a person, or of an organisation."))

    @property
    def half_days(self) -> int:
        """So many half days, with a word at the field where they cannot be read."""
        return half_days(self.days)


class FullForm(Form):
    """How many days of work a month are full for whoever says so."""

    full = LineField(_("How many days a month are full for you?"))

    @property
    def half_days(self) -> int:
        """So many half days, with a word at the field where they cannot be read."""
        return half_days(self.full)


class OutsideForm(Form):
    """Work elsewhere."""

    whom = LineField(_("Whom is it with?"), [AtMost(120)])
    title = LineField(_("What is it?"), [AtMost(120)])
    days = LineField(_("How many days?"))
    time_period = SelectField(
        _("How often"), choices=words_of(PERIODS), validate_choice=False, default=Period.MONTH.value
    )
    amount = LineField(_("How much money?"))
    currency = LineField(_("Currency"), default=CURRENCY)
    money_period = SelectField(
        _("For how long"),
        choices=words_of(PERIODS),
        validate_choice=False,
        default=Period.MONTH.value,
    )
    others = LineField(_("What else do you get from it?"), [AtMost(300)])
    starts = LineField(_("From"))
    ends = LineField(_("Until"))
    promise = WordsField(_("What did you promise about working for others?"), [AtMost(1000)])
    submission = HiddenField()

    def validate_whom(self, field: Field) -> None:
        """Ask for a name."""
        if not field.data:
            raise ValidationError(_("Say whom it is with."))

    def work(self, locale: str) -> Outside | None:
        """Return what was written, or None with a word at each field that cannot be read."""
        sound = self.validate()
        paid = self._money(locale)
        work = Outside(
            self.whom.data or "",
            self.title.data or "",
            half_days(self.days),
            one_of(Period, self.time_period),
            paid.minor if paid else 0,
            paid.currency if paid and paid.minor else "",
            one_of(Period, self.money_period),
            self.others.data or "",
            self.promise.data or "",
            some_day(self.starts),
            some_day(self.ends),
        )
        return work if sound and not self.errors else None

    def _money(self, locale: str) -> Money | None:
        if not self.amount.data:
            return None
        code = (self.currency.data or "").upper()
        if not money.is_code(code):
            complain(self.currency, _("Choose the currency: three letters, as in EUR."))
            return None
        try:
            return money.read(self.amount.data, code, locale=locale)
        except Invalid as refusal:
            complain(self.amount, str(refusal.sentence))
            return None


def half_days(field: Field) -> int:
    """Return half days that were typed as days: 3, or 2.5, or 2½."""
    typed = (field.data or "").replace("½", ".5")
    typed = f"0{typed}" if typed.startswith(".") else typed
    if typed and not DAYS.fullmatch(typed):
        complain(field, _("Days are a number: 3, or 2.5."))
        return 0
    halves = Decimal(typed.replace(",", ".") or 0) * 2
    if halves != halves.to_integral_value():
        complain(field, _("Half a day is the smallest part."))
    return int(halves)


def typed(work: Outside, locale: str) -> dict[str, str]:
    """Return what stands in the form of work that is there already."""
    paid = Money(work.currency, work.minor) if work.minor else None
    return {
        "whom": work.whom,
        "title": work.title,
        "days": _days(work.half_days),
        "time_period": work.time_period.value,
        "amount": paid.typed(locale) if paid else "",
        "currency": work.currency or CURRENCY,
        "money_period": work.money_period.value,
        "others": work.others,
        "promise": work.promise,
        "starts": _iso(work.starts),
        "ends": _iso(work.ends),
    }


def _days(halves: int) -> str:
    return f"{halves // 2}{'.5' if halves % 2 else ''}" if halves else ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
