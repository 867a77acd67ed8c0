"""The agreements of a circle: as they are, how they changed, and the yes of each."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access_decisions
from network.circles.queries import decisions as queries
from network.circles.services import agreeing as services
from network.circles.views.blueprint import circles
from network.db import db
from network.errors import Conflict
from network.forms import number
from network.htmx import Page, page, see_other
from network.members import current


@circles.get("/circles/<slug>/agreements")
def agreements(slug: str) -> Page:
    return _agreements(slug)


@circles.post("/circles/<slug>/agreements/yes")
@limits.of_member
def agree(slug: str) -> Any:  # noqa: ANN401
    place = access_decisions.place_to_agree(db.session, current.member(), slug, now=clock.now())
    version = number(request.form.get("version")) or 0
    try:
        services.agree(db.session, place, version=version, now=clock.now())
    except Conflict as refusal:
        return _agreements(slug, refused=refusal)
    flash(_("You have said yes to the agreements as they are now."))
    return see_other("circles.one", slug=slug)


def _agreements(slug: str, *, refused: Conflict | None = None) -> Page:
    member, now = current.member(), clock.now()
    seen = access_decisions.agreements_for(db.session, member, slug, now=now)
    wordings = queries.wordings_of(db.session, member, seen.circle, now)
    return page(
        "circles/decisions/agreements.html",
        seen=seen,
        circle=seen.circle,
        # Whoever is only asked in reads what they would agree to, and not how it came to be.
        wordings=wordings if seen.is_in_it else wordings[:1],
        proposed=queries.agreements_are_open(db.session, seen.circle) if seen.is_inside else None,
        refused="" if refused is None else str(refused.sentence),
        status=200 if refused is None else refused.status,
    )
