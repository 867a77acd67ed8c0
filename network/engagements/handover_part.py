"""What was handed over to an organisation, as a section of its page for those who speak for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.engagements.access_left import Handover, handovers_of
from network.members.models import Member
from network.organisations.access import Seen
from network.organisations.page import Part


def _load(
    db: Session, seen: Seen, member: Member | None, _now: datetime
) -> Sequence[Handover] | None:
    if member is None or not seen.speaks:
        return None
    return handovers_of(db, seen.organisation, member) or None


HANDOVERS = Part("engagements/_handovers.html", _load)
