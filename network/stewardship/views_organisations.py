"""The steward's desk for organisations: those that ask to be verified, and claims to pages for
which nobody speaks. A steward who has to do with one does not decide about it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _

from network import auth, clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.members.models import Member
from network.organisations.queries.stewarding import asking_stewards, claims
from network.organisations.services import claiming, verifying
from network.stewardship import access_organisations as access
from network.stewardship.access import steward_only
from network.stewardship.forms_organisations import AnswerForm

organisations_desk = Blueprint("organisations_desk", __name__)


@organisations_desk.get("/steward/organisations")
@auth.public
def desk() -> Page:
    return _desk(_steward())


@organisations_desk.post("/steward/organisations/<organisation>")
@auth.public
@limits.of_member
def answer(organisation: str) -> Any:  # noqa: ANN401
    steward = _steward()
    found = access.organisation_to_decide(db.session, steward, organisation)
    form = sent(AnswerForm)
    try:
        verifying.answer_as_steward(
            db.session,
            found,
            steward=steward,
            yes=form.answer.data == "yes",
            words=form.words.data or "",
            read=form.read.data or "",
            now=clock.now(),
        )
    except Invalid as refusal:
        return _desk(steward, at=organisation, refusal=refusal, form=form)
    flash(_("Answered. Those who speak for it are told."))
    return see_other("organisations_desk.desk")


@organisations_desk.post("/steward/organisations/<organisation>/claims/<representative>")
@auth.public
@limits.of_member
def answer_claim(organisation: str, representative: str) -> Any:  # noqa: ANN401
    steward = _steward()
    found, place = access.claim_to_decide(db.session, steward, organisation, representative)
    form = sent(AnswerForm)
    try:
        claiming.decide(
            db.session,
            found,
            place,
            steward=steward,
            yes=form.answer.data == "yes",
            words=form.words.data or "",
            now=clock.now(),
        )
    except Invalid as refusal:
        return _desk(steward, at=representative, refusal=refusal, form=form)
    flash(_("Answered. They are told."))
    return see_other("organisations_desk.desk")


def _steward() -> Member:
    return steward_only(current.member_or_none())


def _desk(
    steward: Member,
    *,
    at: str = "",
    refusal: Invalid | None = None,
    form: AnswerForm | None = None,
) -> Page:
    return page(
        "stewardship/organisations.html",
        asking=asking_stewards(db.session, steward),
        claims=claims(db.session, steward, clock.now()),
        stamp_of=verifying.stamp_of,
        at=at,
        trouble=refusal.sentence if refusal else "",
        words=form.words.data if form else "",
        status=422 if refusal else 200,
    )
