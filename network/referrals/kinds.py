"""The fixed words of referrals."""

from __future__ import annotations

from enum import StrEnum


class Interest(StrEnum):
    """What somebody who recommends has from it. It is said before anybody is asked."""

    NONE = "none"
    RECIPROCAL = "reciprocal"
    FEE = "fee"
    EMPLOYED = "employed"


# What is named by one of these alone says too little to answer to.
TOLD_IN_WORDS = frozenset({Interest.RECIPROCAL, Interest.FEE})


class Tells(StrEnum):
    """What the one recommended lets the one who recommended them know."""

    NOTHING = "nothing"
    WHETHER_MADE = "whether_made"


class ReferralState(StrEnum):
    """Where a referral stands; that time ran out is computed."""

    ASKED = "asked"
    AGREED = "agreed"
    MADE = "made"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Role(StrEnum):
    """Whose eyes a referral is read with."""

    REFERRER = "referrer"
    MEMBER = "member"
    HOLDER = "holder"


class Told(StrEnum):
    """What somebody is told of a referral. Whose answer was missing is told to nobody."""

    WAITING = "waiting"
    AGREED = "agreed"
    MADE = "made"
    TAKEN_BACK = "taken back"
    OVER = "over"


class AskOf(StrEnum):
    """The kinds of ask that this package gives the inbox."""

    CONSENT = "referral_consent"
    MEETING = "referral_meeting"
