"""The forms by which a person comes in, takes their first steps and keeps their account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, Form, PasswordField, RadioField, SelectField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, ValidationError

from network.errors import Invalid
from network.forms import AtMost, LineField, WordsField
from network.members.forms_profile import AUDIENCES, KINDS_OF_WORK
from network.members.kinds import LONGEST, LONGEST_OTHER, Part, WhoMayAsk, Work
from network.members.services.profiles import tidy
from network.passwords import LONGEST as LONGEST_PASSWORD
from network.passwords import SHORTEST as SHORTEST_PASSWORD
from network.translation import _

AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"}
    | {"Indian", "Pacific"}
)
# From few to many, as a dial reads.
WHO_MAY_CONNECT = [
    (WhoMayAsk.NOBODY.value, _("Nobody")),
    (WhoMayAsk.INTRODUCED.value, _("Through an introduction")),
    (WhoMayAsk.SHARED.value, _("If we share a connection")),
    (WhoMayAsk.ANYONE.value, _("Any member")),
]
WORK_HINTS = {
    Work.FRACTIONAL.value: _("Part of the week, for half a year or more"),
    Work.INTERIM.value: _("Most of the week, for a season"),
    Work.PEER.value: _("An hour on something they are stuck with"),
}
THEMES = [
    ("", _("As this device has it")),
    ("light", _("Light")),
    ("dark", _("Dark")),
]


@cache
def zones() -> tuple[str, ...]:
    """Return the time zones that are named for a place, and UTC before them."""
    places = sorted(zone for zone in available_timezones() if zone.split("/")[0] in AREAS)
    return ("UTC", *places)


class OneOf:
    """Refuse what was not on offer, in the words of the house."""

    def __call__(self, _form: Form, field: Any) -> None:  # noqa: ANN401  # any field of choices
        """Check one field, of one choice or of several."""
        offered = {str(value) for value, _label in field.choices}
        sent = field.data if isinstance(field.data, list) else [field.data]
        if not {str(value) for value in sent} <= offered:
            raise ValidationError(_("Choose one of these."))


class MailAddress:
    """Refuse what cannot be an address; keep the rest in the one way in which it is compared."""

    def __call__(self, _form: Form, field: LineField) -> None:
        """Check one field. Whether the address is known, or answers, is not asked."""
        try:
            found = validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError as error:
            message = _("An email address looks like name@place.example.")
            raise ValidationError(message) from error
        field.data = found.normalized.lower()


class PasswordLength:
    """Refuse a password that is short enough to be guessed or long enough to be a burden."""

    def __call__(self, _form: Form, field: PasswordField) -> None:
        """Check one field that is not empty."""
        length = len(field.data or "")
        if 0 < length < SHORTEST_PASSWORD or length > LONGEST_PASSWORD:
            raise ValidationError(
                _(
                    "A password here has from %(least)s to %(most)s letters.",
                    least=SHORTEST_PASSWORD,
                    most=LONGEST_PASSWORD,
                )
            )


class Tidy:
    """Refuse words that a part of a profile cannot hold."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def __call__(self, _form: Form, field: WordsField) -> None:
        """Check one field."""
        try:
            tidy(self.part, field.data or "")
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from refusal


class ZoneField(SelectField):
    """A time zone by its place, offered with spaces and kept with the underscores of its name."""

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002  # WTForms hands it over
        """Refuse a zone that is not on offer."""
        if self.data not in zones():
            raise ValidationError(_("Choose one of these."))

    def offered(self) -> Iterator[tuple[str, bool]]:
        """Yield each zone as it is shown, and whether it is the one chosen.

        One that is kept from elsewhere stays on offer.
        """
        known = zones()
        if self.data and not self.errors and self.data not in known:
            yield str(self.data), True
        for zone in known:
            yield zone.replace("_", " "), zone == self.data


def zone_name(text: Any) -> str:  # noqa: ANN401  # whatever was sent
    """Return a zone's own name for the one that is shown."""
    return str(text).replace(" ", "_")


def zone(label: str, **named: Any) -> Any:  # noqa: ANN401  # a field, not yet bound
    """Return a field for a time zone."""
    return ZoneField(label, coerce=zone_name, choices=(), validate_choice=False, **named)


def address(label: Any = None, **named: Any) -> Any:  # noqa: ANN401  # a field, not yet bound
    """Return a field for a mail address, with an id of its own where a page has two."""
    missing = DataRequired(_("Say which email address."))
    return LineField(label or _("Email address"), [missing, MailAddress()], **named)


class LinkForm(Form):
    """A link by mail."""

    email = address()


class PasswordForm(Form):
    """An address and its password."""

    email = address(id="password-email")
    password = PasswordField(_("Password"), [AtMost(LONGEST_PASSWORD)])


class AgainForm(Form):
    """The password once more."""

    password = PasswordField(_("Password"), [AtMost(LONGEST_PASSWORD)])


class NewAddressForm(Form):
    """Where letters go from now on."""

    email = address(_("New address"))


class NewPasswordForm(Form):
    """A password to keep."""

    password = PasswordField(
        _("New password"), [DataRequired(_("Write the new password.")), PasswordLength()]
    )


class KnockForm(Form):
    """The open door: who, and where the letter goes."""

    name = LineField(
        _("What people call you"), [DataRequired(_("Say what people call you.")), AtMost(80)]
    )
    email = address()


class ApplicationForm(KnockForm):
    """Asking to join. The stewards' own questions follow as `answer_1`, `answer_2` ..."""

    purpose = WordsField(
        _("What are you for, these days?"),
        [
            DataRequired(_("Say a little about what you are for. A sentence is enough.")),
            AtMost(LONGEST[Part.PURPOSE]),
        ],
    )
    through = LineField(_("Who told you about us? (if anyone)"), [AtMost(200)])

    def asked(self) -> list[Any]:
        """Return the fields of the stewards' questions."""
        return [field for name, field in self._fields.items() if name.startswith("answer_")]

    def answers(self) -> list[tuple[str, str]]:
        """Return each question with what was answered."""
        return [(str(field.label.text), field.data or "") for field in self.asked()]


def application_form(questions: Sequence[str]) -> type[ApplicationForm]:
    """Return the form with these questions in it."""
    fields = {
        f"answer_{number}": WordsField(question, [AtMost(LONGEST_OTHER)])
        for number, question in enumerate(questions, start=1)
    }
    return type("ApplicationFormHere", (ApplicationForm,), fields)


class JoinForm(Form):
    """Using an invitation."""

    name = LineField(
        _("What people call you"), [DataRequired(_("Say what people call you.")), AtMost(80)]
    )
    password = PasswordField(_("A password, if you want one"), [PasswordLength()])
    time_zone = zone(_("Your time zone"), default="UTC")


class PurposeForm(Form):
    """The first step: the purpose, and who reads it."""

    purpose = WordsField(
        _("Your purpose"),
        [
            DataRequired(_("Say a sentence here, or leave this for later.")),
            Tidy(Part.PURPOSE),
        ],
    )
    audience = RadioField(
        _("Who reads it"),
        [OneOf()],
        choices=AUDIENCES,
        validate_choice=False,
    )


class FirstWordsForm(Form):
    """The second step: a few words more."""

    offers = WordsField(_("What do you offer?"), [Tidy(Part.OFFERS)])
    looking_for = WordsField(_("What are you looking for?"), [Tidy(Part.LOOKING_FOR)])
    place = LineField(_("Where are you?"), [Tidy(Part.PLACE)])
    languages = WordsField(_("Which languages do you work in?"), [Tidy(Part.LANGUAGES)])
    themes = WordsField(_("What are your themes?"), [Tidy(Part.THEMES)])

    def words(self) -> dict[Part, str]:
        """Return what was written for each part."""
        return {Part(name): text or "" for name, text in self.data.items()}


class ReachForm(Form):
    """The third step: who may ask, and for what."""

    who = RadioField(
        _("Who may ask to connect with you"),
        [OneOf()],
        choices=WHO_MAY_CONNECT,
        validate_choice=False,
    )
    work = SelectMultipleField(
        _("Work you are open to"), [OneOf()], choices=KINDS_OF_WORK, validate_choice=False
    )
    way = BooleanField(_("My connections may see whom I could introduce them to"))


class ZoneForm(Form):
    """In which zone a member reads times."""

    time_zone = zone(_("Times are shown in"))


class ThemeForm(Form):
    """Light or dark."""

    theme = RadioField(_("Pages are"), [OneOf()], choices=THEMES, validate_choice=False)
