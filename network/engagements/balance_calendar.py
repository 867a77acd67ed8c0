"""What ends when, as entries of a calendar: whole days and a name, no word of terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from flask_babel import gettext as _
from icalendar import Event

from network import ics
from network.engagements.balance_ends import End, What

Link = Callable[..., str]
# What a calendar writes is for years: it ends there.
LAST_YEAR = 9998


def calendar_text(ends: Iterable[End], *, house: str, link: Link, now: datetime) -> str:
    """Return a calendar of the days on which something ends, for whom they are."""
    calendar = ics.blank(house, product="Portfolio")
    for end in ends:
        if end.day is not None and end.day.year <= LAST_YEAR:
            calendar.add_component(_event(end, link, now))
    return ics.written(calendar)


def _event(end: End, link: Link, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{end.key}@commonweal")
    event.add("dtstamp", now)
    event.add("dtstart", end.day)
    event.add("summary", ics.line(_title(end)))
    event.add("url", link("portfolio.balance", _anchor="ends"))
    event.add("transp", "TRANSPARENT")
    return event


def _title(end: End) -> str:
    if end.what is What.LAPSES:
        return _("Terms with %(name)s lapse", name=end.name)
    if end.what is What.IDLE:
        return _("Terms with %(name)s lapse if nothing happens", name=end.name)
    return _("%(name)s: the last day", name=end.name)
