"""The forms of agreed work: a reason, the welcome list, a check-in, what is left behind."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired

from network.engagements.kinds import LeftFor, Welcome
from network.engagements.services import checking_in, leaving_behind, living, welcoming
from network.engagements.services.checking_in import Answers
from network.forms import AtMost, LineField, WordsField
from network.translation import _

GROUPS = [
    (Welcome.ACCESS.value, _("Access")),
    (Welcome.PEOPLE.value, _("People")),
    (Welcome.RITUALS.value, _("Rituals")),
]
SORTS = [
    (
        LeftFor.HANDOVER.value,
        _("For those who stay: how things stand, and what whoever goes on should know"),
    ),
    (LeftFor.HARVEST.value, _("For us: what we learned by working together")),
]


class WhyForm(Form):
    """Why somebody pauses, ends or cancels."""

    words = WordsField(
        _("Why, in your words"),
        [
            DataRequired(_("Say why in a sentence. The others read it.")),
            AtMost(living.LONGEST_WORDS),
        ],
    )
    submission = HiddenField()


class ItemForm(Form):
    """Something for the welcome list."""

    sort = SelectField(_("Where it belongs"), choices=GROUPS, validate_choice=False)
    words = LineField(
        _("Something more"),
        [
            DataRequired(_("Say what would help. A few words are enough.")),
            AtMost(welcoming.LONGEST_ITEM),
        ],
    )

    @property
    def group(self) -> Welcome:
        """Return the group that was meant; people, where none was."""
        is_one = self.sort.data in dict(GROUPS)
        return Welcome(self.sort.data) if is_one else Welcome.PEOPLE


class CheckInForm(Form):
    """The three questions."""

    purpose = WordsField(
        _("Does it still serve the purpose?"), [AtMost(checking_in.LONGEST_ANSWER)]
    )
    exchange = WordsField(_("Is the exchange fair?"), [AtMost(checking_in.LONGEST_ANSWER)])
    change = WordsField(_("What should change?"), [AtMost(checking_in.LONGEST_ANSWER)])

    @property
    def answers(self) -> Answers:
        """Return what was said."""
        said = (self.purpose.data, self.exchange.data, self.change.data)
        return Answers(*(each or "" for each in said))


class WordsLeftForm(Form):
    """Words that are left behind, under a title."""

    title = LineField(
        _("Title"),
        [
            DataRequired(_("Give it a few words as a title.")),
            AtMost(leaving_behind.LONGEST_TITLE),
        ],
    )
    words = WordsField(
        _("What you leave behind"),
        [
            DataRequired(_("Say what whoever reads it should know.")),
            AtMost(leaving_behind.LONGEST_WORDS),
        ],
    )


class LeaveBehindForm(WordsLeftForm):
    """The same, with whom it is for."""

    sort = RadioField(_("Whom it is for"), choices=SORTS, validate_choice=False)
    submission = HiddenField()

    @property
    def left_for(self) -> LeftFor:
        """Return whom it is for; those who stay, where that was not said."""
        return LeftFor(self.sort.data) if self.sort.data in dict(SORTS) else LeftFor.HANDOVER
