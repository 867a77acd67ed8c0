"""The form of who leaves terms: a word to the others, or none."""

from __future__ import annotations

from wtforms import Form

from network.engagements.services.negotiating import LONGEST_WORDS
from network.forms import AtMost, WordsField
from network.translation import _


class LeavingForm(Form):
    """A word to those who stay."""

    words = WordsField(_("A word to the others"), [AtMost(LONGEST_WORDS)])
