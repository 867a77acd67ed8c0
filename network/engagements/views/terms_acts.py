"""What a party does with terms on the table: taking back, withdrawing, leaving, closing."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import clock, limits
from network.db import db
from network.engagements.access import Seen
from network.engagements.forms_leaving import LeavingForm
from network.engagements.services import negotiating
from network.engagements.views.blueprints import terms
from network.engagements.views.terms_page import as_it_stands
from network.engagements.views.terms_shown import seen_by_me, shown
from network.errors import Conflict
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current


@terms.post("/negotiations/<negotiation>/versions/<int:number>/take-back")
@limits.of_member
def take_back(negotiation: str, number: int) -> Page | Response:
    return _act(
        negotiation,
        lambda seen: negotiating.take_back(
            db.session, seen.negotiation, actor=current.member(), number=number, now=seen.now
        ),
        _("You took your yes back."),
    )


@terms.post("/negotiations/<negotiation>/versions/<int:number>/withdraw")
@limits.of_member
def withdraw(negotiation: str, number: int) -> Page | Response:
    return _act(
        negotiation,
        lambda seen: negotiating.withdraw(
            db.session, seen.negotiation, actor=current.member(), number=number, now=seen.now
        ),
        _("It is off the table."),
    )


@terms.post("/negotiations/<negotiation>/close")
@limits.of_member
def close(negotiation: str) -> Page | Response:
    return _act(
        negotiation,
        lambda seen: negotiating.close(
            db.session, seen.negotiation, actor=current.member(), now=seen.now
        ),
        _("These terms are closed."),
    )


@terms.route("/negotiations/<negotiation>/leave", methods=["GET", "POST"])
@limits.of_member
def leave(negotiation: str) -> Page | Response:
    seen = seen_by_me(negotiation, clock.now())
    if request.method == "POST":
        return _go(seen)
    if not seen.is_open:
        return see_other("terms.page", negotiation=negotiation)
    return page("engagements/leave.html", **shown(seen), form=LeavingForm())


def _go(seen: Seen) -> Page | Response:
    form = sent(LeavingForm)
    if not form.validate():
        return page("engagements/leave.html", **shown(seen), form=form, status=422)
    return _act(
        seen.negotiation.key,
        lambda seen: negotiating.leave(
            db.session,
            seen.negotiation,
            actor=current.member(),
            words=form.words.data or "",
            now=seen.now,
        ),
        _("You have left these terms."),
    )


def _act(negotiation: str, deed: Callable[[Seen], None], said: str) -> Page | Response:
    """Do something with terms and show them; where it came too late, say so and how they stand."""
    seen = seen_by_me(negotiation, clock.now())
    try:
        deed(seen)
    except Conflict as refusal:
        return as_it_stands(seen_by_me(negotiation, clock.now()), str(refusal.sentence))
    flash(said)
    return see_other("terms.page", negotiation=negotiation)
