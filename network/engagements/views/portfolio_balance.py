"""One’s own balance: months ahead, on whom one leans, what ends, and a check before a yes.

It is made for whoever it is of, and for nobody else. What is checked is posted, so that it stands
in no address and no log, and none of it is kept.
"""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from network import clock, ics, limits
from network.addresses import on_base
from network.db import db
from network.engagements.balance_calendar import calendar_text
from network.engagements.balance_check import Checked, check_names, counterparts
from network.engagements.balance_shown import shown
from network.engagements.balance_words import day_name, end_words, halves, told
from network.engagements.forms_portfolio import CheckForm, FullForm
from network.engagements.queries.portfolio import Own, own_work
from network.engagements.views.blueprints import portfolio
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning.clock_words import zone_named
from network.members import current
from network.members.services import participation


@portfolio.get("/portfolio")
def balance() -> Page:
    own = _own()
    names = counterparts(own, request.args.get("negotiation", ""))
    form = sent(CheckForm, whom=names)
    return _balance(own, form, checked=_checked(own, names, 0) if names else None)


@portfolio.post("/portfolio/check")
@limits.of_member
def check() -> Page:
    own, form = _own(), sent(CheckForm)
    form.validate()
    half_days = form.half_days
    if form.errors:
        return _balance(own, form, status=422)
    return _balance(own, form, checked=_checked(own, form.whom.data, half_days))


@portfolio.post("/portfolio/full")
@limits.of_member
def set_full() -> Page | Answer:
    own, form = _own(), sent(FullForm)
    half_days = form.half_days
    if not form.errors:
        try:
            participation.set_full_month(db.session, current.member(), half_days=half_days)
        except Invalid as refusal:
            take(form, refusal)
    if form.errors:
        return _balance(own, CheckForm(), full=form, status=422)
    return see_other("portfolio.balance", _anchor="ahead")


@portfolio.get("/portfolio/ends.ics")
def ends_ics() -> Response:
    zone, now = zone_named(current.member().time_zone), clock.now()
    found = shown(_own(), left_out=_left_out(), now=now, zone=zone)
    text = calendar_text(found.ends, house=current.house().name, link=on_base, now=now)
    return ics.file(text, "attachment; filename=ends.ics")


def _own() -> Own:
    return own_work(db.session, current.member(), now=clock.now())


def _left_out() -> list[str]:
    """Return the terms on the table that the address leaves out."""
    return request.args.getlist("without")


def _checked(own: Own, names: str, half_days: int) -> Checked:
    return check_names(
        own,
        names=names,
        half_days=half_days,
        left_out=_left_out(),
        now=clock.now(),
        zone=zone_named(current.member().time_zone),
    )


def _balance(
    own: Own,
    form: CheckForm,
    *,
    full: FullForm | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> Page:
    zone, whole = zone_named(current.member().time_zone), "whole" in request.args
    return page(
        "engagements/portfolio.html",
        "check",
        shown=shown(own, left_out=_left_out(), now=clock.now(), zone=zone, whole=whole),
        outside=own.outside,
        left_out=_left_out(),
        form=form,
        full=full or FullForm(full=halves(own.room) if own.room else ""),
        checked=checked,
        day_name=day_name,
        end_words=end_words,
        halves=halves,
        told=told,
        status=status,
    )
