"""Writing down what one needs, for oneself or for an organisation one speaks for."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.forms_needs import ALUMNI, CONNECTIONS, EVERYBODY, WorkNeedForm
from network.organisations.models import Organisation
from network.organisations.queries.people import organisations_of
from network.organisations.services import needs as services
from network.organisations.views.needs.blueprint import work_needs
from network.organisations.views.needs.reading import submission_of


@work_needs.get("/needs/new")
def begin() -> Page:
    organisation = _whose()
    return _write(organisation, _offering(organisation, WorkNeedForm(submission=uuid4().hex)))


@work_needs.post("/needs/new")
@limits.of_member
def write() -> Any:  # noqa: ANN401
    organisation = _whose()
    form = _offering(organisation, sent(WorkNeedForm))
    if "side" in request.form:  # whoever changes sides takes along what they have typed
        return _write(organisation, form)
    if not form.validate():
        return _write(organisation, form, status=422)
    need = services.write_need(
        db.session,
        current.member(),
        organisation=organisation,
        title=form.title.data,
        words=form.words.data,
        work=form.kind,
        readers=form.shown_to,
        submission=submission_of(form),
        now=clock.now(),
    )
    flash(_("It is written, and open for ninety days. You can show it in a circle as well."))
    return see_other("work_needs.need", work_need=need.key)


def _whose() -> Organisation | None:
    """Return the organisation in whose name this is written, or None for oneself."""
    slug = request.args.get("for", "")
    if not slug:
        return None
    found = access.organisation_to_speak_for(db.session, current.member(), slug, now=clock.now())
    return found.organisation


def _offering(organisation: Organisation | None, form: Any) -> Any:  # noqa: ANN401
    everybody = [EVERYBODY] if services.is_one_organisation(db.session) else []
    form.offer([*([ALUMNI] if organisation is not None else []), CONNECTIONS, *everybody])
    return form


def _write(organisation: Organisation | None, form: WorkNeedForm, *, status: int = 200) -> Page:
    return page(
        "organisations/need_write.html",
        organisation=organisation,
        form=form,
        organisations=organisations_of(db.session, current.member()),
        status=status,
    )
