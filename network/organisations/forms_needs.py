"""The forms of needs: words and readers. There is no field for a price, and none ever."""

from __future__ import annotations

from wtforms import Form, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, ValidationError

from network.forms import AtMost, LineField, WordsField
from network.members.kinds import Work
from network.members.labels import WORK
from network.organisations.services.needs import Readers
from network.translation import _

ALUMNI, CONNECTIONS, EVERYBODY = "alumni", "connections", "everybody"
READERS = {
    ALUMNI: _("People who stay in touch with the organisation"),
    CONNECTIONS: _("Your connections"),
    EVERYBODY: _("Everybody here"),
}


def kinds_of_work() -> list[tuple[str, str]]:
    """Return what a need may be, with “not yet known” first."""
    labels = [(each.value, str(words)) for each, words in WORK.items()]
    return [("", str(_("To be found together"))), *labels]


class WorkNeedForm(Form):
    """What somebody needs help with, and whom it is shown to."""

    title = LineField(
        _("In one line"),
        [DataRequired(_("Say in one line what it is about.")), AtMost(120)],
    )
    words = WordsField(
        _("What you need help with"),
        [DataRequired(_("Say what you need, as you would say it aloud.")), AtMost(4000)],
    )
    work = SelectField(_("What kind of work it may be"), choices=kinds_of_work, default="")
    readers = SelectMultipleField(_("Who reads it"), validate_choice=False)
    submission = HiddenField()

    def offer(self, readers: list[str]) -> None:
        """Offer these readers and no others."""
        self.readers.choices = [(each, str(READERS[each])) for each in readers]

    def validate_readers(self, field: SelectMultipleField) -> None:
        """Refuse what was not on offer."""
        if not set(field.data or ()) <= {choice[0] for choice in field.choices or ()}:
            raise ValidationError(_("Choose among these."))

    @property
    def kind(self) -> Work | None:
        """Return the kind of work, or None where it is not known yet."""
        return Work(self.work.data) if self.work.data else None

    @property
    def shown_to(self) -> Readers:
        """Return whom it is shown to."""
        chosen = set(self.readers.data or ())
        return Readers(ALUMNI in chosen, CONNECTIONS in chosen, EVERYBODY in chosen)


class TalkForm(Form):
    """Why the two should talk."""

    reason = WordsField(
        _("Why the two of you should talk"),
        [DataRequired(_("Say why. A sentence is enough.")), AtMost(2000)],
    )
    submission = HiddenField()


class CloseForm(Form):
    """What became of it."""

    outcome = WordsField(
        _("What became of it"),
        [DataRequired(_("Say what became of it. A sentence is enough.")), AtMost(1000)],
    )


class ShowForm(Form):
    """In which circle, and why there."""

    circle = SelectField(_("Which circle"), validate_choice=False)
    words = WordsField(
        _("Why there"),
        [DataRequired(_("Say why this circle. A sentence is enough.")), AtMost(2000)],
    )
