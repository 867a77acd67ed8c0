"""The forms for words about somebody, and for what a member keeps to themselves."""

from __future__ import annotations

from wtforms import Form, SelectField
from wtforms.validators import DataRequired, Length, ValidationError

from network.forms import AtMost, LineField, WordsField
from network.relationships.models import Rhythm
from network.translation import _

SHORTEST = 10
RHYTHMS = [
    (Rhythm.NONE.value, _("As it comes")),
    (Rhythm.MONTHLY.value, _("Every month")),
    (Rhythm.QUARTERLY.value, _("Every three months")),
    (Rhythm.HALF_YEARLY.value, _("Twice a year")),
    (Rhythm.YEARLY.value, _("Once a year")),
]


class VouchForm(Form):
    """What they did together, and words about the other."""

    context = LineField(
        _("What you did together"),
        [DataRequired(_("Say what you did together; a few words are enough.")), AtMost(160)],
    )
    words = WordsField(
        _("Your words"),
        [Length(min=SHORTEST, message=_("Say a little more. A sentence is enough.")), AtMost(1200)],
    )


class NoteForm(Form):
    """What a member keeps about somebody: theirs alone."""

    how_met = LineField(_("How you met"), [AtMost(300)])
    note = WordsField(_("A note to yourself"), [AtMost(4000)])
    rhythm = SelectField(_("Keep in touch"), choices=RHYTHMS, validate_choice=False)

    def validate_rhythm(self, field: SelectField) -> None:
        """Refuse what was not on offer."""
        if field.data not in {rhythm.value for rhythm in Rhythm}:
            raise ValidationError(_("Choose one of these rhythms."))
