"""What hosts do for a session and for those who come to it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning.access import Seen
from network.learning.forms_sessions import SayForm
from network.learning.kinds import Attendance
from network.learning.queries.seats import seat_to_note
from network.learning.services import holding, hosting
from network.learning.views.sessions import hosted, sessions
from network.members import current
from network.members.access import member_for


@sessions.post("/learning/sessions/<session>/places/<seat>/came")
def note_who_came(session: str, seat: str) -> Any:  # noqa: ANN401
    member = current.member()
    seen = hosted(session)
    found = seat_to_note(db.session, member, seen, seat)
    if found is None:
        raise NotFound
    attended = next((e for e in Attendance if e.value == request.form.get("came")), None)
    if attended is None:
        raise Invalid(_("Say whether they came."))
    holding.record_attendance(
        db.session, seen.session, actor=member, seat=found, attended=attended, now=clock.now()
    )
    return see_other("sessions.one", session=session, _anchor="host")


@sessions.post("/learning/sessions/<session>/prepared")
def prepare(session: str) -> Any:  # noqa: ANN401
    holding.tick(
        db.session,
        hosted(session).session,
        request.form.get("item", ""),
        actor=current.member(),
        done=request.form.get("done") == "yes",
        now=clock.now(),
    )
    return see_other("sessions.one", session=session, _anchor="host")


@sessions.post("/learning/sessions/<session>/message")
@limits.of_member
def say(session: str) -> Any:  # noqa: ANN401
    seen, form = hosted(session), sent(SayForm)
    if not form.validate():
        return _say(seen, form, status=422)
    try:
        holding.message(
            db.session,
            seen.session,
            actor=current.member(),
            body=form.body.data or "",
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _say(seen, form, status=422)
    flash(_("Said to those who are going."))
    return see_other("sessions.one", session=session, _anchor="host")


@sessions.post("/learning/sessions/<session>/hosts")
@limits.of_member
def add_host(session: str) -> Any:  # noqa: ANN401
    seen, now = hosted(session), clock.now()
    person = member_for(db.session, current.viewer(), request.form.get("handle", ""), now=now)
    hosting.add_host(db.session, seen.session, actor=current.member(), person=person, now=now)
    flash(_("%(name)s hosts it with you.", name=person.name))
    return see_other("sessions.one", session=session, _anchor="host")


@sessions.post("/learning/sessions/<session>/hosts/step-down")
def step_down(session: str) -> Any:  # noqa: ANN401
    seen = hosted(session)
    hosting.step_down(db.session, seen.session, actor=current.member(), now=clock.now())
    flash(_("You host it no longer."))
    return see_other("learning.overview")


def _say(seen: Seen, form: SayForm, *, status: int) -> Page:
    return page("learning/say.html", session=seen.session, form=form, status=status)
