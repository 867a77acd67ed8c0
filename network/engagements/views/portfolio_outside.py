"""Work elsewhere in one’s own balance: written, changed and taken out by its owner alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements.access_outside import own_outside_work
from network.engagements.forms_portfolio import OutsideForm, typed
from network.engagements.models import OutsideWork
from network.engagements.services import outside_work as services
from network.engagements.views.blueprints import portfolio
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current


@portfolio.route("/portfolio/outside", methods=["GET", "POST"])
@limits.of_member
def write() -> Any:  # noqa: ANN401
    form = sent(OutsideForm, submission=uuid4().hex)
    if request.method == "GET":
        return _outside(form)
    work = form.work(current.locale())
    if work is None:
        return _outside(form, status=422)
    key = (form.submission.data or uuid4().hex)[:40]
    try:
        services.write_outside(db.session, current.member(), work, now=clock.now(), submission=key)
    except Invalid as refusal:
        take(form, refusal)
        return _outside(form, status=422)
    flash(_("Kept. Only you see it."))
    return see_other("portfolio.balance", _anchor="elsewhere")


@portfolio.route("/portfolio/outside/<work>", methods=["GET", "POST"])
@limits.of_member
def change(work: str) -> Any:  # noqa: ANN401
    entry = own_outside_work(db.session, current.member(), work)
    form = sent(OutsideForm, **typed(services.says(entry), current.locale()))
    if request.method == "GET":
        return _outside(form, entry)
    said = form.work(current.locale())
    if said is None:
        return _outside(form, entry, status=422)
    try:
        services.change_outside(entry, said, now=clock.now())
    except Invalid as refusal:
        take(form, refusal)
        return _outside(form, entry, status=422)
    flash(_("Kept. Only you see it."))
    return see_other("portfolio.balance", _anchor="elsewhere")


@portfolio.post("/portfolio/outside/<work>/take-out")
@limits.of_member
def take_out(work: str) -> Any:  # noqa: ANN401
    entry = own_outside_work(db.session, current.member(), work)
    services.take_out(db.session, entry)
    flash(_("%(name)s is not counted any more.", name=entry.whom))
    return see_other("portfolio.balance", _anchor="elsewhere")


def _outside(form: OutsideForm, entry: OutsideWork | None = None, *, status: int = 200) -> Page:
    return page("engagements/outside.html", form=form, entry=entry, status=status)
