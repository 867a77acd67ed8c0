"""The forms of Green Rooms."""

from __future__ import annotations

from wtforms import Form, HiddenField
from wtforms.validators import DataRequired

from network.forms import AtMost, LineField, WordsField
from network.translation import _


class RoomForm(Form):
    """One question, and why it matters."""

    question = LineField(
        _("Your question"),
        [DataRequired(_("Ask one question. It can be short.")), AtMost(300)],
    )
    why = WordsField(
        _("Why it matters to you"),
        [DataRequired(_("Say why it matters. A sentence is enough.")), AtMost(2000)],
    )
    submission = HiddenField()


class RoomHarvestForm(Form):
    """What came of the week."""

    words = WordsField(
        _("What came of it"),
        [DataRequired(_("Say what came of it. A sentence is enough.")), AtMost(4000)],
    )
