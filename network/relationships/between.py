"""What lies between two people: how they came to know each other, or who could introduce them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.members.models import Connection, Member
from network.relationships.queries.introductions import asked_about
from network.relationships.queries.provenance import of_connection
from network.relationships.queries.ways import ways_to


def between(
    db: Session, member: Member, other: Member, tie: Connection | None, now: datetime
) -> dict[str, Any]:
    """Return what leads from one to the other: how they came to know each other, or who could
    introduce them.
    """
    if tie is not None:
        return {"ways": None, "asked": {}, "history": of_connection(db, member, tie)}
    ways = ways_to(db, member, [other.id], now).get(other.id)
    asked = {} if ways is None or ways.beyond else asked_about(db, member, other, now)
    return {"ways": ways, "asked": asked, "history": ()}
