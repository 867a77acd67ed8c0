"""The forms by which people turn to each other."""

from __future__ import annotations

from wtforms import Form, HiddenField

from network.asks.services import LONGEST_REASON
from network.forms import AtMost, WordsField
from network.translation import _


class AskForm(Form):
    """An ask to connect: why, in the asker's words."""

    reason = WordsField(_("Why would you like to be connected?"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()
