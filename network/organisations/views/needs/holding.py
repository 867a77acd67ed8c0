"""Holding a need: closing it with words, showing it in a circle, asking in a Green Room; and, for
whoever facilitates a circle, taking it down there.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.circles.access import circle_for, circle_to_facilitate
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning.forms_rooms import RoomForm
from network.members import current
from network.organisations import access
from network.organisations.access import SeenNeed
from network.organisations.forms_needs import CloseForm, ShowForm
from network.organisations.queries import showings as queries
from network.organisations.services import needs as services
from network.organisations.services import showing
from network.organisations.views.needs.blueprint import work_needs
from network.organisations.views.needs.reading import shown, submission_of


@work_needs.post("/needs/<work_need>/close")
@limits.of_member
def close(work_need: str) -> Any:  # noqa: ANN401
    seen, form = _held(work_need), sent(CloseForm)
    if not form.validate():
        return shown(seen, close=form, status=422)
    services.close_need(
        db.session,
        seen.need,
        actor=current.member(),
        outcome=form.outcome.data,
        now=clock.now(),
    )
    flash(_("Closed. Those it was shown to read what became of it."))
    return see_other("work_needs.need", work_need=work_need)


@work_needs.get("/needs/<work_need>/show")
def choose_circle(work_need: str) -> Page:
    return _choose(_held(work_need), ShowForm())


@work_needs.post("/needs/<work_need>/show")
@limits.of_member
def show_in(work_need: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen, form = _held(work_need), sent(ShowForm)
    if not form.validate():
        return _choose(seen, form, status=422)
    circle = circle_for(db.session, member, form.circle.data or "", now=now).circle
    try:
        put = showing.show_in(
            db.session,
            seen.need,
            circle,
            actor=member,
            words=form.words.data,
            now=now,
        )
    except Invalid as refusal:
        take(form, refusal)
        return _choose(seen, form, status=422)
    if put.shown_at is not None:
        flash(_("Its people read it on the circle’s page."))
    else:
        flash(_("Those who facilitate the circle are asked. One yes shows it there."))
    return see_other("work_needs.need", work_need=work_need)


@work_needs.get("/needs/<work_need>/green-room")
def think_of_question(work_need: str) -> Page:
    return _question(_held(work_need), RoomForm(submission=uuid4().hex))


@work_needs.post("/needs/<work_need>/green-room")
@limits.of_member
def ask_in_green_room(work_need: str) -> Any:  # noqa: ANN401
    seen, form = _held(work_need), sent(RoomForm)
    if not form.validate():
        return _question(seen, form, status=422)
    room = services.ask_in_green_room(
        db.session,
        seen.need,
        actor=current.member(),
        question=form.question.data,
        why=form.why.data,
        submission=submission_of(form),
        now=clock.now(),
    )
    flash(_("The room is open for a week. Whoever cares sits down."))
    return see_other("rooms.one", room=room.key)


@work_needs.post("/circles/<slug>/needs/<work_need>/take-down")
def take_down(slug: str, work_need: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    circle = circle_to_facilitate(db.session, member, slug, now=now).circle
    need = access.need_for(db.session, member, work_need, now=now).need
    showing.take_down(db.session, need, circle, actor=member, now=now)
    flash(_("It is not shown in the circle any more. Nobody is told."))
    return see_other("circles.one", slug=slug)


def _held(key: str) -> SeenNeed:
    return access.need_to_hold(db.session, current.member(), key, now=clock.now())


def _choose(seen: SeenNeed, form: ShowForm, *, status: int = 200) -> Page:
    found = queries.circles_to_choose(db.session, current.member(), clock.now())
    form.circle.choices = [(circle.slug, circle.name) for circle in found]
    return page("organisations/need_show.html", seen=seen, need=seen.need, form=form, status=status)


def _question(seen: SeenNeed, form: RoomForm, *, status: int = 200) -> Page:
    return page("organisations/need_room.html", seen=seen, need=seen.need, form=form, status=status)
