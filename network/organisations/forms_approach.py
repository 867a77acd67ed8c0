"""The forms by which somebody writes to a member or a team, and by which a no is told."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import Form, HiddenField, RadioField, SelectField

from network.forms import AtMost, LineField, WordsField
from network.members.forms import OneOf
from network.members.forms_profile import KINDS_OF_WORK
from network.members.kinds import Work
from network.organisations.models import WorkNeed
from network.organisations.services.approaching import LONGEST, Letter
from network.organisations.services.ending_approaches import LONGEST_NO
from network.translation import _


class ApproachForm(Form):
    """One need, written to one person or one team."""

    work = RadioField(_("What is it?"), [OneOf()], validate_choice=False)
    grew_from = SelectField(
        _("Which need that you wrote down is it about?"), default="", validate_choice=False
    )
    need = WordsField(_("What do you need help with?"), [AtMost(LONGEST["need"])])
    fits = WordsField(_("Which of their words made you write?"), [AtMost(LONGEST["fits"])])
    time = LineField(_("Roughly how much time?"), [AtMost(LONGEST["time"])])
    value = LineField(_("What could you give in return?"), [AtMost(LONGEST["value"])])
    begins = LineField(_("When would it begin?"), [AtMost(LONGEST["begins"])])
    next = LineField(
        _("Whom would they work with, and what happens after a yes?"), [AtMost(LONGEST["next"])]
    )
    submission = HiddenField()

    def offer(self, kinds: Iterable[Work]) -> None:
        """Let one of these kinds of work be chosen, and no other."""
        self.work.choices = [each for each in KINDS_OF_WORK if each[0] in set(kinds)]

    def offer_needs(self, needs: Iterable[WorkNeed]) -> None:
        """Let it be about one of these needs, or about none that was written down."""
        self.grew_from.choices = [
            ("", _("None of them")),
            *((each.key, each.title) for each in needs),
        ]

    def letter(self) -> Letter:
        """Return what was filled in."""
        return Letter(
            work=Work(self.work.data),
            need=self.need.data or "",
            fits=self.fits.data or "",
            time=self.time.data or "",
            value=self.value.data or "",
            begins=self.begins.data or "",
            next=self.next.data or "",
        )


class NoForm(Form):
    """A no that is told, with words or with none."""

    words = WordsField(_("Words to go with it, if you like"), [AtMost(LONGEST_NO)])
