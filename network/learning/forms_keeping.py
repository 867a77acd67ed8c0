"""The forms of what stays: words of harvest, commitments, rounds and their questions."""

from __future__ import annotations

from wtforms import BooleanField, Form, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange, ValidationError

from network.forms import AtMost, LineField, WordsField
from network.learning.kinds import CommitmentState, Readers
from network.translation import _

READERS = [
    (str(int(Readers.THERE)), _("Those who were there")),
    (str(int(Readers.MEMBERS)), _("Members")),
]
STATES = [
    (CommitmentState.DONE.value, _("Done")),
    (CommitmentState.OPEN.value, _("Still going")),
    (CommitmentState.LET_GO.value, _("Let it go")),
]


class ReadersForm(Form):
    """Who reads words of harvest, and whether they are signed."""

    readers = RadioField(_("Who reads it"), choices=READERS, validate_choice=False)
    named = BooleanField(_("With my name"))

    def validate_readers(self, field: RadioField) -> None:
        """Refuse what was not on offer."""
        if field.data not in dict(READERS):
            raise ValidationError(_("Choose who reads it."))

    @property
    def who_reads(self) -> Readers:
        """Return who was chosen."""
        return Readers(int(self.readers.data))


class EntryForm(ReadersForm):
    """What somebody learned; a host chooses whose learning it is."""

    words = WordsField(
        _("What you learned"),
        [DataRequired(_("Say what was learned. A sentence is enough.")), AtMost(2000)],
    )
    author = SelectField(_("Whose learning it is"), choices=[("", "")], validate_choice=False)
    submission = HiddenField()


class CommitmentForm(Form):
    """What somebody will do."""

    words = WordsField(
        _("I will"),
        [DataRequired(_("Say what you will do. A few words are enough.")), AtMost(600)],
    )
    submission = HiddenField()


class TellForm(Form):
    """What became of it."""

    state = RadioField(_("What became of it"), choices=STATES, validate_choice=False)
    told = WordsField(_("A few words about it"), [AtMost(600)])

    def validate_state(self, field: RadioField) -> None:
        """Refuse what was not on offer."""
        if field.data not in dict(STATES):
            raise ValidationError(_("Choose one of these."))


class RoundForm(Form):
    """Whose round it is, how long it takes, and what they bring."""

    presenter = SelectField(_("Who brings something"), choices=[("", "")], validate_choice=False)
    minutes = IntegerField(
        _("Minutes"),
        [
            InputRequired(_("Say how many minutes it has.")),
            NumberRange(1, 240, _("A round has from 1 to 240 minutes.")),
        ],
    )
    brings = LineField(_("What they bring"), [AtMost(300)])


class QuestionForm(Form):
    """A question in a round."""

    words = LineField(
        _("Your question"), [DataRequired(_("Write the question first.")), AtMost(300)]
    )
    submission = HiddenField()
