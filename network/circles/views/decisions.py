"""Deciding by consent: what is proposed, what is said to it, how it ends."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access, access_decisions
from network.circles.access import Seen
from network.circles.forms_decisions import ConcernForm, ProposeForm, ReworkForm
from network.circles.kinds import DecisionAbout
from network.circles.models import Decision
from network.circles.queries import decisions as queries
from network.circles.services import deciding as services
from network.circles.views.blueprint import circles
from network.db import db, settle
from network.errors import Conflict, Invalid, NotFound
from network.forms import number, sent, take
from network.htmx import Page, page, see_other
from network.members import current


@circles.get("/circles/<slug>/decisions")
def decisions(slug: str) -> Page:
    seen = access.circle_inside(db.session, current.member(), slug, now=clock.now())
    found = queries.decisions_of(db.session, seen.circle)
    return page("circles/decisions/decisions.html", seen=seen, circle=seen.circle, decisions=found)


@circles.get("/circles/<slug>/decisions/new")
def begin_decision(slug: str) -> Page:
    seen = _to_write(slug)
    about = _about(request.args.get("about", DecisionAbout.MATTER.value))
    form = ProposeForm(submission=uuid4().hex, about=about.value)
    if about is DecisionAbout.AGREEMENTS:
        form.words.data = queries.present_words(db.session, seen.circle)
    return _new(seen, form)


@circles.post("/circles/<slug>/decisions")
@limits.of_member
def propose(slug: str) -> Any:  # noqa: ANN401
    seen, form = _to_write(slug), sent(ProposeForm)
    about = _about(form.about.data or "")
    if not form.validate():
        return _new(seen, form, status=422)
    try:
        decision = services.propose(
            db.session,
            seen.circle,
            actor=current.member(),
            about=about,
            title=form.title.data,
            words=form.words.data,
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _new(seen, form, status=422)
    except Conflict as refusal:
        form.form_errors.append(refusal.sentence)
        return _new(seen, form, status=refusal.status)
    flash(_("Everybody in the circle has a week to say something to it."))
    return see_other("circles.decision", slug=slug, decision=decision.key)


@circles.get("/circles/<slug>/decisions/<decision>")
def decision(slug: str, decision: str) -> Page:
    return _one(slug, decision)


@circles.post("/circles/<slug>/decisions/<decision>/consent")
@limits.of_member
def consent(slug: str, decision: str) -> Any:  # noqa: ANN401
    found = _to_change(slug, decision)
    version = number(request.form.get("version")) or 0
    try:
        services.consent(
            db.session, found, actor=current.member(), version=version, now=clock.now()
        )
    except Conflict as refusal:
        return _one(slug, decision, refused=refusal)
    return _said(slug, decision, _("You can live with it. While it is open you can think again."))


@circles.post("/circles/<slug>/decisions/<decision>/concern")
@limits.of_member
def raise_concern(slug: str, decision: str) -> Any:  # noqa: ANN401
    found, form = _to_change(slug, decision), sent(ConcernForm)
    if not form.validate():
        return _one(slug, decision, concern=form, status=422)
    try:
        services.raise_concern(
            db.session,
            found,
            actor=current.member(),
            version=number(form.version.data) or 0,
            concern=form.concern.data,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _one(slug, decision, concern=form, status=422)
    except Conflict as refusal:
        return _one(slug, decision, concern=form, refused=refusal)
    return _said(slug, decision, _("Your concern stands beside the words until it is met."))


@circles.post("/circles/<slug>/decisions/<decision>/words")
@limits.of_member
def rework(slug: str, decision: str) -> Any:  # noqa: ANN401
    found, form = _to_change(slug, decision), sent(ReworkForm)
    if not form.validate():
        return _one(slug, decision, other=form, status=422)
    try:
        services.rework(
            db.session,
            found,
            actor=current.member(),
            version=number(form.version.data) or 0,
            words=form.words.data,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _one(slug, decision, other=form, status=422)
    except Conflict as refusal:
        return _one(slug, decision, other=form, refused=refusal)
    return _said(slug, decision, _("These words are proposed now. Everybody has a week again."))


@circles.post("/circles/<slug>/decisions/<decision>/adopt")
@limits.of_member
def adopt(slug: str, decision: str) -> Any:  # noqa: ANN401
    found = _to_change(slug, decision)
    version = number(request.form.get("version")) or 0
    try:
        services.adopt(db.session, found, actor=current.member(), version=version, now=clock.now())
    except Conflict as refusal:
        return _one(slug, decision, refused=refusal)
    return _said(slug, decision, _("Adopted."))


@circles.post("/circles/<slug>/decisions/<decision>/set-aside")
@limits.of_member
def set_aside(slug: str, decision: str) -> Any:  # noqa: ANN401
    found = _to_change(slug, decision)
    services.set_aside(db.session, found, actor=current.member(), now=clock.now())
    return _said(slug, decision, _("Set aside. What was said to it stays to be read."))


def _one(
    slug: str,
    key: str,
    *,
    concern: ConcernForm | None = None,
    other: ReworkForm | None = None,
    refused: Conflict | None = None,
    status: int = 200,
) -> Page:
    if refused is not None:
        settle(keep=False)  # here, or every row of the page would be read once more
    member, now = current.member(), clock.now()
    seen, found, proposer = access_decisions.decision_for(db.session, member, slug, key, now=now)
    concern = concern or ConcernForm()
    other = other or ReworkForm(words=found.words)
    concern.version.data = other.version.data = str(found.version)
    return page(
        "circles/decisions/decision.html",
        "decision",
        seen=seen,
        circle=seen.circle,
        decision=found,
        proposer=proposer,
        voices=queries.voices_of(db.session, member, found, now),
        standing=queries.standing_of(db.session, found, now),
        changes=queries.changes_of(db.session, seen.circle, found),
        leads=seen.place is not None and services.leads(found, seen.place),
        concern=concern,
        other=other,
        refused="" if refused is None else str(refused.sentence),
        status=status if refused is None else refused.status,
    )


def _said(slug: str, key: str, sentence: str) -> Any:  # noqa: ANN401
    flash(sentence)
    return see_other("circles.decision", slug=slug, decision=key)


def _new(seen: Seen, form: ProposeForm, *, status: int = 200) -> Page:
    return page("circles/decisions/new.html", "write", circle=seen.circle, form=form, status=status)


def _to_write(slug: str) -> Seen:
    return access.circle_to_change(db.session, current.member(), slug, now=clock.now())


def _to_change(slug: str, key: str) -> Decision:
    member = current.member()
    return access_decisions.decision_to_change(db.session, member, slug, key, now=clock.now())[1]


def _about(text: str) -> DecisionAbout:
    found = next((each for each in DecisionAbout if each.value == text), None)
    if found is None:
        raise NotFound
    return found
