"""The form of an answer to an organisation."""

from __future__ import annotations

from wtforms import Form, HiddenField

from network.forms import AtMost, WordsField
from network.translation import _


class AnswerForm(Form):
    """A yes, or a no with words."""

    words = WordsField(_("Why not this time"), [AtMost(1000)])
    answer = HiddenField()
    read = HiddenField()
