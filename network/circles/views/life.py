"""The life of a circle: beginning, rest, the end."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_babel import gettext as _

from network import clock
from network.circles import access
from network.circles.beginnings import BEGINNINGS
from network.circles.services import living as services
from network.circles.views.blueprint import circles
from network.db import db
from network.errors import NotFound
from network.htmx import Page, page, see_other
from network.members import current


@circles.get("/circles/<slug>/life")
def life(slug: str) -> Page:
    seen = access.circle_to_facilitate(db.session, current.member(), slug, now=clock.now())
    beginning = BEGINNINGS[seen.circle.form]
    return page("circles/life.html", circle=seen.circle, beginning=beginning)


@circles.post("/circles/<slug>/begun")
def begin_meeting(slug: str) -> Any:  # noqa: ANN401
    return _move(slug, services.begin, _("It has begun."))


@circles.post("/circles/<slug>/resting")
def put_to_rest(slug: str) -> Any:  # noqa: ANN401
    return _move(slug, services.put_to_rest, _("The circle rests. Everything in it stays."))


@circles.post("/circles/<slug>/closing")
def close(slug: str) -> Any:  # noqa: ANN401
    return _move(slug, services.close, _("Now everybody may say what they learned."))


@circles.post("/circles/<slug>/archived")
def archive(slug: str) -> Any:  # noqa: ANN401
    return _move(slug, services.archive, _("It is kept. Nobody writes in it any more."))


@circles.post("/circles/<slug>/awake")
def wake(slug: str) -> Any:  # noqa: ANN401
    now = clock.now()
    seen = access.circle_to_change(db.session, current.member(), slug, now=now)
    if seen.place is None:
        raise NotFound
    services.wake(db.session, seen.circle, seen.place, now=now)
    flash(_("The circle is awake. You facilitate."))
    return see_other("circles.one", slug=slug)


def _move(slug: str, service: Any, said: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.circle_to_facilitate(db.session, member, slug, now=now)
    service(db.session, seen.circle, actor=member, now=now)
    flash(said)
    return see_other("circles.one", slug=slug)
