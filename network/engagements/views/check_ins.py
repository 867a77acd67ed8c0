"""Answering a check-in, and reading one."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements.forms_work import CheckInForm
from network.engagements.page import Opened, opened
from network.engagements.queries.check_ins import Seen, schedule, seen
from network.engagements.queries.work import spells
from network.engagements.services import checking_in
from network.engagements.views.blueprints import work
from network.engagements.views.engagement import seen_by_me
from network.errors import Conflict, Invalid, NotFound, Refusal
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current


@work.route("/engagements/<engagement>/check-in/<int:number>", methods=["GET", "POST"])
def check_in(engagement: str, number: int) -> Any:  # noqa: ANN401
    return _answer(engagement, number) if request.method == "POST" else _shown(engagement, number)


@limits.of_member
def _answer(engagement: str, number: int) -> Any:  # noqa: ANN401
    form = sent(CheckInForm)
    if not form.validate():
        return _shown(engagement, number, form, status=422)
    try:
        checking_in.answer(
            db.session,
            seen_by_me(engagement).engagement,
            number,
            form.answers,
            actor=current.member(),
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _shown(engagement, number, form, status=422)
    except Conflict as refusal:
        return _shown(engagement, number, form, refusal=refusal)
    flash(_("Kept. It is shown when all of you have answered, or on its day."))
    return see_other("work.engagement", engagement=engagement, _anchor="check-ins")


def _shown(
    engagement: str,
    number: int,
    form: CheckInForm | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Page:
    it = opened(db.session, current.member(), seen_by_me(engagement), clock.now())
    found, before = _seen(it, number)
    return page(
        "engagements/check_in.html",
        opened=it,
        work=it.work,
        engagement=it.work.engagement,
        seen=found,
        before=before,
        form=form or CheckInForm(obj=found.mine),
        refusal=refusal.sentence if refusal else "",
        status=refusal.status if refusal else status,
    )


def _seen(it: Opened, number: int) -> tuple[Seen, int | None]:
    days = schedule(it.work.engagement, spells(it.agreed), it.beside.rests, it.now)
    day = days.day(number)
    if day is None:
        raise NotFound
    people = it.work.people.keys()
    found = seen(
        db.session,
        it.work.engagement,
        [day],
        reader=it.member.id,
        people=people,
        apart=it.apart,
        now=it.now,
    )
    return found[0], days.before(number)
