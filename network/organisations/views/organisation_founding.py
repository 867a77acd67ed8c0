"""Beginning the page of an organisation, and saying other things on it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.forms import BeginForm, OrganisationForm
from network.organisations.kinds import VerifiedBy
from network.organisations.models import Organisation
from network.organisations.services import founding as services
from network.organisations.views.organisation_blueprint import organisations


@organisations.get("/organisations/new")
def begin() -> Page:
    return _begin(BeginForm(submission=uuid4().hex))


@organisations.post("/organisations/new")
@limits.of_member
def found() -> Any:  # noqa: ANN401
    form = sent(BeginForm)
    if not form.validate():
        return _begin(form, status=422)
    try:
        organisation = services.begin(
            db.session,
            current.member(),
            form.plan(),
            role=form.role.data or "",
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _begin(form, status=422)
    flash(_("It is there. Verify it, and others can find it."))
    return see_other("organisations.verify", organisation=organisation.slug)


@organisations.get("/organisations/<organisation>/edit")
def edit(organisation: str) -> Page:
    found_one = _spoken_for(organisation)
    return _edit(found_one, OrganisationForm(obj=found_one))


@organisations.post("/organisations/<organisation>/edit")
@limits.of_member
def change(organisation: str) -> Any:  # noqa: ANN401
    found_one = _spoken_for(organisation)
    form = sent(OrganisationForm)
    if not form.validate():
        return _edit(found_one, form, status=422)
    try:
        ended = services.change(
            db.session, found_one, form.plan(), actor=current.member(), now=clock.now()
        )
    except Invalid as refusal:
        take(form, refusal)
        return _edit(found_one, form, status=422)
    if ended:
        flash(_("Saved. A steward looked at the other name, so it is not verified any more."))
    else:
        flash(_("Saved."))
    return see_other("organisations.page", organisation=organisation)


def _spoken_for(slug: str) -> Organisation:
    member = current.member()
    seen = access.organisation_to_speak_for(db.session, member, slug, now=clock.now())
    return seen.organisation


def _begin(form: BeginForm, *, status: int = 200) -> Page:
    return page("organisations/begin.html", form=form, status=status)


def _edit(organisation: Organisation, form: OrganisationForm, *, status: int = 200) -> Page:
    return page(
        "organisations/edit.html",
        organisation=organisation,
        form=form,
        by_steward=organisation.verified_by is VerifiedBy.STEWARD,
        status=status,
    )
