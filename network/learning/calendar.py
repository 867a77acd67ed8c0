"""Sessions as entries of a calendar (RFC 5545): what, when and where, and nothing about people.

Every time is written in UTC. It is one instant for Google, Apple and Outlook alike, in hours that
strike twice, in years long gone and after a country changed its rules; a zone by name would have to
mean the same to all of them. Each session of a series is an entry of its own, so no calendar has to
repeat anything by a rule. In which zone it was set is said in words.

Whoever keeps the calendar reads along, so an entry holds the title, the time, a link, and where it
is for those who may read that. Nobody is listed as attending. (It is not marked as private: Google
then shows its owner “busy” instead of the title.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlencode

from flask_babel import gettext as _
from icalendar import Event, vCalAddress, vText

from network import ics
from network.ics import line
from network.learning.clock_words import When, when
from network.learning.kinds import SessionState
from network.learning.models import LearningSession
from network.mail import Method

PRODUCT = "Learning"
# How often a calendar may come back: more often finds nothing new.
REFRESH = timedelta(hours=1)
UTC_BASIC = "%Y%m%dT%H%M%SZ"
UTC_EXTENDED = "%Y-%m-%dT%H:%M:%SZ"
# Nothing that somebody wrote can hold these: a break of a line is not in it.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_DTSTAMP = "\r\nDTSTAMP:{}\r\n"
_UNSTAMPED = _DTSTAMP.format(_NEVER.strftime(UTC_BASIC))
_END = "END:VCALENDAR"

Link = Callable[..., str]


class Standing(StrEnum):
    """What somebody has to do with a session that is in their calendar."""

    HOSTS = "hosts"
    GOING = "going"
    OFFERED = "offered"
    # A meeting of a circle of theirs.
    OF_CIRCLE = "of_circle"
    # Their place was given back, passed on or taken away.
    ENDED = "ended"
    # Nothing yet: they may know of it.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """A session in somebody's calendar, with what they may read of it now."""

    session: LearningSession
    standing: Standing
    reads_place: bool
    touched_at: datetime

    @property
    def is_cancelled(self) -> bool:
        """Whether it is to go from the calendar: the session is off, or their place at it."""
        return self.session.state is SessionState.CANCELLED or self.standing is Standing.ENDED

    @property
    def title(self) -> str:
        """What it is called, on one line."""
        return line(self.session.title)

    @property
    def place(self) -> str:
        """Where it is, for those who read that."""
        kept = self.session.place if self.reads_place and not self.is_cancelled else ""
        return ", ".join(filter(None, (line(part).rstrip(",") for part in kept.splitlines())))

    def when(self, zone: str) -> When:
        """Return when it is, in words."""
        return when(self.session, zone)

    def link(self, link: Link) -> str:
        """Return the address of its page."""
        return link("sessions.one", session=self.session.key)

    def told(self, zone: str, link: Link) -> str:
        """Return what stands below the title: when it is for whom, and where to read more."""
        offered = self.standing is Standing.OFFERED and not self.is_cancelled
        parts = (
            self.when(zone).words,
            _("A place is offered to you. It is yours once you have taken it.") if offered else "",
            self.link(link),
        )
        return "\n".join(filter(None, map(line, parts)))


def calendar_text(
    entries: Iterable[Entry],
    *,
    house: str,
    zone: str,
    link: Link,
    now: datetime,
    method: Method = Method.PUBLISH,
    sender: str = "",
) -> str:
    """Return a calendar of these entries, as its reader in that zone may read them now.

    `sender` is the network's own address: in a letter, not in a file (RFC 5546, 3.2.1).
    """
    calendar = ics.blank(house, product=PRODUCT, method=method)
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    written = [
        _event_text(_facts(entry, zone=zone, link=link, house=house, sender=sender))
        for entry in entries
    ]
    stamp = _DTSTAMP.format(now.astimezone(UTC).strftime(UTC_BASIC))
    events = "".join(text.replace(_UNSTAMPED, stamp, 1) for text in written)
    return f"{events}{_END}".join(ics.written(calendar).rsplit(_END, 1))


def farewell_text(session: LearningSession, *, house: str, sender: str, now: datetime) -> str:
    """Return what takes an entry out of the calendar of somebody who may know of it no longer.

    It names the entry by its number and says nothing else about it.
    """
    event = Event()
    event.add("uid", line(session.uid))
    event.add("dtstamp", now)
    event.add("sequence", session.sequence)
    event.add("status", "CANCELLED")
    event.add("organizer", _network(sender, house))
    calendar = ics.blank("", product=PRODUCT, method=Method.CANCEL)
    calendar.add_component(event)
    return ics.written(calendar)


@dataclass(frozen=True, slots=True)
class WebCalendar:
    """A calendar on the web, and the address at which it takes up a session."""

    name: str
    address: str


def web_calendars(entry: Entry, *, zone: str, link: Link) -> list[WebCalendar]:
    """Return links that put a session into common calendars; nothing is sent before one is used."""
    starts, ends = entry.session.starts_at, entry.session.ends_at
    if starts is None or ends is None or entry.is_cancelled:
        return []
    told = entry.told(zone, link)
    google = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": f"{starts.strftime(UTC_BASIC)}/{ends.strftime(UTC_BASIC)}",
        "details": told,
        "location": entry.place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": starts.strftime(UTC_EXTENDED),
        "enddt": ends.strftime(UTC_EXTENDED),
        "body": told,
        "location": entry.place,
    }
    compose = f"/calendar/0/deeplink/compose?{_query(outlook)}"
    return [
        WebCalendar("Google", f"https://calendar.google.com/calendar/render?{_query(google)}"),
        WebCalendar("Outlook", f"https://outlook.live.com{compose}"),
        WebCalendar("Microsoft 365", f"https://outlook.office.com{compose}"),
    ]


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that an entry says, but for the instant at which it is written down."""

    uid: str
    sequence: int
    touched_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    title: str
    told: str
    address: str
    status: str
    place: str
    house: str
    sender: str


def _facts(entry: Entry, *, zone: str, link: Link, house: str, sender: str) -> _Facts:
    session = entry.session
    return _Facts(
        uid=line(session.uid),
        sequence=session.sequence,
        touched_at=entry.touched_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=entry.title,
        told=entry.told(zone, link),
        address=entry.link(link),
        status=_status(entry),
        place=entry.place,
        house=house,
        sender=sender,
    )


# Calendars come back every hour for the same facts, and to write one entry takes half a
# millisecond. The facts are the whole key: what somebody may not read any more is not found here.
@lru_cache(maxsize=2048)
def _event_text(facts: _Facts) -> str:
    """Return an entry as text, stamped with an instant that is to be replaced."""
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    event.add("dtstamp", _NEVER)
    event.add("last-modified", facts.touched_at)
    event.add("dtstart", facts.starts_at)
    event.add("dtend", facts.ends_at)
    event.add("summary", facts.title)
    event.add("description", facts.told)
    event.add("url", facts.address)
    event.add("status", facts.status)
    event.add("transp", "OPAQUE" if facts.status == "CONFIRMED" else "TRANSPARENT")
    if facts.place:
        event.add("location", facts.place)
    if facts.sender:
        event.add("organizer", _network(facts.sender, facts.house))
    text: str = event.to_ical().decode()
    return text


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "CONFIRMED" if entry.standing in {Standing.HOSTS, Standing.GOING} else "TENTATIVE"


def _network(sender: str, house: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{line(sender)}")
    address.params["cn"] = vText(line(house).replace('"', "’"))
    return address


def _query(values: dict[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})
