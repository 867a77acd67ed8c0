"""The forms for words about working together, for an answer to them, and for showing work."""

from __future__ import annotations

from wtforms import Form
from wtforms.validators import DataRequired, Length

from network.forms import AtMost, WordsField
from network.translation import _

SHORTEST = 10


class TestimonyForm(Form):
    """Words about somebody with whom one worked."""

    words = WordsField(
        _("Your words"),
        [Length(min=SHORTEST, message=_("Say a little more. A sentence is enough.")), AtMost(2000)],
    )


class ReplyForm(Form):
    """The one answer to words about oneself."""

    words = WordsField(
        _("Your answer"),
        [DataRequired(_("Say what you would like to answer.")), AtMost(1000)],
    )


class ShowingForm(Form):
    """How somebody would show agreed work on their page."""

    # On a page with other forms: a name that none of them has.
    as_shown = WordsField(
        _("In which words"),
        [Length(min=SHORTEST, message=_("Say a little more. A sentence is enough.")), AtMost(600)],
    )
