"""Introductions: bringing two people together, asking to be introduced, and what comes of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.asks.access import ask_to_answer
from network.asks.models import Ask, AskState
from network.db import db
from network.errors import Conflict, Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.members.queries import connected_people
from network.relationships import access
from network.relationships.forms_introductions import CarryForm, IntroduceForm, RewordForm
from network.relationships.queries import introductions as queries
from network.relationships.services import introductions as services
from network.text import clean

introductions = Blueprint("introductions", __name__)


@introductions.get("/introductions")
def overview() -> Page:
    member, now = current.member(), clock.now()
    return page(
        "relationships/introductions.html",
        carried=queries.carried_by(db.session, member, now),
        of_me=queries.of_me(db.session, member, now),
    )


@introductions.get("/introductions/new")
def begin() -> Page:
    form = IntroduceForm(submission=uuid4().hex, one=request.args.get("first", ""))
    key = request.args.get("ask", "")
    if not key:
        return _begin(form, None)
    asked = _asked(key)
    form.process(ask=key, read=asked.mark, words=asked.reason, submission=asked.key)
    return _begin(form, asked)


@introductions.post("/introductions")
@limits.of_member
def introduce() -> Any:  # noqa: ANN401
    form = sent(IntroduceForm)
    asked = _asked(form.ask.data) if form.ask.data else None
    if asked is not None and asked.state is AskState.ACCEPTED:
        return _passed_on(asked, form.words.data or "")
    if not form.validate():
        return _begin(form, asked, status=422)
    try:
        _send(form, asked)
    except Invalid as refusal:
        refusal.field = "words" if refusal.field == "reason" else refusal.field
        take(form, refusal)
        return _begin(form, asked, status=422)
    return _sent()


@introductions.get("/introductions/<key>")
def one(key: str) -> Page:
    return _one(key, None)


@introductions.post("/introductions/<key>/words")
@limits.of_member
def reword(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    introduction = access.introduction_carried(db.session, member, key)
    form = sent(RewordForm)
    if not form.validate():
        return _one(key, form, status=422)
    try:
        services.reword(
            db.session, introduction, words=form.words.data or "", actor=member, now=now
        )
    except Invalid as refusal:
        refusal.field = "words"
        take(form, refusal)
        return _one(key, form, status=422)
    flash(_("Both read the new words from now on."))
    return see_other("introductions.one", key=key)


@introductions.post("/introductions/<key>/withdraw")
def withdraw(key: str) -> Any:  # noqa: ANN401
    member = current.member()
    introduction = access.introduction_carried(db.session, member, key)
    services.withdraw(db.session, introduction, actor=member, now=clock.now())
    flash(_("Taken back. They are not told."))
    return see_other("introductions.overview")


@introductions.get("/people/<handle>/introduction")
def ask_to_ask(handle: str) -> Page:
    return _ask(handle, CarryForm(submission=uuid4().hex))


@introductions.post("/people/<handle>/introduction")
@limits.of_member
def ask(handle: str) -> Any:  # noqa: ANN401
    form = sent(CarryForm)
    if not form.validate():
        return _ask(handle, form, status=422)
    target, connector = _other(handle), _other(request.args.get("through", ""))
    try:
        services.ask_to_carry(
            db.session,
            current.member(),
            connector,
            target,
            words=form.words.data or "",
            submission=_submission(form),
            now=clock.now(),
        )
    except Invalid as refusal:
        refusal.field = "words"
        take(form, refusal)
        return _ask(handle, form, status=422)
    flash(
        _("Your words are with %(name)s. You can take them back under Asks.", name=connector.name)
    )
    return see_other("relationships.person", handle=handle)


def _passed_on(asked: Ask, words: str) -> Any:  # noqa: ANN401
    """Answer a form that comes after a yes: the same one twice is once, other words come late."""
    if services.carried_with(db.session, asked) != clean(words):
        raise Conflict(_("You have passed their words on. Say it otherwise under Introductions."))
    return _sent()


def _sent() -> Any:  # noqa: ANN401
    flash(_("Both are asked, with the same words. You read here what comes of it."))
    return see_other("introductions.overview")


def _send(form: Any, asked: Ask | None) -> None:  # noqa: ANN401
    member, now = current.member(), clock.now()
    if asked is not None:
        services.carry_otherwise(db.session, asked, words=form.words.data or "", now=now)
        return
    services.introduce(
        db.session,
        member,
        _chosen(form.one.data, "one"),
        _chosen(form.other.data, "other"),
        words=form.words.data or "",
        submission=_submission(form),
        now=now,
    )


def _begin(form: Any, asked: Ask | None, *, status: int = 200) -> Page:  # noqa: ANN401
    now = clock.now()
    known = connected_people(db.session, current.viewer(), now) if asked is None else []
    choices = [("", _("Choose somebody")), *((each.handle, each.name) for each in known)]
    form.one.choices = form.other.choices = choices
    pair = () if asked is None or asked.about is None else (asked.asker, asked.about)
    return page("relationships/introduce.html", form=form, pair=pair, status=status)


def _one(key: str, form: RewordForm | None, *, status: int = 200) -> Page:
    member, now = current.member(), clock.now()
    introduction = access.introduction_carried(db.session, member, key)
    return page(
        "relationships/introduction.html",
        **queries.page_of(db.session, member, introduction, now),
        form=form or RewordForm(words=introduction.words),
        status=status,
    )


def _ask(handle: str, form: Any, *, status: int = 200) -> Page:  # noqa: ANN401
    return page(
        "relationships/ask_introduction.html",
        other=_other(handle),
        through=_other(request.args.get("through", "")),
        form=form,
        status=status,
    )


def _asked(key: str) -> Ask:
    """Return what somebody asked this member to carry: it waits, or they have just said yes."""
    asked = ask_to_answer(db.session, current.member(), key, now=clock.now())
    there = {AskState.WAITING, AskState.ACCEPTED}
    if asked.kind != services.CARRY_KIND.name or asked.state not in there:
        raise NotFound
    return asked


def _other(handle: str) -> Member:
    other = member_for(db.session, current.viewer(), handle, now=clock.now())
    if other.id == current.member().id:
        raise NotFound
    return other


def _chosen(handle: str, field: str) -> Member:
    """Return who was chosen; whoever is not there, or not there any more, is chosen anew."""
    try:
        return _other(handle)
    except NotFound as error:
        raise Invalid(_("Choose somebody whom you are connected with."), field=field) from error


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
