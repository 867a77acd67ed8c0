"""What narrows a search for circles."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from wtforms import Form, SelectMultipleField

from network.circles.beginnings import BEGINNINGS
from network.circles.kinds import Door
from network.circles.kinds import Form as CircleForm
from network.search.things import Thing
from network.translation import _

# A hidden circle is no kind that one looks for.
DOORS = {
    Door.OPEN: _("Open to come into"),
    Door.REQUEST: _("Open to asking"),
    Door.INVITATION: _("By invitation"),
}


class NarrowForm(Form):
    """The filters of the page of circles; what it does not know it leaves out."""

    form = SelectMultipleField(
        _("What kind"),
        choices=lambda: [(form.value, each.name) for form, each in BEGINNINGS.items()],
        validate_choice=False,
    )
    door = SelectMultipleField(
        _("How one comes in"),
        choices=lambda: [(door.value, label) for door, label in DOORS.items()],
        validate_choice=False,
    )

    def facts(self) -> list[tuple[str, str]]:
        """Return what was chosen, each as the name of its field and its value."""
        forms = [("form", each) for each in self.form.data or () if each in set(CircleForm)]
        return forms + [("door", each) for each in self.door.data or () if each in set(DOORS)]

    def marks(self) -> frozenset[str]:
        """Return the facts as the index holds them."""
        return frozenset({Thing.CIRCLE.mark, *(f"{name}={value}" for name, value in self.facts())})

    def chosen(self, typed: str) -> list[tuple[str, str]]:
        """Return what the search is narrowed to, each with the address that takes it out."""
        facts = self.facts()
        return [
            (_labels()[value], self.terms(typed, [each for each in facts if each != (name, value)]))
            for name, value in facts
        ]

    def terms(self, typed: str, facts: Sequence[tuple[str, str]] | None = None) -> str:
        """Return the search as the query part of an address."""
        words = [("q", typed)] if typed.strip() else []
        return urlencode(words + list(self.facts() if facts is None else facts))


def _labels() -> dict[str, str]:
    forms = {each.value: str(BEGINNINGS[each].name) for each in CircleForm}
    return forms | {each.value: str(label) for each, label in DOORS.items()}
