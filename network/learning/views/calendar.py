"""A member's own calendar: a month, one session as a file, and a secret address to subscribe to."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from network import auth, clock, ics, limits
from network.addresses import on_base
from network.db import db
from network.errors import NotFound
from network.htmx import Page, page, see_other
from network.learning import month as months
from network.learning.access import session_for
from network.learning.access_feeds import feed_owner, has_feed
from network.learning.calendar import calendar_text
from network.learning.queries.calendar import entry_for, feed_entries, month_entries
from network.learning.services import feeds
from network.mail import Method
from network.members import current

calendar = Blueprint("calendar", __name__)


@calendar.get("/learning/calendar")
def month() -> Page:
    me, now = current.member(), clock.now()
    first = months.month_named(request.args.get("month", ""), me.time_zone, now)
    from_at, until = months.bounds(first, me.time_zone)
    entries = month_entries(db.session, me, from_at=from_at, until=until, now=now)
    laid_out = months.laid_out(first, entries, zone=me.time_zone, now=now)
    return page("learning/month.html", month=laid_out, zone=me.time_zone)


@calendar.get("/learning/sessions/<session>.ics")
def one(session: str) -> Response:
    me, now = current.member(), clock.now()
    entry = entry_for(session_for(db.session, me, session, now=now))
    if entry is None:
        raise NotFound
    text = calendar_text(
        [entry],
        house=current.house().name,
        zone=me.time_zone,
        link=on_base,
        now=now,
        method=Method.CANCEL if entry.is_cancelled else Method.PUBLISH,
    )
    return ics.file(text, "attachment; filename=session.ics")


@calendar.get("/calendar/<token>.ics")
@auth.public
@limits.calendars
def feed(token: str) -> Response:
    now = clock.now()
    owner = feed_owner(db.session, token)
    text = calendar_text(
        feed_entries(db.session, owner, now=now),
        house=current.house().name,
        zone=owner.time_zone,
        link=on_base,
        now=now,
    )
    return ics.file(text, "inline; filename=calendar.ics")


@calendar.get("/me/calendar")
def address() -> Page:
    return _address("")


@calendar.post("/me/calendar/make")
@limits.of_member
def make() -> Page:
    return _address(feeds.make_feed(db.session, current.member(), now=clock.now()))


@calendar.post("/me/calendar/rotate")
@limits.of_member
def rotate() -> Page:
    return _address(feeds.rotate_feed(db.session, current.member(), now=clock.now()))


@calendar.post("/me/calendar/revoke")
@limits.of_member
def revoke() -> Answer:
    feeds.revoke_feed(db.session, current.member(), now=clock.now())
    flash(_("Nobody can read your calendar by that address any more."))
    return see_other("calendar.address")


def _address(token: str) -> Page:
    """Show the page of the secret address. The token is in this one answer and nowhere else."""
    secret = on_base("calendar.feed", token=token) if token else ""
    return page(
        "learning/calendar_address.html",
        secret=secret,
        subscribe=f"webcal:{secret.partition(':')[2]}" if secret else "",
        has_feed=bool(token) or has_feed(db.session, current.member()),
    )
