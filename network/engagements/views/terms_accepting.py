"""Accepting a version: the whole text once more, by somebody who has just shown that it is them."""

from __future__ import annotations

from flask import flash, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import clock, limits
from network.db import db
from network.engagements.kinds import NegotiationState
from network.engagements.services import negotiating
from network.engagements.views.blueprints import terms
from network.engagements.views.terms_page import as_it_stands
from network.engagements.views.terms_shown import seen_by_me, shown
from network.errors import Conflict
from network.htmx import Page, page, see_other
from network.members import current
from network.members.services.accounts import is_fresh


@terms.get("/negotiations/<negotiation>/versions/<int:number>/accept")
def accept(negotiation: str, number: int) -> Page | Response:
    seen = seen_by_me(negotiation, clock.now())
    if not seen.is_open or seen.negotiation.on_table != number:
        return see_other("terms.page", negotiation=negotiation)
    if not is_fresh(current.sign_in(), seen.now):
        return _again(negotiation, number)
    return page("engagements/accept.html", **shown(seen, number=number, compare=False))


@terms.post("/negotiations/<negotiation>/versions/<int:number>/accept", endpoint="accept")
@limits.of_member
def say_yes(negotiation: str, number: int) -> Page | Response:
    seen = seen_by_me(negotiation, clock.now())
    if not is_fresh(current.sign_in(), seen.now):
        return _again(negotiation, number)
    try:
        negotiating.accept(
            db.session,
            seen.negotiation,
            actor=current.member(),
            number=number,
            shown=request.form.get("digest", ""),
            now=seen.now,
        )
    except Conflict as refusal:
        return as_it_stands(seen_by_me(negotiation, clock.now()), str(refusal.sentence))
    if seen.negotiation.state is NegotiationState.AGREED:
        flash(_("It is agreed: everybody has accepted these very words."))
        return see_other("terms.agreement", negotiation=negotiation)
    flash(_("You accepted version %(n)s. You can take it back until everybody has.", n=number))
    return see_other("terms.page", negotiation=negotiation)


def _again(negotiation: str, number: int) -> Response:
    """Ask who it is once more, and come back to the text that is to be accepted."""
    session["next"] = url_for("terms.accept", negotiation=negotiation, number=number)
    return see_other("signing_in.again")
