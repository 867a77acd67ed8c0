"""What narrows a search for things to learn from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from wtforms import Form, SelectMultipleField

from network.learning.finding import THINGS
from network.learning.kinds import Format
from network.learning.labels import FORMATS
from network.search.things import Thing
from network.translation import _

KINDS = {
    Thing.SESSION: _("Sessions"),
    Thing.NEED: _("Wishes to learn"),
    Thing.ROOM: _("Green Rooms"),
    Thing.HARVEST: _("What was learned"),
}
LABELS = {thing.name.lower(): label for thing, label in KINDS.items()}


class NarrowForm(Form):
    """The filters of the page of learning; what it does not know it leaves out."""

    kind = SelectMultipleField(
        _("What"), choices=lambda: list(LABELS.items()), validate_choice=False
    )
    format = SelectMultipleField(
        _("How a session goes"),
        choices=lambda: [(each.value, label) for each, label in FORMATS.items()],
        validate_choice=False,
    )

    def facts(self) -> list[tuple[str, str]]:
        """Return what was chosen, each as the name of its field and its value."""
        kinds = [("kind", each) for each in self.kind.data or () if each in LABELS]
        return kinds + [("format", each.value) for each in self.formats()]

    def formats(self) -> list[Format]:
        """Return the formats that were chosen."""
        return [Format(each) for each in self.format.data or () if each in set(Format)]

    def things(self) -> Collection[Thing]:
        """Return the kinds to look among: all where none was chosen; a format is of sessions."""
        if self.formats():
            return (Thing.SESSION,)
        chosen = set(self.kind.data or ())
        return [each for each in THINGS if each.name.lower() in chosen] or THINGS

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
    kinds = {name: str(label) for name, label in LABELS.items()}
    return kinds | {each.value: str(label) for each, label in FORMATS.items()}
