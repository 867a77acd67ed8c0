"""What agreed work adds to a person's page: words that others wrote after it, and work that all who
did it let be shown. Members read it; it is never on the web.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.engagements.models import Showing
from network.engagements.queries import showings, testimonies
from network.engagements.queries.testimonies import Said
from network.members.access import Profile
from network.members.kinds import Part
from network.members.models import Member
from network.relationships.beside import PersonPart


def _testimonies(
    db: Session, member: Member, profile: Profile, now: datetime
) -> Sequence[Said] | None:
    return testimonies.shown(db, member, profile.member, now) or None


def _showings(
    db: Session, member: Member, profile: Profile, now: datetime
) -> Sequence[Showing] | None:
    """Return what whoever reads somebody's story reads of their work."""
    if Part.STORY not in profile.sections:
        return None
    return showings.shown(db, member, profile.member, now) or None


ON_A_PERSON = (
    PersonPart("engagements/_showing_person.html", _showings),
    PersonPart("engagements/_testimony_person.html", _testimonies),
)
