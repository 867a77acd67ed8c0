"""The form in which a circle writes down what it wants to keep."""

from __future__ import annotations

from wtforms import Form, HiddenField

from network.circles.services.notes import LONGEST_NOTE, LONGEST_TITLE
from network.forms import AtMost, LineField, WordsField
from network.translation import _


class CircleNoteForm(Form):
    """A note, and which of its wordings was there when somebody began to change it."""

    title = LineField(_("Title"), [AtMost(LONGEST_TITLE)])
    body = WordsField(_("The note"), [AtMost(LONGEST_NOTE)])
    version = HiddenField()
    submission = HiddenField()
