"""The time and the words of a session: set, moved and changed by whoever hosts it."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning.access import Seen
from network.learning.forms_sessions import ChangeForm, ScheduleForm, TimeForm
from network.learning.kinds import SessionState
from network.learning.queries.seats import places
from network.learning.services import scheduling
from network.learning.views.sessions import hosted, sessions
from network.members import current


@sessions.get("/learning/sessions/<session>/time")
def ask_time(session: str) -> Page:
    seen, member = hosted(session), current.member()
    if seen.session.state is SessionState.DRAFT:
        return _time(seen, ScheduleForm(zone=member.time_zone, how=seen.session.how))
    form = TimeForm(zone=seen.session.zone)
    return _time(seen, form)


@sessions.post("/learning/sessions/<session>/time")
@limits.of_member
def set_time(session: str) -> Any:  # noqa: ANN401
    seen = hosted(session)
    is_draft = seen.session.state is SessionState.DRAFT
    form, before = sent(ScheduleForm if is_draft else TimeForm), seen.session.sequence
    if not form.validate():
        return _time(seen, form, status=422)
    try:
        (_schedule if is_draft else _reschedule)(seen, form)
    except Invalid as refusal:
        refusal.field = {"begins": "day", "count": "times", "seats": ""}.get(
            refusal.field, refusal.field
        )
        take(form, refusal)
        return _time(seen, form, status=422)
    is_moved = seen.session.sequence > before
    flash(_("Everyone who has a place is asked again.") if is_moved else _("It stands."))
    return see_other("sessions.one", session=session)


@sessions.get("/learning/sessions/<session>/change")
def ask_change(session: str) -> Page:
    seen = hosted(session)
    form = ChangeForm(obj=seen.session)
    form.fill([each.kind for each in places(db.session, seen)])
    return page("learning/change.html", seen=seen, session=seen.session, form=form)


@sessions.post("/learning/sessions/<session>/change")
@limits.of_member
def change(session: str) -> Any:  # noqa: ANN401
    seen = hosted(session)
    form = sent(ChangeForm)
    if not form.validate():
        return page("learning/change.html", seen=seen, session=seen.session, form=form, status=422)
    try:
        scheduling.change(
            db.session,
            seen.session,
            actor=current.member(),
            title=form.title.data or "",
            words=form.words.data or "",
            how=form.how.data or "",
            place=form.place.data or "",
            seats=form.rooms() if seen.session.state is SessionState.SCHEDULED else None,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return page("learning/change.html", seen=seen, session=seen.session, form=form, status=422)
    flash(_("Saved."))
    return see_other("sessions.one", session=session)


def _time(seen: Seen, form: Any, *, status: int = 200) -> Page:  # noqa: ANN401
    return page("learning/time.html", seen=seen, session=seen.session, form=form, status=status)


def _schedule(seen: Seen, form: ScheduleForm) -> None:
    scheduling.schedule(
        db.session,
        seen.session,
        actor=current.member(),
        zone=form.zone.data or "",
        begins=form.begins(),
        minutes=form.minutes.data or 0,
        place=form.place.data or "",
        how=form.how.data or "",
        seats=form.rooms(),
        repeats=form.rule(),
        now=clock.now(),
    )


def _reschedule(seen: Seen, form: TimeForm) -> None:
    scheduling.reschedule(
        db.session,
        seen.session,
        actor=current.member(),
        zone=form.zone.data or "",
        begins=form.begins(),
        minutes=form.minutes.data or 0,
        now=clock.now(),
    )
