"""What narrows a search for people."""

from __future__ import annotations

from wtforms import Form, SelectMultipleField

from network.forms import LineField
from network.members.finding import Narrowing
from network.members.kinds import Part, Work
from network.translation import _

WORK = {
    Work.PEER: _("Helping a peer"),
    Work.FRACTIONAL: _("A fractional role"),
    Work.INTERIM: _("An interim role"),
    Work.PROJECT: _("A project"),
    Work.ADVISORY: _("Advice"),
    Work.BOARD: _("A board seat"),
    Work.COACHING: _("Coaching"),
    Work.SPEAKING: _("Speaking"),
    Work.PRO_BONO: _("Pro bono work"),
}
HAS = {
    Part.OFFERS: _("Something they offer"),
    Part.LOOKING_FOR: _("Something they are looking for"),
    Part.LEARNING: _("Something they want to learn"),
    Part.SHARING: _("Something they can share"),
}
LONGEST = 80


class NarrowForm(Form):
    """The filters of the People page; what it does not know it leaves out."""

    work = SelectMultipleField(_("Open to"), choices=list(WORK.items()), validate_choice=False)
    has = SelectMultipleField(_("Says"), choices=list(HAS.items()), validate_choice=False)
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
