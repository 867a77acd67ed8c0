"""What the page of a session shows of it to one reader: its times, its places, its people."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from network.learning.access import Seen, is_lapsed
from network.learning.calendar import Link, web_calendars
from network.learning.checklist import items_for
from network.learning.clock_words import when
from network.learning.labels import FORMATS
from network.learning.queries.around import around
from network.learning.queries.calendar import entry_for
from network.learning.queries.seats import for_hosts, places, who_comes
from network.members.models import Member


def shown(db: Session, member: Member, seen: Seen, link: Link) -> dict[str, Any]:
    """Return what the page of a session shows; `link` makes addresses that calendars may keep."""
    session, entry = seen.session, entry_for(seen)
    return {
        "seen": seen,
        "session": session,
        "format": FORMATS[session.format],
        "clocks": when(session, member.time_zone) if session.starts_at else None,
        "lapsed": is_lapsed(session, seen.now),
        "places": places(db, seen),
        "coming": who_comes(db, member, seen),
        "in_line": for_hosts(db, member, seen),
        "items": items_for(session.format) if seen.hosts else [],
        "entry": entry,
        "web": web_calendars(entry, zone=member.time_zone, link=link) if entry else [],
        **around(db, member, seen),
    }
