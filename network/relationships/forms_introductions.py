"""The forms of introductions."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectField

from network.asks.services import LONGEST_REASON
from network.forms import AtMost, WordsField
from network.translation import _


class IntroduceForm(Form):
    """Two people whom one knows, and the words to both. From an ask, the two are given."""

    one = SelectField(_("One of them"), validate_choice=False)
    other = SelectField(_("The other"), validate_choice=False)
    words = WordsField(_("Your words to both"), [AtMost(LONGEST_REASON)])
    ask = HiddenField()
    read = HiddenField()
    submission = HiddenField()


class RewordForm(Form):
    """Other words for an open introduction."""

    words = WordsField(_("Your words to both"), [AtMost(LONGEST_REASON)])


class CarryForm(Form):
    """Words that somebody may pass on."""

    words = WordsField(_("Your words"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()
