"""The forms on the steward's desk."""

from __future__ import annotations

from wtforms import BooleanField, Form, RadioField
from wtforms.validators import DataRequired, ValidationError

from network.forms import AtMost, LineField, WordsField
from network.members.forms import MailAddress
from network.members.kinds import Joining
from network.text import lines
from network.translation import _

MOST_QUESTIONS = 6
LONGEST_QUESTION = 200
JOINING = [
    (Joining.INVITATION.value, _("By invitation")),
    (Joining.APPLICATION.value, _("By writing to the stewards")),
    (Joining.OPEN.value, _("Through an open door")),
]
JOINING_HINTS = {
    Joining.INVITATION.value: _("Only people whom a steward invites come in."),
    Joining.APPLICATION.value: _(
        "Anyone may ask to join, with a purpose and answers to your questions. You read them and"
        " say yes or not this time."
    ),
    Joining.OPEN.value: _("Anyone with an email address that answers comes in. Nobody is asked."),
}


class InviteForm(Form):
    """One address, and perhaps a name."""

    email = LineField(
        _("Their email address"),
        [DataRequired(_("Whom do you invite? Write their address.")), AtMost(254), MailAddress()],
    )
    name = LineField(_("Their name, if you like"), [AtMost(80)])


class NoForm(Form):
    """A sentence that goes with a no."""

    words = WordsField(_("A sentence for them, only if you like"), [AtMost(1000)])


class NetworkForm(Form):
    """What every page says of the network, and how people come in."""

    name = LineField(_("Its name"), [DataRequired(_("A network needs a name.")), AtMost(60)])
    about = WordsField(_("About it, in a sentence or two"), [AtMost(600)])
    joining = RadioField(
        _("How people come in"),
        choices=JOINING,
        validate_choice=False,
        filters=[lambda value: value or ""],
    )
    questions = WordsField(_("What you ask people who want to join"), [AtMost(2000)])
    one_organisation = BooleanField(_("One organisation runs this network for its own people"))

    def validate_joining(self, field: RadioField) -> None:
        """Refuse what was not on offer."""
        if field.data not in {kind.value for kind in Joining}:
            raise ValidationError(_("Choose one of the three ways."))

    def validate_questions(self, field: WordsField) -> None:
        """Keep one question a line, few and short enough to be answered."""
        asked = lines(field.data or "")
        if len(asked) > MOST_QUESTIONS:
            raise ValidationError(
                _("%(most)s questions are the most; somebody answers them.", most=MOST_QUESTIONS)
            )
        if any(len(question) > LONGEST_QUESTION for question in asked):
            raise ValidationError(
                _("A question has %(most)s letters at most.", most=LONGEST_QUESTION)
            )
        field.data = "\n".join(asked)
