"""What narrows a search for people in the name of an organisation: one kind of work, always."""

from __future__ import annotations

from wtforms import Form, RadioField

from network.forms import LineField
from network.members.finding import Narrowing
from network.members.kinds import Work
from network.members.labels import WORK
from network.translation import _

LONGEST = 80


def kinds_of_work() -> list[tuple[str, str]]:
    """Return the kinds of work, as people say that they are open to them."""
    return [(each.value, str(words)[:1].upper() + str(words)[1:]) for each, words in WORK.items()]


class SeekForm(Form):
    """One kind of work, and what else it is narrowed by; what it does not know it leaves out."""

    work = RadioField(_("Open to"), choices=kinds_of_work, validate_choice=False)
    language = LineField(_("Language"))
    place = LineField(_("Place"))
    theme = LineField(_("Theme"))

    def settle(self) -> None:
        """Choose a fractional role where nothing, or nothing known, was chosen."""
        if self.work.data not in set(Work):
            self.work.data = Work.FRACTIONAL.value

    def narrowing(self) -> Narrowing:
        """Return the filters as facts."""
        return Narrowing(
            work=(str(self.work.data),),
            language=(self.language.data or "")[:LONGEST],
            place=(self.place.data or "")[:LONGEST],
            theme=(self.theme.data or "")[:LONGEST],
        )
