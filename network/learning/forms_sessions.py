"""The forms of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from network.forms import AtMost, LineField, WordsField
from network.learning.labels import FORMATS
from network.learning.models import SeatKind
from network.learning.services.scheduling import Room
from network.learning.services.series import MOST, Every, Rule
from network.members.forms import ZoneField
from network.translation import _

REPEATS = {
    "": _("Once"),
    Every.WEEK.value: _("Every week"),
    Every.TWO_WEEKS.value: _("Every second week"),
    Every.MONTH.value: _("Every month, on the same day of the week"),
}
KINDS = ("one", "two", "three")
WHOLE = _("Write a whole number.")


class BeginForm(Form):
    """A session in words: what it is about, and who hosts it."""

    title = LineField(_("What is it called?"), [AtMost(120)])
    words = WordsField(_("What will you do together?"), [AtMost(4000)])
    format = SelectField(
        _("What kind of meeting is it?"),
        choices=[(kind.value, label) for kind, label in FORMATS.items()],
    )
    circle = SelectField(_("For whom?"), validate_choice=False)
    host = RadioField(
        _("Who hosts it?"),
        choices=[("me", _("I do")), ("other", _("I would like somebody else to"))],
        default="me",
    )
    submission = HiddenField()


class SeatsForm(Form):
    """Up to three kinds of places, each with its room."""

    name_one = LineField(_("A first way to take part"), [AtMost(60)], default=_("To learn"))
    room_one = IntegerField(
        _("Room for how many"), [InputRequired(WHOLE), NumberRange(1, 1000, WHOLE)], default=12
    )
    key_one = HiddenField()
    name_two = LineField(_("A second way, if there is one"), [AtMost(60)])
    room_two = IntegerField(_("Room for how many"), [Optional(), NumberRange(1, 1000, WHOLE)])
    key_two = HiddenField()
    name_three = LineField(_("A third way, if there is one"), [AtMost(60)])
    room_three = IntegerField(_("Room for how many"), [Optional(), NumberRange(1, 1000, WHOLE)])
    key_three = HiddenField()

    def rooms(self) -> list[Room]:
        """Return the kinds of places that were filled in."""
        found = []
        for number in KINDS:
            name, room = self[f"name_{number}"].data, self[f"room_{number}"].data
            if name or room:
                found.append(Room(name or "", room or 0, self[f"key_{number}"].data or ""))
        return found

    def fill(self, kinds: Sequence[SeatKind]) -> None:
        """Show the kinds of places that there are."""
        for number, kind in zip(KINDS, kinds, strict=False):
            self[f"name_{number}"].data = kind.name
            self[f"room_{number}"].data = kind.capacity
            self[f"key_{number}"].data = kind.key


class TimeForm(Form):
    """When something is, on the clocks of a zone."""

    day = DateField(_("Which day?"), [InputRequired(_("Choose a day."))])
    at = TimeField(_("At what time does it begin?"), [InputRequired(_("Choose a time."))])
    minutes = IntegerField(
        _("How many minutes does it last?"),
        [InputRequired(WHOLE), NumberRange(5, 10080, _("Between five minutes and seven days."))],
        default=90,
    )
    zone = ZoneField(_("On whose clocks?"))

    def begins(self) -> datetime:
        """Return when it begins, on the clocks of the zone."""
        return datetime.combine(self.day.data, self.at.data)  # type: ignore[arg-type]


class ScheduleForm(TimeForm, SeatsForm):
    """When and where a session is, and for how many."""

    place = WordsField(_("Where is it: an address or a link"), [AtMost(600)])
    how = WordsField(_("How to be there"), [AtMost(600)])
    repeats = SelectField(_("Does it repeat?"), choices=list(REPEATS.items()), default="")
    times = IntegerField(
        _("How many times in all?"), [Optional(), NumberRange(2, MOST, _("Between 2 and 26."))]
    )

    def rule(self) -> Rule | None:
        """Return how it repeats, or None for once."""
        if not self.repeats.data:
            return None
        return Rule(Every(self.repeats.data), self.times.data or 0)


class ChangeForm(SeatsForm):
    """What a session says of itself, and its room."""

    title = LineField(_("What is it called?"), [AtMost(120)])
    words = WordsField(_("What will you do together?"), [AtMost(4000)])
    place = WordsField(_("Where is it: an address or a link"), [AtMost(600)])
    how = WordsField(_("How to be there"), [AtMost(600)])


class PlaceForm(Form):
    """Taking a place, or a place in line."""

    kind = RadioField(_("How would you like to come?"), validate_choice=False)
    words = WordsField(_("What would make it worth your while? (if you like)"), [AtMost(600)])
    named = BooleanField(_("The others who come may read my name"), default=True)


class CancelForm(Form):
    """Calling a session off, with words to those who have a place."""

    words = WordsField(_("Your words to those who have a place"), [AtMost(600)])


class SayForm(Form):
    """A message to those who are going."""

    body = WordsField(_("Your words"), [AtMost(8000)])
    submission = HiddenField()
