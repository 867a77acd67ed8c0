"""Beginning a circle in two steps, and saying other things of it later."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access
from network.circles.beginnings import BEGINNINGS, Beginning, first_agreements
from network.circles.forms import CircleForm, FoundForm
from network.circles.kinds import Form
from network.circles.services import founding as services
from network.circles.views.blueprint import circles
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current


@circles.get("/circles/new")
def begin() -> Page:
    return page("circles/begin.html", beginnings=list(BEGINNINGS.values()))


@circles.get("/circles/new/<form>")
def plan(form: str) -> Page:
    beginning = _beginning(form)
    return _plan(
        beginning,
        FoundForm(
            submission=uuid4().hex,
            door=beginning.door.value,
            most=beginning.usual,
            rhythm=str(beginning.rhythm),
            agreements=first_agreements(beginning.form),
            leavers_keep=True,
        ),
    )


@circles.post("/circles/new/<form>")
@limits.of_member
def found(form: str) -> Any:  # noqa: ANN401
    beginning = _beginning(form)
    filled = sent(FoundForm)
    if not filled.validate():
        return _plan(beginning, filled, status=422)
    try:
        circle = services.found(
            db.session,
            current.member(),
            beginning.form,
            filled.plan(),
            agreements=filled.agreements.data or "",
            submission=(filled.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(filled, refusal)
        return _plan(beginning, filled, status=422)
    flash(_("It is there. Now ask people in."))
    return see_other("circles.one", slug=circle.slug)


@circles.get("/circles/<slug>/change")
def ask_change(slug: str) -> Page:
    circle = access.circle_to_facilitate(db.session, current.member(), slug, now=clock.now()).circle
    return _change(slug, CircleForm(obj=circle))


@circles.post("/circles/<slug>/change")
@limits.of_member
def change(slug: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    circle = access.circle_to_facilitate(db.session, member, slug, now=now).circle
    filled = sent(CircleForm)
    if not filled.validate():
        return _change(slug, filled, status=422)
    try:
        services.change(db.session, circle, filled.plan(), actor=member, now=now)
    except Invalid as refusal:
        take(filled, refusal)
        return _change(slug, filled, status=422)
    flash(_("Saved."))
    return see_other("circles.one", slug=slug)


def _beginning(form: str) -> Beginning:
    found_form = next((each for each in Form if each.value == form), None)
    if found_form is None:
        raise NotFound
    return BEGINNINGS[found_form]


def _plan(beginning: Beginning, form: FoundForm, *, status: int = 200) -> Page:
    return page("circles/plan.html", beginning=beginning, form=form, status=status)


def _change(slug: str, form: CircleForm, *, status: int = 200) -> Page:
    member = current.member()
    seen = access.circle_to_facilitate(db.session, member, slug, now=clock.now())
    return page(
        "circles/change.html",
        circle=seen.circle,
        beginning=BEGINNINGS[seen.circle.form],
        form=form,
        status=status,
    )
