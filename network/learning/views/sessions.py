"""Sessions: beginning one, reading it, taking it up, setting its time, calling it off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.circles.access import circle_to_change
from network.circles.models import Circle
from network.circles.queries.people import circles_inside
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning import access
from network.learning.forms_sessions import BeginForm, CancelForm
from network.learning.kinds import Format, SessionState
from network.learning.services import sessions as services
from network.learning.views.session_page import seen_session, session_page
from network.members import current

sessions = Blueprint("sessions", __name__)


@sessions.get("/learning/sessions/new")
def begin() -> Page:
    form = BeginForm(submission=uuid4().hex, circle=request.args.get("circle", ""))
    return _begin(form)


@sessions.post("/learning/sessions")
@limits.of_member
def write() -> Any:  # noqa: ANN401
    form = sent(BeginForm)
    if not form.validate():
        return _begin(form, status=422)
    make = services.propose if form.host.data == "other" else services.draft
    try:
        session = make(
            db.session,
            current.member(),
            format=Format(form.format.data),
            title=form.title.data or "",
            words=form.words.data or "",
            circle=_circle(form.circle.data or ""),
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
            domain=current_app.config["SETTINGS"].domain,
        )
    except Invalid as refusal:
        take(form, refusal)
        return _begin(form, status=422)
    if session.state is SessionState.DRAFT:
        return see_other("sessions.ask_time", session=session.key)
    flash(_("It is there for sixty days. Whoever would like to host it takes it up."))
    return see_other("sessions.one", session=session.key)


@sessions.get("/learning/sessions/<session>")
def one(session: str) -> Page:
    return session_page(session)


@sessions.post("/learning/sessions/<session>/adopted")
def adopt(session: str) -> Any:  # noqa: ANN401
    seen = seen_session(session)
    services.adopt(db.session, seen.session, actor=current.member(), now=clock.now())
    flash(_("You host it. Now choose a time."))
    return see_other("sessions.ask_time", session=session)


@sessions.get("/learning/sessions/<session>/cancel")
def ask_cancel(session: str) -> Page:
    return page("learning/cancel.html", session=hosted(session).session, form=CancelForm())


@sessions.post("/learning/sessions/<session>/cancel")
@limits.of_member
def cancel(session: str) -> Any:  # noqa: ANN401
    seen = hosted(session)
    form = sent(CancelForm)
    if not form.validate():
        return page("learning/cancel.html", session=seen.session, form=form, status=422)
    services.cancel(
        db.session,
        seen.session,
        actor=current.member(),
        words=form.words.data or "",
        now=clock.now(),
    )
    flash(_("It is cancelled. Whoever had a place is told, and it leaves their calendars."))
    return see_other("sessions.one", session=session)


def hosted(key: str) -> access.Seen:
    """Return the session at this address for whoever asks, if they host it."""
    return access.session_to_host(db.session, current.member(), key, now=clock.now())


def _circle(slug: str) -> Circle | None:
    if not slug:
        return None
    return circle_to_change(db.session, current.member(), slug, now=clock.now()).circle


def _begin(form: BeginForm, *, status: int = 200) -> Page:
    mine = circles_inside(db.session, current.member(), clock.now())
    circles = [(each.slug, each.name) for each in mine]
    form.circle.choices = [("", _("Anybody in the network")), *circles]
    return page("learning/begin.html", form=form, status=status)
