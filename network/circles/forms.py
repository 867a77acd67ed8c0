"""The forms of circles."""

from __future__ import annotations

from wtforms import BooleanField, Form, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from network.asks.services import LONGEST_REASON
from network.circles.kinds import Door, OpeningRule
from network.circles.services.founding import Plan
from network.forms import AtMost, LineField, WordsField
from network.translation import _

DOORS = {
    Door.OPEN: _("Open: members come in by themselves"),
    Door.REQUEST: _("By asking: somebody who facilitates says yes"),
    Door.INVITATION: _("By invitation: people are asked in"),
    Door.HIDDEN: _("Hidden: by invitation, and nobody else can tell that it is there"),
}
RULES = {
    OpeningRule.EVERYONE: _("When each of us agrees to talk"),
    OpeningRule.ANYONE: _("When one of us agrees to talk"),
}
RESTS = {"1": _("for a month"), "3": _("for three months"), "6": _("for half a year")}


class CircleForm(Form):
    """What a circle says of itself."""

    name = LineField(_("Its name"), [AtMost(80)])
    purpose = WordsField(_("What it is for"), [AtMost(600)])
    about = WordsField(_("How you go about it"), [AtMost(2000)])
    rhythm = LineField(_("How often you meet"), [AtMost(120)])
    door = RadioField(_("Who comes in"), choices=[(d.value, label) for d, label in DOORS.items()])
    most = IntegerField(
        _("Room for how many"),
        [InputRequired(_("Write a number.")), NumberRange(2, 500, _("Between 2 and 500."))],
    )
    leavers_keep = BooleanField(_("Whoever leaves keeps what was written while they were here"))
    open_to_work = BooleanField(_("The team may be approached with work"))
    opens_when = RadioField(
        _("When does the team open what somebody writes to it?"),
        choices=[(rule.value, label) for rule, label in RULES.items()],
        default=OpeningRule.EVERYONE.value,
    )

    def plan(self) -> Plan:
        """Return what was filled in."""
        return Plan(
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            about=self.about.data or "",
            rhythm=self.rhythm.data or "",
            door=Door(self.door.data),
            most=self.most.data or 0,
            leavers_keep=bool(self.leavers_keep.data),
            opens_when=OpeningRule(self.opens_when.data),
            open_to_work=bool(self.open_to_work.data),
        )


class FoundForm(CircleForm):
    """A circle that begins, with its first agreements."""

    agreements = WordsField(_("What you agree on, one a line"), [AtMost(4000)])
    submission = HiddenField()


class ComeForm(Form):
    """Coming in, or asking to: with a yes to the agreements that were read."""

    reason = WordsField(_("Why would you like to come in?"), [AtMost(LONGEST_REASON)])
    agreed = HiddenField()
    submission = HiddenField()


class InviteForm(Form):
    """Asking somebody in."""

    to = SelectField(_("Somebody you are connected with"), validate_choice=False)
    handle = LineField(
        _("Or somebody else, by the last part of their page’s address"), [AtMost(30)]
    )
    words = WordsField(_("Your words to them"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()


class TurnForm(Form):
    """Asking somebody to take a turn at facilitating."""

    words = WordsField(_("Your words to them"), [AtMost(LONGEST_REASON)])
    submission = HiddenField()


class PartingForm(Form):
    """Words at the end of somebody’s time in a circle."""

    words = WordsField(_("Your words to them"), [AtMost(600)])


class LeaveForm(Form):
    """Leaving, with words for those who stay or with none."""

    goodbye = WordsField(_("Words for those who stay"), [AtMost(600)])


class DoesForm(Form):
    """What somebody does in a circle."""

    does = LineField(_("What you do here"), [AtMost(120)])


class RestForm(Form):
    """For how long somebody rests."""

    months = RadioField(
        _("For how long?"), choices=[*RESTS.items(), ("", _("I do not know yet"))], default=""
    )
