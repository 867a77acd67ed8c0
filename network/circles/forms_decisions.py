"""The forms of decisions: what is proposed, what somebody says to it, other words."""

from __future__ import annotations

from wtforms import Form, HiddenField

from network.circles.services.deciding import LONGEST_CONCERN, LONGEST_TITLE, LONGEST_WORDS
from network.forms import AtMost, LineField, WordsField
from network.translation import _


class ProposeForm(Form):
    """What is proposed; about the agreements, the words are the whole new ones."""

    title = LineField(_("What it is about"), [AtMost(LONGEST_TITLE)])
    words = WordsField(_("What you propose"), [AtMost(LONGEST_WORDS)])
    about = HiddenField()
    submission = HiddenField()


class ConcernForm(Form):
    """What somebody could not live with, and which words they read."""

    concern = WordsField(_("What you could not live with"), [AtMost(LONGEST_CONCERN)])
    version = HiddenField()


class ReworkForm(Form):
    """Other words for a proposal, and in whose place they stand."""

    words = WordsField(_("The words"), [AtMost(LONGEST_WORDS)])
    version = HiddenField()
