"""Shields and blocks: raised and lowered by their owner, and seen by nobody else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _

from network import clock
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other, wants_part
from network.members import current, queries
from network.members.forms_profile import ShieldForm
from network.members.services import boundaries as services
from network.members.views.participation import shown

boundaries = Blueprint("boundaries", __name__)


@boundaries.get("/me/boundaries")
def overview() -> Page:
    blocked = queries.blocked_people(db.session, current.member())
    return page("members/blocks.html", blocked=blocked)


@boundaries.post("/me/boundaries/shields")
def raise_shield() -> Any:  # noqa: ANN401
    form = sent(ShieldForm)
    if form.validate():
        try:
            services.raise_shield(
                db.session, current.member(), against=form.against.data, now=clock.now()
            )
        except Invalid as refusal:
            take(form, refusal)
    if form.errors:
        return shown("shields", status=422, shield_form=form)
    return answer(_("The shield is up. Nobody learns of it."))


@boundaries.post("/me/boundaries/shields/<key>/lower")
def lower_shield(key: str) -> Any:  # noqa: ANN401
    services.lower_shield(db.session, current.member(), key=key, now=clock.now())
    return answer(_("That shield is down."))


@boundaries.post("/me/boundaries/<handle>/lift")
def lift_block(handle: str) -> Any:  # noqa: ANN401
    member = current.member()
    blocked_id = queries.blocked_id(db.session, member, handle)
    if blocked_id is not None:
        services.unblock(db.session, member, blocked_id=blocked_id, now=clock.now())
    flash(_("That block is lifted. What it closed stays closed."))
    return see_other("boundaries.overview")


def answer(sentence: str) -> Any:  # noqa: ANN401
    """Show the shields as they are now, and say what changed."""
    if wants_part():
        return shown("shields", shield_said=sentence)
    flash(sentence)
    return see_other("participation.edit", _anchor="shields")
