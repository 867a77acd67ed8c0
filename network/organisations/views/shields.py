"""What a shield does and does not do, and whether one's own meets an organisation.

The check is posted, so that what somebody hides from stands in no address and no log.
"""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import NotFound
from network.forms import sent
from network.htmx import Page, page
from network.members import current, queries
from network.organisations import access, shield_check
from network.organisations.forms_shields import CheckForm
from network.organisations.shield_check import Checked

shields = Blueprint("shields", __name__)


@shields.get("/me/participation/shields")
def explained() -> Page:
    return _explained(CheckForm())


@shields.post("/me/participation/shields")
@limits.of_member
def check() -> Page:
    form = sent(CheckForm)
    if not form.validate():
        return _explained(form, status=422)
    checked = _checked(form)
    if checked is None:
        form.text.errors = [*form.text.errors, _("Choose an organisation, or type a name.")]
        return _explained(form, status=422)
    return _explained(form, checked=checked)


def _checked(form: CheckForm) -> Checked | None:
    member, now = current.member(), clock.now()
    if form.text.data:
        return shield_check.check_text(db.session, member, form.text.data)
    if not form.organisation.data:
        return None
    try:
        seen = access.organisation_for(db.session, member, form.organisation.data, now=now)
    except NotFound:
        return None
    return shield_check.check_organisation(db.session, member, seen.organisation)


def _explained(form: CheckForm, *, checked: Checked | None = None, status: int = 200) -> Page:
    here = shield_check.choices(db.session)
    form.organisation.choices = [
        ("", _("Choose an organisation")),
        *((each.slug, each.name) for each in here),
    ]
    return page(
        "organisations/shields.html",
        form=form,
        checked=checked,
        own=queries.shields(db.session, current.member()),
        status=status,
    )
