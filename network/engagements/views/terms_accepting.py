"""Accepting a version: the whole text once more, by somebody who has just shown that it is them."""

from __future__ import annotations

from flask import flash, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import clock, limits
from network.db import db
from network.engagements.access import Seen
from network.engagements.kinds import NegotiationState
from network.engagements.queries.table import work_of
from network.engagements.services import negotiating
from network.engagements.views.blueprints import terms
from network.engagements.views.terms_page import as_it_stands
from network.engagements.views.terms_shown import seen_by_me, shown
from network.errors import Conflict
from network.htmx import Page, page, see_other
from network.members import current
from network.members.services.accounts import is_fresh


@terms.route("/negotiations/<negotiation>/versions/<int:number>/accept", methods=["GET", "POST"])
@limits.of_member
def accept(negotiation: str, number: int) -> Page | Response:
    seen = seen_by_me(negotiation, clock.now())
    if not is_fresh(current.sign_in(), seen.now):
        return _again(negotiation, number)
    if request.method == "POST":
        return _say_yes(seen, number)
    if not seen.is_open or seen.negotiation.on_table != number:
        return see_other("terms.page", negotiation=negotiation)
    found = shown(seen, number=number, compare=False)
    if found["mine"]["yes"]:  # there is nothing left to say yes to
        return see_other("terms.page", negotiation=negotiation)
    return page("engagements/accept.html", **found)


def _say_yes(seen: Seen, number: int) -> Page | Response:
    key = seen.negotiation.key
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
        return as_it_stands(seen_by_me(key, seen.now), str(refusal.sentence))
    if seen.negotiation.state is NegotiationState.AGREED:
        flash(_("It is agreed: everybody has accepted these very words."))
        return see_other("work.engagement", engagement=work_of(db.session, seen))
    flash(_("You accepted version %(n)s. You can take it back until everybody has.", n=number))
    return see_other("terms.page", negotiation=key)


def _again(negotiation: str, number: int) -> Response:
    """Ask who it is once more, and come back to the text that is to be accepted."""
    session["next"] = url_for("terms.accept", negotiation=negotiation, number=number)
    return see_other("signing_in.again")
