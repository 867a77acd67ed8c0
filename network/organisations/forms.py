"""The forms of organisations and of those who speak for them."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectField

from network.asks.services import LONGEST_REASON
from network.forms import AtMost, LineField, WordsField
from network.organisations.services.founding import Plan
from network.translation import _


class OrganisationForm(Form):
    """What an organisation says of itself."""

    name = LineField(_("Its name"), [AtMost(80)])
    purpose = WordsField(_("What it is for"), [AtMost(600)])
    about = WordsField(_("What it does, and how"), [AtMost(2000)])
    place = LineField(_("Where it is"), [AtMost(120)])

    def plan(self) -> Plan:
        """Return what was filled in."""
        return Plan(
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            about=self.about.data or "",
            place=self.place.data or "",
        )


class BeginForm(OrganisationForm):
    """An organisation that begins, and what whoever begins it does there."""

    role = LineField(_("What you do there"), [AtMost(120)])
    submission = HiddenField()


class RoleForm(Form):
    """What somebody does in an organisation."""

    role = LineField(_("What you do there"), [AtMost(120)])


class AddressForm(Form):
    """An address at the domain of an organisation."""

    email = LineField(_("An email address at its domain"), [AtMost(254)])


class AskStewardForm(Form):
    """Asking the stewards to look."""

    words = WordsField(_("How a steward can tell that it is you"), [AtMost(600)])


class InviteForm(Form):
    """Asking somebody to speak for an organisation."""

    to = SelectField(_("Somebody you are connected with"), validate_choice=False)
    handle = LineField(
        _("Or somebody else, by the last part of their page’s address"), [AtMost(30)]
    )
    words = WordsField(_("Your words to them"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()


class ClaimForm(Form):
    """Claiming a page, with a reason."""

    words = WordsField(_("Why should you speak for it?"), [AtMost(LONGEST_REASON)])
    role = LineField(_("What you do there"), [AtMost(120)])
