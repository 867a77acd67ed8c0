"""Places at a session: taking one, giving it back, answering an offer."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Conflict, Invalid
from network.forms import sent
from network.htmx import see_other
from network.learning.access import Seen
from network.learning.forms_sessions import PlaceForm
from network.learning.kinds import SeatState
from network.learning.models import SeatKind
from network.learning.queries.seats import places as places_of
from network.learning.services import seats as services
from network.learning.views.session_page import seen_session, session_page
from network.learning.views.sessions import sessions
from network.members import current


@sessions.post("/learning/sessions/<session>/place")
@limits.of_member
def take_place(session: str) -> Any:  # noqa: ANN401
    seen, form = seen_session(session), sent(PlaceForm)
    if not form.validate():
        return session_page(session, status=422, form=form)
    kind = _kind(seen, form.kind.data or "")
    seat = services.take_seat(
        db.session,
        seen.session,
        current.member(),
        kind=kind,
        named=bool(form.named.data),
        words=form.words.data or "",
        now=clock.now(),
    )
    if seat.state is SeatState.GOING:
        flash(_("A place is yours."))
    else:
        flash(_("You are in line. If a place comes free you are asked."))
    return see_other("sessions.one", session=session, _anchor="places")


@sessions.post("/learning/sessions/<session>/place/back")
def give_back(session: str) -> Any:  # noqa: ANN401
    seen = seen_session(session)
    services.leave_seat(db.session, seen.session, current.member(), now=clock.now())
    flash(_("Given back. It goes to the next in line."))
    return see_other("sessions.one", session=session, _anchor="places")


@sessions.post("/learning/sessions/<session>/place/answer")
def answer(session: str) -> Any:  # noqa: ANN401
    seen, member, now = seen_session(session), current.member(), clock.now()
    if request.form.get("answer") == "no":
        services.pass_seat(db.session, seen.session, member, now=now)
        flash(_("You said not this time. It goes to the next in line."))
    elif request.form.get("answer") == "yes":
        services.take_offered(db.session, seen.session, member, now=now)
        flash(_("A place is yours."))
    else:
        raise Invalid(_("Answer yes or not this time."))
    return see_other("sessions.one", session=session, _anchor="places")


def _kind(seen: Seen, key: str) -> SeatKind:
    found = [each.kind for each in places_of(db.session, seen) if each.kind.key == key]
    if not found:
        raise Conflict(_("That way of taking part is not there any more. Look again."))
    return found[0]
