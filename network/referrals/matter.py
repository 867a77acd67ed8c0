"""What a referral is about: a need, or an approach that is passed on.

Of an approach, the words that were written for somebody else (which of their words it fits, what it
is worth) are not in here, so that nobody who reads a referral reads them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import joinedload

from network.members.kinds import Work
from network.organisations.models import Approach, Organisation, WorkNeed
from network.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Matter:
    """What is needed, in the words of whoever needs it."""

    organisation: Organisation | None
    title: str
    words: str
    work: Work | None
    time: str = ""


# What loads a referral with what it is about.
WITH_MATTER = (
    joinedload(Referral.need).joinedload(WorkNeed.organisation),
    joinedload(Referral.approach).joinedload(Approach.organisation),
)


def matter_of(thing: WorkNeed | Approach) -> Matter:
    """Return what somebody who is recommended reads of a need or an approach."""
    if isinstance(thing, WorkNeed):
        return Matter(thing.organisation, thing.title, thing.words, thing.work)
    return Matter(thing.organisation, "", thing.need, thing.work, thing.time)


def matter_of_referral(referral: Referral) -> Matter:
    """Return what a referral is about; loaded `WITH_MATTER`."""
    thing = referral.need or referral.approach
    assert thing is not None  # noqa: S101  # a constraint of its table
    return matter_of(thing)


def mark_of(referral: Referral, matter: Matter) -> str:
    """Return what stands for all the words that somebody reads before they say yes: the interest is
    among them.
    """
    read = (
        *(referral.words, referral.interest.value, referral.interest_words),
        *(matter.title, matter.words, matter.work or "", matter.time),
    )
    return hashlib.sha256("\0".join(read).encode()).hexdigest()[:16]
