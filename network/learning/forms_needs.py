"""The forms of wishes to learn."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectField
from wtforms.validators import DataRequired, ValidationError

from network.forms import AtMost, LineField, WordsField
from network.learning.kinds import Format
from network.learning.labels import FORMATS
from network.translation import _

# What somebody may offer to all: a meeting of a circle is its own people's.
FORMATS_OFFERED = [
    (each.value, label) for each, label in FORMATS.items() if each is not Format.CIRCLE_MEETING
]


class NeedForm(Form):
    """What somebody wants to learn, and why."""

    words = LineField(
        _("I want to learn"),
        [DataRequired(_("Say what you want to learn; a few words are enough.")), AtMost(300)],
    )
    why = WordsField(_("Why"), [AtMost(1000)])
    submission = HiddenField()


class OfferForm(Form):
    """What somebody who would host it calls it, and how it would go."""

    title = LineField(
        _("What you would call it"),
        [DataRequired(_("Give it a name; it can change later.")), AtMost(120)],
    )
    format = SelectField(_("How it would go"), choices=FORMATS_OFFERED, validate_choice=False)
    submission = HiddenField()

    def validate_format(self, field: SelectField) -> None:
        """Refuse what was not on offer."""
        if field.data not in {value for value, _label in FORMATS_OFFERED}:
            raise ValidationError(_("Choose one of these ways."))
