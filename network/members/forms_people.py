"""What narrows a search for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Form, SelectMultipleField

from network.forms import LineField
from network.members.finding import Narrowing
from network.members.kinds import Part, Work
from network.members.labels import WORK
from network.translation import _

HAS = {
    Part.OFFERS: _("something they offer"),
    Part.LOOKING_FOR: _("something they are looking for"),
    Part.LEARNING: _("something they want to learn"),
    Part.SHARING: _("something they can share"),
}
LONGEST = 80


class NarrowForm(Form):
    """The filters of the People page; what it does not know it leaves out."""

    work = SelectMultipleField(_("Open to"), choices=lambda: _choices(WORK), validate_choice=False)
    has = SelectMultipleField(_("Says"), choices=lambda: _choices(HAS), validate_choice=False)
    language = LineField(_("Language"))
    place = LineField(_("Place"))
    theme = LineField(_("Theme"))

    def narrowing(self) -> Narrowing:
        """Return the filters as facts."""
        return Narrowing(
            work=tuple(kind for kind in self.work.data or () if kind in set(Work)),
            has=tuple(part for part in self.has.data or () if part in set(HAS)),
            language=(self.language.data or "")[:LONGEST],
            place=(self.place.data or "")[:LONGEST],
            theme=(self.theme.data or "")[:LONGEST],
        )


def _choices(labels: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(kind.value, str(words)[:1].upper() + str(words)[1:]) for kind, words in labels.items()]
