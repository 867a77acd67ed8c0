"""Taking back what is on the way; and ceasing to speak for an organisation, or ending another."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import NotFound
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access, access_people
from network.organisations.access import Seen
from network.organisations.kinds import Speaks
from network.organisations.models import Representative
from network.organisations.services import inviting, representing
from network.organisations.views.organisation_blueprint import organisations


@organisations.post("/organisations/<organisation>/representatives/<representative>/take-back")
def take_back(organisation: str, representative: str) -> Any:  # noqa: ANN401
    seen, place = _place(organisation, representative)
    inviting.take_back(
        db.session, seen.organisation, place, actor=current.member(), now=clock.now()
    )
    flash(_("Taken back. Nobody is told."))
    return _to_people(organisation)


@organisations.get("/organisations/<organisation>/representatives/<representative>/end")
def ask_end(organisation: str, representative: str) -> Page:
    seen, place = _place(organisation, representative)
    if place.state is not Speaks.ACTIVE:
        raise NotFound
    return page(
        "organisations/end.html",
        organisation=seen.organisation,
        place=place,
        is_own=place.member_id == current.member().id,
    )


@organisations.post("/organisations/<organisation>/representatives/<representative>/end")
@limits.of_member
def end(organisation: str, representative: str) -> Any:  # noqa: ANN401
    member = current.member()
    seen, place = _place(organisation, representative)
    representing.end(
        db.session,
        seen.organisation,
        place,
        actor=member,
        now=clock.now(),
        above=current_app.extensions["endings"],
    )
    if place.member_id == member.id:
        flash(_("You speak for it no longer."))
        return see_other("organisations.overview")
    flash(_("%(name)s speaks for it no longer.", name=place.member.name))
    return _to_people(organisation)


def _to_people(slug: str) -> Any:  # noqa: ANN401
    return see_other("organisations.page", organisation=slug, _anchor="people")


def _place(slug: str, key: str) -> tuple[Seen, Representative]:
    member, now = current.member(), clock.now()
    seen = access.organisation_for(db.session, member, slug, now=now)
    return seen, access_people.place_of_another(db.session, member, seen, key, now=now)
