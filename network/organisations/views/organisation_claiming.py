"""Claiming the page of an organisation that one speaks for outside."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.access import Seen
from network.organisations.forms import ClaimForm
from network.organisations.kinds import Speaks
from network.organisations.services import claiming as services
from network.organisations.views.organisation_blueprint import organisations


@organisations.get("/organisations/<organisation>/claim")
def claim(organisation: str) -> Any:  # noqa: ANN401
    seen = _known(organisation)
    if seen.place is not None and seen.place.state is not Speaks.INVITED:
        return see_other("organisations.page", organisation=organisation)
    return _claim(seen, ClaimForm())


@organisations.post("/organisations/<organisation>/claim")
@limits.of_member
def put_claim(organisation: str) -> Any:  # noqa: ANN401
    seen = _known(organisation)
    form = sent(ClaimForm)
    if not form.validate():
        return _claim(seen, form, status=422)
    try:
        place = services.claim(
            db.session,
            seen.organisation,
            current.member(),
            words=form.words.data or "",
            role=form.role.data or "",
            now=clock.now(),
        )
    except Invalid as refusal:
        refusal.field = "words" if refusal.field == "reason" else refusal.field
        take(form, refusal)
        return _claim(seen, form, status=422)
    if place.state is Speaks.ACTIVE:
        flash(_("You speak for it now."))
    else:
        flash(_("Your words are with those who can answer. You read here what comes of it."))
    return see_other("organisations.page", organisation=organisation, _anchor="people")


def _known(slug: str) -> Seen:
    return access.organisation_for(db.session, current.member(), slug, now=clock.now())


def _claim(seen: Seen, form: ClaimForm, *, status: int = 200) -> Page:
    return page(
        "organisations/claim.html",
        organisation=seen.organisation,
        is_at_domain=services.is_at_domain(seen.organisation, current.member()),
        form=form,
        status=status,
    )
