"""Loading somebody who speaks for an organisation, or is on the way to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.access import Seen
from network.organisations.kinds import Speaks
from network.organisations.models import Representative


def place_of_another(
    db: Session, member: Member, seen: Seen, key: str, *, now: datetime
) -> Representative:
    """Return the live place of somebody with an organisation, for one who speaks for it and may
    know of them, or for themselves; raise `NotFound` otherwise.
    """
    live = or_(
        Representative.state == Speaks.ACTIVE,
        and_(
            Representative.state.in_((Speaks.INVITED, Speaks.CLAIMED)),
            Representative.expires_at > now,
        ),
    )
    found = db.scalar(
        select(Representative)
        .join(Representative.member)
        .where(
            Representative.organisation_id == seen.organisation.id,
            Representative.key == key,
            live,
            or_(Member.id == member.id, not_apart(Viewer.of(member))),
        )
        .options(contains_eager(Representative.member))
    )
    if found is None or not (seen.speaks or found.member_id == member.id):
        raise NotFound
    return found
