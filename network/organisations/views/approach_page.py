"""One approach, for the side that wrote it and for whoever it was written to."""

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
from network.organisations.forms_approach import NoForm
from network.organisations.queries import approaches as queries
from network.organisations.queries.readiness import standing
from network.organisations.services import ending_approaches as services
from network.organisations.views.approaches import approaches

__all__ = ["approaches"]


@approaches.get("/approaches/<approach>")
def approach(approach: str) -> Page:
    return _shown(approach, NoForm())


@approaches.post("/approaches/<approach>/withdraw")
def withdraw(approach: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found = access.approach_sent(db.session, member, approach, now=now)
    services.withdraw(db.session, found, actor=member, now=now)
    flash(_("Taken back. They are not told."))
    return see_other("approaches.overview")


@approaches.post("/approaches/<approach>/no")
@limits.of_member
def tell_no(approach: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found, _writes = access.approach_for(db.session, member, approach, now=now)
    form = sent(NoForm)
    if not form.validate():
        return _shown(approach, form, status=422)
    try:
        services.tell_no(db.session, found, actor=member, words=form.words.data or "", now=now)
    except Invalid as refusal:
        take(form, refusal)
        return _shown(approach, form, status=422)
    flash(_("They are told, and it is over. Nothing about you changes."))
    return see_other("approaches.approach", approach=approach)


def _shown(key: str, form: NoForm, *, status: int = 200) -> Page:
    member, now = current.member(), clock.now()
    found, writes = access.approach_for(db.session, member, key, now=now)
    talk = queries.talk_of(db.session, member, found, now)
    if writes:
        return page(
            "organisations/approach/sent.html",
            approach=found,
            told=queries.as_writer_sees(found, now),
            again_from=queries.again_from(found),
            talk=talk,
        )
    ask, five = queries.ask_of(db.session, member, found, now), None
    if found.organisation is not None:
        version = found.readiness_version
        five = standing(db.session, found.organisation, now, version=version)
    return page(
        "organisations/approach/received.html",
        status=status,
        approach=found,
        ask=ask,
        five=five,
        may_answer=queries.may_answer(found, ask, now),
        talk=talk,
        form=form,
    )
