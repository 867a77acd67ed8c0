"""Files that calendars read (RFC 5545): what stands at the top of each, and how words stand in one.

Whoever keeps a calendar reads along: what goes into a file says no more than its owner may carry.
"""

from __future__ import annotations

from flask import Response
from icalendar import Calendar

from network.mail import Method
from network.text import clean_line

LONGEST_LINE = 1000


def blank(house: str, *, product: str, method: Method = Method.PUBLISH) -> Calendar:
    """Return a calendar without entries, under the name of the house where one is given."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Commonweal//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    if house:
        calendar.add("x-wr-calname", line(house))
    return calendar


def written(calendar: Calendar) -> str:
    """Return a calendar as it stands in a file."""
    text: str = calendar.to_ical().decode()
    return text


def line(words: str) -> str:
    """Return words as one line: what could end a property or begin another is not in it."""
    return clean_line(words)[:LONGEST_LINE]


def file(text: str, disposition: str) -> Response:
    """Answer with a calendar that nobody on the way keeps."""
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store, private"}
    return Response(text, mimetype="text/calendar", headers=headers)
