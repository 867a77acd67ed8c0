"""What a referral adds to the page of somebody with whom it brought the reader together: for these
two alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.members.access import Profile
from network.members.models import Member
from network.referrals.queries import between
from network.referrals.seen import Through
from network.relationships.beside import PersonPart


def _through(db: Session, member: Member, profile: Profile, now: datetime) -> Through | None:
    """Return the referral between the two; nobody is brought together with themselves."""
    return None if profile.is_own else between(db, member, profile.member, now)


ON_A_PERSON = (PersonPart("referrals/_person_through.html", _through),)
