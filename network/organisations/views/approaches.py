"""Writing to a member or a team about one need, and what one's side wrote."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid, NotAllowed
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access, addressed
from network.organisations.addressed import Addressed
from network.organisations.forms_approach import ApproachForm
from network.organisations.models import Organisation, WorkNeed
from network.organisations.queries import approaches as queries
from network.organisations.queries.needs import open_of_side
from network.organisations.queries.people import organisations_of
from network.organisations.services import approach_guards as guards
from network.organisations.services import approaching as services

approaches = Blueprint("approaches", __name__)


@approaches.get("/approaches")
def overview() -> Page:
    member, now = current.member(), clock.now()
    return page(
        "organisations/approach/overview.html",
        written=queries.written(db.session, member, now),
    )


@approaches.get("/people/<handle>/approach")
def write(handle: str) -> Page:
    return _write(_person(handle), _new_form())


@approaches.post("/people/<handle>/approach")
@limits.of_member
def send(handle: str) -> Any:  # noqa: ANN401
    return _send(_person(handle))


@approaches.get("/circles/<slug>/approach")
def write_to_team(slug: str) -> Page:
    return _write(_team(slug), _new_form())


@approaches.post("/circles/<slug>/approach")
@limits.of_member
def send_to_team(slug: str) -> Any:  # noqa: ANN401
    return _send(_team(slug))


def _send(it: Addressed) -> Any:  # noqa: ANN401
    form = sent(ApproachForm)
    if "side" in request.form:  # whoever changes sides takes along what they have typed
        return _write(it, form)
    form.offer(it.kinds)
    if not it.kinds:
        raise NotAllowed(guards.not_open(it.to.name))
    if not form.validate():
        return _write(it, form, status=422)
    try:
        approach = services.send(
            db.session,
            form.letter(),
            writer=current.member(),
            organisation=_side(),
            to=it.to,
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
            grew_from=_grew_from(form.grew_from.data),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _write(it, form, status=422)
    flash(_("Your words are with %(name)s.", name=it.to.name))
    return see_other("approaches.approach", approach=approach.key)


def _write(it: Addressed, form: ApproachForm, *, status: int = 200) -> Page:
    member, now, organisation = current.member(), clock.now(), _side()
    form.offer(it.kinds)
    form.offer_needs(open_of_side(db.session, member, organisation, now))
    desk = queries.desk(db.session, member, organisation, now)
    return page(
        "organisations/approach/write.html",
        status=status,
        form=form,
        to=it.to,
        profile=it.profile,
        not_open="" if it.kinds else guards.not_open(it.to.name),
        again_from=queries.held_until(db.session, member, organisation, it.to, now),
        desk=desk,
        held_back=guards.held_back(desk, now),
        ends=now + queries.OPEN_FOR,
        sides=organisations_of(db.session, member),
    )


def _grew_from(key: str | None) -> WorkNeed | None:
    if not key:
        return None
    return access.need_to_hold(db.session, current.member(), key, now=clock.now()).need


def _new_form() -> ApproachForm:
    return ApproachForm(submission=uuid4().hex)


def _side() -> Organisation | None:
    """Return the organisation in whose name the member writes, or None for themselves."""
    slug = request.args.get("for", "")
    if not slug:
        return None
    member, now = current.member(), clock.now()
    return access.organisation_to_speak_for(db.session, member, slug, now=now).organisation


def _person(handle: str) -> Addressed:
    return addressed.person_to(db.session, current.member(), handle, now=clock.now())


def _team(slug: str) -> Addressed:
    return addressed.team_to(db.session, current.member(), slug, now=clock.now())
