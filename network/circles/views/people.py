"""Being in a circle: rest, leave, what one does here, taking turns, and parting from somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access
from network.circles.access import Seen
from network.circles.forms import DoesForm, LeaveForm, PartingForm, RestForm, TurnForm
from network.circles.services import facilitating
from network.circles.services import staying as services
from network.circles.views.blueprint import circles
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.models import Membership

MONTH = timedelta(days=30)


@circles.get("/circles/<slug>/rest")
def ask_rest(slug: str) -> Page:
    return page("circles/rest.html", circle=_mine(slug)[0].circle, form=RestForm())


@circles.post("/circles/<slug>/rest")
def rest(slug: str) -> Any:  # noqa: ANN401
    seen, place = _mine(slug)
    form = sent(RestForm)
    if not form.validate():
        return page("circles/rest.html", circle=seen.circle, form=form, status=422)
    now = clock.now()
    until = now + int(form.months.data) * MONTH if form.months.data else None
    services.rest(db.session, seen.circle, place, until=until, now=now)
    flash(_("Your place is kept. Come back whenever you like."))
    return see_other("circles.one", slug=slug)


@circles.post("/circles/<slug>/come-back")
def come_back(slug: str) -> Any:  # noqa: ANN401
    seen, place = _mine(slug)
    services.come_back(db.session, seen.circle, place, now=clock.now())
    flash(_("You are back."))
    return see_other("circles.one", slug=slug)


@circles.post("/circles/<slug>/sit-down")
def sit_down(slug: str) -> Any:  # noqa: ANN401
    seen, place = _mine(slug)
    services.sit_down(db.session, seen.circle, place, now=clock.now())
    flash(_("You are in the conversation again, from here on."))
    return see_other("circles.one", slug=slug)


@circles.get("/circles/<slug>/leave")
def ask_leave(slug: str) -> Page:
    return page("circles/leave.html", circle=_in_it(slug)[0].circle, form=LeaveForm())


@circles.post("/circles/<slug>/leave")
def leave(slug: str) -> Any:  # noqa: ANN401
    seen, place = _in_it(slug)
    form = sent(LeaveForm)
    if not form.validate():
        return page("circles/leave.html", circle=seen.circle, form=form, status=422)
    services.leave(db.session, seen.circle, place, goodbye=form.goodbye.data or "", now=clock.now())
    flash(_("You have left."))
    return see_other("circles.overview")


@circles.post("/circles/<slug>/does")
@limits.of_member
def say_what_one_does(slug: str) -> Any:  # noqa: ANN401
    seen, place = _mine(slug)
    does = sent(DoesForm).does.data or ""
    services.say_what_one_does(db.session, seen.circle, place, does=does, now=clock.now())
    flash(_("Saved."))
    return see_other("circles.one", slug=slug, _anchor="people")


@circles.post("/circles/<slug>/step-down")
def step_down(slug: str) -> Any:  # noqa: ANN401
    seen, place = _mine(slug)
    services.step_down(db.session, seen.circle, place, now=clock.now())
    flash(_("You facilitate no longer."))
    return see_other("circles.one", slug=slug, _anchor="people")


@circles.get("/circles/<slug>/people/<handle>")
def person(slug: str, handle: str) -> Page:
    return _person(slug, handle)


@circles.post("/circles/<slug>/people/<handle>/turn")
@limits.of_member
def ask_to_facilitate(slug: str, handle: str) -> Any:  # noqa: ANN401
    seen, place = _another(slug, handle)
    form = sent(TurnForm)
    if not form.validate():
        return _person(slug, handle, status=422, turn=form)
    try:
        facilitating.ask_to_facilitate(
            db.session,
            seen.circle,
            place,
            actor=current.member(),
            words=form.words.data or "",
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        refusal.field = "words"
        take(form, refusal)
        return _person(slug, handle, status=422, turn=form)
    flash(_("%(name)s is asked.", name=place.member.name))
    return see_other("circles.one", slug=slug, _anchor="people")


@circles.post("/circles/<slug>/people/<handle>/release")
@limits.of_member
def release(slug: str, handle: str) -> Any:  # noqa: ANN401
    return _part(slug, handle, services.release, _("They can come back within half a year."))


@circles.post("/circles/<slug>/people/<handle>/remove")
@limits.of_member
def remove(slug: str, handle: str) -> Any:  # noqa: ANN401
    return _part(slug, handle, services.remove, _("They are not in the circle any more."))


def _part(slug: str, handle: str, part: Any, said: str) -> Any:  # noqa: ANN401
    seen, place = _another(slug, handle)
    form = sent(PartingForm)
    if not form.validate():
        return _person(slug, handle, status=422, parting=form)
    words, now = form.words.data or "", clock.now()
    try:
        part(db.session, seen.circle, place, actor=current.member(), words=words, now=now)
    except Invalid as refusal:
        take(form, refusal)
        return _person(slug, handle, status=422, parting=form)
    flash(said)
    return see_other("circles.one", slug=slug, _anchor="people")


def _person(
    slug: str,
    handle: str,
    *,
    status: int = 200,
    turn: TurnForm | None = None,
    parting: PartingForm | None = None,
) -> Page:
    seen, place = _another(slug, handle)
    return page(
        "circles/person.html",
        circle=seen.circle,
        place=place,
        person=place.member,  # a form that was refused undoes what was loaded of a place
        turn=turn or TurnForm(submission=uuid4().hex),
        parting=parting or PartingForm(),
        status=status,
    )


def _mine(slug: str) -> tuple[Seen, Membership]:
    """Return a circle that goes on with this member's own place in it."""
    seen = access.circle_to_change(db.session, current.member(), slug, now=clock.now())
    return seen, _own(seen)


def _in_it(slug: str) -> tuple[Seen, Membership]:
    """Return a circle with this member's own place, whatever they have agreed to."""
    seen = access.circle_for(db.session, current.member(), slug, now=clock.now())
    if not seen.is_in_it:
        raise NotFound
    return seen, _own(seen)


def _own(seen: Seen) -> Membership:
    if seen.place is None:
        raise NotFound
    return seen.place


def _another(slug: str, handle: str) -> tuple[Seen, Membership]:
    member = current.member()
    seen = access.circle_to_facilitate(db.session, member, slug, now=clock.now())
    place = access.place_of_another(db.session, member, seen, handle)
    if place.member_id == member.id or place.since is None:
        raise NotFound
    return seen, place
