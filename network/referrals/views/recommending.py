"""Recommending somebody for a need, or passing an approach on: somebody here, or outside."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import current_app, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.referrals import access, queries
from network.referrals.forms import OutsideForm, RecommendForm
from network.referrals.services import outside, referring
from network.referrals.views.blueprint import referrals


@referrals.get("/needs/<work_need>/refer")
def recommend(work_need: str) -> Page:
    return _form(_need(work_need))


@referrals.post("/needs/<work_need>/refer")
@limits.of_member
def send_for_need(work_need: str) -> Any:  # noqa: ANN401
    return _send(_need(work_need))


@referrals.get("/approaches/<approach>/pass-on")
def pass_on(approach: str) -> Page:
    return _form(_approach(approach))


@referrals.post("/approaches/<approach>/pass-on")
@limits.of_member
def send_approach_on(approach: str) -> Any:  # noqa: ANN401
    return _send(_approach(approach))


def _need(key: str) -> access.About:
    return access.need_to_recommend_for(db.session, current.member(), key, now=clock.now())


def _approach(key: str) -> access.About:
    return access.approach_to_pass_on(db.session, current.member(), key, now=clock.now())


def _form(about: access.About) -> Page:
    kind = OutsideForm if _is_outside() else RecommendForm
    return _write(about, kind(submission=uuid4().hex))


def _is_outside() -> bool:
    """Whether the form is for somebody outside: its address says so, whatever is in it."""
    return request.args.get("who") == "outside"


def _write(about: access.About, form: Any, *, status: int = 200) -> Page:  # noqa: ANN401
    if "member" in form:
        found = queries.people_to_recommend(db.session, current.member(), clock.now())
        people = [each for each in found if each.id != about.thing.writer_id]
        named = [(each.handle, each.name) for each in people]
        form.member.choices = [("", _("Choose somebody")), *named]
    return page(
        "referrals/recommend.html",
        thing=about.thing,
        is_need=about.is_need,
        matter=about.matter,
        form=form,
        status=status,
    )


def _send(about: access.About) -> Any:  # noqa: ANN401
    kind, put = (OutsideForm, _outside) if _is_outside() else (RecommendForm, _here)
    form = sent(kind)
    if not form.validate():
        return _write(about, form, status=422)
    try:
        put(about, form)
    except Invalid as refusal:
        take(form, refusal)
        return _write(about, form, status=422)
    flash(_("They are asked. If there is news for you, it appears here."))
    return see_other("referrals.overview")


def _here(about: access.About, form: Any) -> None:  # noqa: ANN401
    said = form.said(_submission(form))
    person = _chosen(form.member.data or "")
    referring.recommend(db.session, current.member(), person, about, said=said, now=clock.now())


def _outside(about: access.About, form: Any) -> None:  # noqa: ANN401
    outside.recommend_outside(
        db.session,
        current.member(),
        about,
        name=form.name.data or "",
        email=form.email.data or "",
        said=form.said(_submission(form)),
        secret=current_app.config["SECRET_KEY"],
        now=clock.now(),
    )


def _chosen(handle: str) -> Member:
    """Return who was chosen; whoever is not there, or not there any more, is chosen anew."""
    try:
        return member_for(db.session, current.viewer(), handle, now=clock.now())
    except NotFound as error:
        raise Invalid(_("Choose somebody."), field="member") from error


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
