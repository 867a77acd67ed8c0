"""The form by which a member checks their own shields."""

from __future__ import annotations

from wtforms import Form, SelectField

from network.forms import AtMost, LineField
from network.translation import _


class CheckForm(Form):
    """An organisation that is here, or a name or the end of an address."""

    organisation = SelectField(_("An organisation that is here"), validate_choice=False)
    text = LineField(_("Or any other: its name, or the end of its email addresses"), [AtMost(120)])
