"""What each form of circle begins with: its size, its rhythm, its first agreements. Whoever begins
one may change all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from network.circles.kinds import Door, Form
from network.translation import _


@dataclass(frozen=True, slots=True)
class Beginning:
    """A form of circle, in words. `weeks` is how long one lasts, or 0 for as long as it is good."""

    form: Form
    name: str
    what: str
    fewest: int
    most: int
    usual: int
    weeks: int
    door: Door
    rhythm: str
    agreements: tuple[str, ...]

    @property
    def lasts(self) -> timedelta | None:
        """How long a circle of this form runs, or None for one without an end."""
        return timedelta(weeks=self.weeks) if self.weeks else None


_STAYS = _("What is said here stays here. What is learned here may leave, without names.")
_COME = _("We come, or we say that we are not coming. Nobody asks why.")
_TIME = _("Everyone gets the same time, and may give theirs away.")
_ASK_FIRST = _("We ask before we advise.")

BEGINNINGS = {
    each.form: each
    for each in (
        Beginning(
            Form.WORKING_OUT_LOUD,
            _("Working Out Loud"),
            _(
                "Two to five people meet for twelve weeks. Each has a goal of their own, and a"
                " handful of people who could be part of it."
            ),
            fewest=2,
            most=5,
            usual=5,
            weeks=12,
            door=Door.INVITATION,
            rhythm=_("An hour every week"),
            agreements=(
                _("Each of us says in the first week what we would like to learn or reach."),
                _("We meet every week for an hour, and begin with what each of us did since."),
                _STAYS,
                _COME,
            ),
        ),
        Beginning(
            Form.ACTION_LEARNING,
            _("Action learning set"),
            _(
                "Four to eight people take turns to bring something real. The others ask; whoever"
                " brought it says at the end what they will do."
            ),
            fewest=4,
            most=8,
            usual=6,
            weeks=0,
            door=Door.REQUEST,
            rhythm=_("Two hours every second week"),
            agreements=(
                _STAYS,
                _ASK_FIRST,
                _TIME,
                _("Whoever facilitates does not bring a case that day."),
                _COME,
            ),
        ),
        Beginning(
            Form.MASTERMIND,
            _("Mastermind"),
            _(
                "A few people with businesses or practices of their own think each one’s next"
                " step through, and come back to say how it went."
            ),
            fewest=3,
            most=8,
            usual=6,
            weeks=0,
            door=Door.INVITATION,
            rhythm=_("Half a day every month"),
            agreements=(
                _("Each of us brings one thing that we are deciding now."),
                _("We say what we think, to help and not to win."),
                _STAYS,
                _COME,
            ),
        ),
        Beginning(
            Form.PEER_COACHING,
            _("Peer coaching"),
            _("Two or three people coach each other in turn, as equals."),
            fewest=2,
            most=3,
            usual=2,
            weeks=0,
            door=Door.INVITATION,
            rhythm=_("An hour every second week"),
            agreements=(
                _("Half of the time is for each of us."),
                _("Whoever listens asks, and does not solve."),
                _STAYS,
            ),
        ),
        Beginning(
            Form.PRACTICE,
            _("Community of practice"),
            _("People who do the same kind of work keep what they learn in one place."),
            fewest=3,
            most=500,
            usual=60,
            weeks=0,
            door=Door.OPEN,
            rhythm=_("A session every month"),
            agreements=(
                _("We share what worked, and what did not."),
                _("What somebody shares in confidence stays here."),
                _("Nobody sells to the others here."),
            ),
        ),
        Beginning(
            Form.TEAM,
            _("Team"),
            _("People who work together under one name, and agree on work as one."),
            fewest=2,
            most=20,
            usual=6,
            weeks=0,
            door=Door.INVITATION,
            rhythm=_("As the work needs"),
            agreements=(
                _("We say yes to work as a team: each of us who would do it says yes first."),
                _("We say openly what each of us earns from work that we do together."),
                _("Whoever leads says so, and for what."),
                _STAYS,
            ),
        ),
    )
}


def first_agreements(form: Form) -> str:
    """Return what a circle of this form begins with, one agreement a line."""
    return "\n".join(str(each) for each in BEGINNINGS[form].agreements)
