"""The forms in which a member, or an organisation, asks to stay in touch."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField, SelectField

from network.asks.services import LONGEST_REASON
from network.forms import AtMost, LineField, WordsField
from network.organisations.kinds import Alumni
from network.organisations.sorts import SORTS
from network.translation import _

CHOICES = [(sort.value, label) for sort, label in SORTS.items()]


class TouchForm(Form):
    """A member asks an organisation."""

    sort = RadioField(_("What were you, or are you, to one another?"), choices=CHOICES)
    words = WordsField(_("Your words"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()

    @property
    def kind(self) -> Alumni:
        """Return what was chosen."""
        return Alumni(self.sort.data)


class TouchMemberForm(TouchForm):
    """Somebody who speaks for an organisation asks a member."""

    to = SelectField(_("Somebody you are connected with"), validate_choice=False)
    handle = LineField(_("Or somebody else, by the address of their page"), [AtMost(200)])
