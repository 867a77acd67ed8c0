"""The page of an organisation, and what one says there of oneself."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash
from flask_babel import gettext as _

from network import auth, clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.forms import RoleForm
from network.organisations.page import parts
from network.organisations.services import founding as services
from network.organisations.views.organisation_blueprint import organisations
from network.organisations.views.page_parts import PARTS


@organisations.get("/organisations/<organisation>", endpoint="page")
@auth.public
def one(organisation: str) -> Page:
    return _page(organisation)


@organisations.post("/organisations/<organisation>/role")
@limits.of_member
def say_role(organisation: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.organisation_to_speak_for(db.session, member, organisation, now=now)
    form = sent(RoleForm)
    if not form.validate():
        return _page(organisation, form=form, status=422)
    role = form.role.data or ""
    services.say_role(db.session, seen.organisation, actor=member, role=role, now=now)
    flash(_("Saved."))
    return see_other("organisations.page", organisation=organisation, _anchor="people")


def _page(slug: str, *, form: RoleForm | None = None, status: int = 200) -> Page:
    member, now = current.member_or_none(), clock.now()
    seen = access.organisation_for(db.session, member, slug, now=now)
    further = current_app.extensions["organisation_parts"]
    return page(
        "organisations/organisation.html",
        seen=seen,
        organisation=seen.organisation,
        parts=parts(db.session, seen, member, now, of=(*PARTS, *further)),
        role=form or RoleForm(role=seen.place.role if seen.place else ""),
        status=status,
    )
