"""What agreed work adds to a person's page: words that others wrote after it, and work that all who
did it let be shown. Members read it; it is never on the web.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.engagements.queries.person import OfWork, of_work
from network.members.access import Profile
from network.members.kinds import Part
from network.members.models import Member
from network.relationships.beside import PersonPart


def _of_work(db: Session, member: Member, profile: Profile, now: datetime) -> OfWork | None:
    """Return what is read: work is read by whoever reads the story that it is a part of."""
    return of_work(db, member, profile.member, now, story=Part.STORY in profile.sections)


ON_A_PERSON = (PersonPart("engagements/_person_work.html", _of_work),)
