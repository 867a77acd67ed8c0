"""What stands on the page of an organisation of its needs: those shown to whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.members.models import Member
from network.organisations.access import Seen
from network.organisations.models import WorkNeed
from network.organisations.page import Part
from network.organisations.queries.needs import of_organisation


def load(
    db: Session, seen: Seen, member: Member | None, now: datetime
) -> Sequence[WorkNeed] | None:
    """Return the needs shown to a member; nothing for whoever sees none, and on the web."""
    if member is None:
        return None
    found = of_organisation(db, seen.organisation, member, now)
    return found if found or seen.speaks else None


NEEDS = Part("organisations/_needs.html", load)
