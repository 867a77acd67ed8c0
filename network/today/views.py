"""The first page: what waits for me and who is near my purpose; the cover for everybody else."""

from __future__ import annotations

from flask_babel import format_datetime
from flask_babel import gettext as _

from network import auth, clock
from network.asks import queries as asks
from network.asks.shown import shown
from network.asks.views import kinds
from network.conversations.unread import unread
from network.db import db
from network.htmx import Page, page
from network.members import current
from network.members.models import Member
from network.members.views.people import finder_for_request, ways_to_found
from network.today import queries, views_house
from network.today.blueprint import today

__all__ = ["today", "views_house"]

NOON, EVENING = 12, 18


@today.get("/")
@auth.public
def home() -> Page:
    member = current.member_or_none()
    now = clock.now()
    if member is None:
        return page("today/landing.html", voices=queries.voices_for_the_web(db.session, now))
    purpose, newcomers = queries.purpose_and_newcomers(db.session, member, now)
    near = finder_for_request().resembling(purpose) if purpose else []
    waits, put_off = asks.due(db.session, member, now)
    waiting = shown(db.session, kinds(), waits)
    return page(
        "today/today.html",
        greeting=greeting(member),
        waiting=waiting,
        waits=bool(waiting),
        words_about_me=queries.words_about(db.session, member, now),
        at=now,
        unread=unread(db.session, member, now),
        put_off=put_off,
        again=queries.to_write_to(db.session, member, now),
        newcomers=newcomers,
        work=queries.work(db.session, member, now),
        coming=queries.coming(db.session, member, now),
        purpose=purpose,
        near=near,
        ways=ways_to_found(near),
    )


def greeting(member: Member) -> str:
    """Greet by the hour where the member is."""
    hour = int(format_datetime(clock.now(), "H"))
    if hour < NOON:
        return _("Good morning, %(name)s.", name=member.name)
    if hour < EVENING:
        return _("Good afternoon, %(name)s.", name=member.name)
    return _("Good evening, %(name)s.", name=member.name)
