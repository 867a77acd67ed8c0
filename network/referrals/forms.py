"""The forms of referrals."""

from __future__ import annotations

from wtforms import Form, HiddenField, RadioField, SelectField

from network.asks.services import LONGEST_REASON
from network.forms import AtMost, LineField, WordsField
from network.members.forms import MailAddress
from network.referrals.kinds import Interest, Tells
from network.referrals.services.after import LONGEST_THANKS
from network.referrals.services.outside import LONGEST_NAME
from network.referrals.services.referring import LONGEST_INTEREST, Said
from network.translation import _

INTERESTS = [
    (Interest.NONE.value, _("Nothing")),
    (Interest.RECIPROCAL.value, _("Something in return")),
    (Interest.FEE.value, _("A fee")),
    (Interest.EMPLOYED.value, _("I am employed there")),
]
TELLS = [
    (Tells.NOTHING.value, _("Nothing")),
    (Tells.WHETHER_MADE.value, _("That we came together, if we do")),
]


class SaidForm(Form):
    """Why somebody is thought of, and what whoever thinks of them has from it."""

    words = WordsField(_("Why this person"), [AtMost(LONGEST_REASON)])
    interest = RadioField(_("What is in it for you?"), choices=INTERESTS, validate_choice=False)
    interest_words = LineField(_("In a sentence"), [AtMost(LONGEST_INTEREST)])
    submission = HiddenField()

    def said(self, submission: str) -> Said:
        """Return what was said in it."""
        given = self.interest.data
        return Said(
            words=self.words.data or "",
            interest=Interest(given) if given in set(Interest) else None,
            interest_words=self.interest_words.data or "",
            submission=submission,
        )


class RecommendForm(SaidForm):
    """Somebody who is here."""

    member = SelectField(_("Whom do you think of?"), validate_choice=False)


class OutsideForm(SaidForm):
    """Somebody who is not here, by their address."""

    name = LineField(_("Their name"), [AtMost(LONGEST_NAME)])
    email = LineField(_("Their address"), [AtMost(254), MailAddress()])


class TellForm(Form):
    """What the one who recommended you learns of it."""

    tells = RadioField(_("What do they learn?"), choices=TELLS)


class ThankForm(Form):
    """A few words to whoever brought two people together."""

    thanks = WordsField(_("Your words"), [AtMost(LONGEST_THANKS)])
