"""What stands on the page of a circle of needs: those shown there, for whoever is inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.circles.access import Seen
from network.circles.beside import Beside
from network.members.models import Member
from network.organisations.queries.showings import in_circle


def load(db: Session, member: Member, seen: Seen, now: datetime) -> Mapping[str, Any]:
    """Return the open needs that are shown in a circle, in one statement."""
    return {"needs_here": in_circle(db, member, seen, now)}


BESIDE = Beside(above=(), below=("organisations/_circle_needs.html",), load=load)
