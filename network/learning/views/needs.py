"""Wishes to learn: writing one, reading one, sharing it, letting it go, taking it up as a host."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.learning.access_needs import SeenNeed, need_for, need_of_mine
from network.learning.forms_needs import NeedForm, OfferForm
from network.learning.kinds import Format
from network.learning.queries import needs as queries
from network.learning.resonance import who_could_share
from network.learning.services import needs as services
from network.members import current
from network.members.views.people import finder_for_request

needs = Blueprint("needs", __name__)

LONGEST_TITLE = 120


@needs.get("/learning/needs/new")
def begin() -> Page:
    return page("learning/needs/new.html", form=NeedForm(submission=uuid4().hex))


@needs.post("/learning/needs/new")
@limits.of_member
def write() -> Any:  # noqa: ANN401
    form = sent(NeedForm)
    if not form.validate():
        return page("learning/needs/new.html", form=form, status=422)
    need = services.write_need(
        db.session,
        current.member(),
        words=form.words.data,
        why=form.why.data or "",
        submission=_submission(form),
        now=clock.now(),
    )
    flash(
        _("It is written. People can say that they would like to learn it too, or offer to host.")
    )
    return see_other("needs.one", need=need.key)


@needs.get("/learning/needs/<need>")
def one(need: str) -> Page:
    return _one(_seen(need))


@needs.post("/learning/needs/<need>/interest")
def take_interest(need: str) -> Any:  # noqa: ANN401
    seen = _seen(need)
    services.take_interest(db.session, seen.need, actor=current.member(), now=clock.now())
    flash(_("You would like to learn this too. You can take that back at any time."))
    return see_other("needs.one", need=need)


@needs.post("/learning/needs/<need>/interest/take-back")
def take_interest_back(need: str) -> Any:  # noqa: ANN401
    seen = _seen(need)
    services.take_interest_back(db.session, seen.need, actor=current.member(), now=clock.now())
    flash(_("Taken back. Nobody is told."))
    return see_other("needs.one", need=need)


@needs.post("/learning/needs/<need>/let-go")
def let_go(need: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found = need_of_mine(db.session, member, need, now=now)
    services.let_go(db.session, found, actor=member, now=now)
    flash(_("Let go. Only you can read it now."))
    return see_other("needs.one", need=need)


@needs.post("/learning/needs/<need>/host")
@limits.of_member
def offer_to_host(need: str) -> Any:  # noqa: ANN401
    seen, form = _seen(need), sent(OfferForm)
    if not form.validate():
        return _one(seen, form, status=422)
    session = services.offer_to_host(
        db.session,
        seen.need,
        actor=current.member(),
        title=form.title.data,
        format=Format(form.format.data),
        submission=_submission(form),
        now=clock.now(),
        domain=current_app.config["SETTINGS"].domain,
    )
    flash(_("You host it. Nobody sees the session until you give it a time."))
    return see_other("sessions.one", session=session.key)


def _one(seen: SeenNeed, form: OfferForm | None = None, *, status: int = 200) -> Page:
    member, now, need = current.member(), clock.now(), seen.need
    return page(
        "learning/needs/one.html",
        seen=seen,
        need=need,
        too=queries.interested(db.session, member, need, now),
        sessions=queries.sessions_for(db.session, member, need, now),
        sharers=who_could_share(finder_for_request(), need.words, without=need.member_id)
        if seen.waits
        else [],
        form=form or OfferForm(submission=uuid4().hex, title=_as_title(need.words)),
        status=status,
    )


def _as_title(words: str) -> str:
    """Return a wish as the name of a session, where it is short enough to be one."""
    return words if len(words) <= LONGEST_TITLE else ""


def _seen(key: str) -> SeenNeed:
    return need_for(db.session, current.member(), key, now=clock.now())


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
