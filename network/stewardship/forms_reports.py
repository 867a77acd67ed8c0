"""The form with which a message is given to the stewards."""

from __future__ import annotations

from wtforms import Form
from wtforms.validators import Length

from network.forms import AtMost, WordsField
from network.translation import _


class ReportForm(Form):
    """What is wrong with a message, in the reporter's words."""

    words = WordsField(
        _("What is wrong with it?"),
        [
            Length(min=10, message=_("Say what is wrong with it. A sentence is enough.")),
            AtMost(2000),
        ],
    )
