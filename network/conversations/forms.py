"""The forms in which people write to each other."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectMultipleField

from network.conversations.services.opening import LONGEST_TITLE
from network.conversations.services.writing import LONGEST_MESSAGE
from network.forms import AtMost, LineField, WordsField
from network.translation import _


class MessageForm(Form):
    """Words for a conversation."""

    body = WordsField(_("Your words"), [AtMost(LONGEST_MESSAGE)])
    submission = HiddenField()


class BeginForm(MessageForm):
    """The first words of a conversation, whom they are for, and what it is called."""

    people = SelectMultipleField(_("Who is it with?"), validate_choice=False)
    title = LineField(_("What is it about?"), [AtMost(LONGEST_TITLE)])
