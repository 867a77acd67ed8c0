"""Everything that somebody has under way in the name of an organisation, ended at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from network.members.models import Member
from network.organisations.services.ending_alumni import close_alumni_of
from network.organisations.services.ending_approaches import close_approaches_of
from network.organisations.services.ending_needs import close_needs_of

# Ends what a package above has of somebody in the name of an organisation: its row, and theirs.
Ending = Callable[[Session, int, int, datetime], None]


def close_all_of(
    db: Session, organisation_id: int, member_id: int, *, actor: Member, now: datetime
) -> None:
    """Close what somebody wrote or was to answer for an organisation that they speak for no longer:
    approaches, needs, and asks to stay in touch. Its row is taken before.
    """
    close_approaches_of(db, organisation_id, member_id, actor=actor, now=now)
    close_needs_of(db, organisation_id, member_id, actor=actor, now=now)
    close_alumni_of(db, organisation_id, member_id, actor=actor, now=now)
