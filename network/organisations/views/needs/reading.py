"""Reading what is shown to one, writing down what one needs, and saying “let us talk”."""

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
from network.organisations.access import SeenNeed
from network.organisations.forms_needs import (
    CloseForm,
    TalkForm,
)
from network.organisations.queries import needs as queries
from network.organisations.queries.needs_around import around
from network.organisations.queries.people import organisations_of
from network.organisations.queries.showings import showings
from network.organisations.services import talking
from network.organisations.views.needs.blueprint import work_needs


@work_needs.get("/needs")
def overview() -> Page:
    member, now = current.member(), clock.now()
    return page(
        "organisations/needs.html",
        shown=queries.shown_to(db.session, member, now),
        held=queries.held_by(db.session, member, now),
        organisations=organisations_of(db.session, member),
    )


@work_needs.get("/needs/<work_need>")
def need(work_need: str) -> Page:
    return shown(access.need_for(db.session, current.member(), work_need, now=clock.now()))


@work_needs.post("/needs/<work_need>/talk")
@limits.of_member
def talk(work_need: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen, form = access.need_for(db.session, member, work_need, now=now), sent(TalkForm)
    if not form.validate():
        return shown(seen, talk=form, status=422)
    try:
        talking.let_us_talk(
            db.session,
            seen.need,
            actor=member,
            reason=form.reason.data,
            submission=submission_of(form),
            now=now,
        )
    except Invalid as refusal:
        take(form, refusal)
        return shown(seen, talk=form, status=422)
    flash(_("It is with whoever wrote the need, and with nobody else."))
    return see_other("work_needs.need", work_need=work_need)


@work_needs.post("/needs/<work_need>/talk/take-back")
def take_back(work_need: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.need_for(db.session, member, work_need, now=now)
    talking.take_back(db.session, seen.need, actor=member, now=now)
    flash(_("Taken back. They are not told."))
    return see_other("work_needs.need", work_need=work_need)


def shown(
    seen: SeenNeed,
    *,
    talk: TalkForm | None = None,
    close: CloseForm | None = None,
    status: int = 200,
) -> Page:
    """Return the page of a need as this member may see it."""
    member, now = current.member(), clock.now()
    return page(
        "organisations/need.html",
        seen=seen,
        need=seen.need,
        around=around(db.session, seen.need, member, now),
        showings=showings(db.session, seen.need, member, now) if seen.holds else [],
        talk=talk or TalkForm(submission=uuid4().hex),
        close=close or CloseForm(outcome=seen.need.outcome),
        status=status,
    )


def submission_of(form: Any) -> str:  # noqa: ANN401
    """Return what stands for one sending of a form."""
    return (form.submission.data or uuid4().hex)[:40]
