"""Writing about somebody with whom one worked; answering, showing, and taking back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements import access, access_testimony
from network.engagements.forms_testimony import ReplyForm, TestimonyForm
from network.engagements.models import Engagement, Testimony
from network.engagements.page import opened
from network.engagements.services import testimony as services
from network.engagements.testimony_part import With, withs
from network.errors import Conflict, Invalid, NotFound
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.members.models import Member

testimony = Blueprint("testimony", __name__)


@testimony.route("/engagements/<engagement>/testimony", methods=["GET", "POST"])
@limits.of_member
def write(engagement: str) -> Any:  # noqa: ANN401
    found, other = _about(engagement)
    if request.method == "POST":
        return _keep(found, other)
    services.may_be_written(found, clock.now())
    return _form(found, other, TestimonyForm(words=other.mine.words if other.mine else ""))


def _keep(found: Engagement, other: With) -> Any:  # noqa: ANN401
    form = sent(TestimonyForm)
    if not form.validate():
        return _form(found, other, form, status=422)
    try:
        kept = services.write(
            db.session,
            found,
            actor=current.member(),
            about=other.words.member_id,
            words=form.words.data,
            now=clock.now(),
        )
    except Conflict as refusal:
        return _form(found, other, form, refusal=refusal)
    if kept.opened_at is None:
        flash(_("Your words are kept. Until they are read you can change them."))
    else:
        flash(_("Your words are kept. Both of you can read them now."))
    return see_other("work.engagement", engagement=found.key, _anchor="testimony")


@testimony.route("/testimony/<testimony>/reply", methods=["GET", "POST"])
@limits.of_member
def reply(testimony: str) -> Any:  # noqa: ANN401
    words, found, author = _about_me(testimony)
    form = sent(ReplyForm)
    if request.method == "GET":
        return _reply(words, found, author, form)
    if not form.validate():
        return _reply(words, found, author, form, status=422)
    try:
        services.answer(
            db.session, words, actor=current.member(), words=form.words.data, now=clock.now()
        )
    except Conflict as refusal:
        return _reply(words, found, author, form, refusal=refusal)
    flash(_("Your answer stands beside the words."))
    return see_other("work.engagement", engagement=found.key, _anchor="testimony")


@testimony.post("/testimony/<testimony>/show")
def show(testimony: str) -> Any:  # noqa: ANN401
    words, found, _author = _about_me(testimony)
    given = request.form.get("answer")
    if given == "show":
        services.show(db.session, words, actor=current.member(), now=clock.now())
        flash(_("From now on members read these words on your page."))
    elif given == "keep":
        services.keep(db.session, words, actor=current.member(), now=clock.now())
        flash(_("You keep these words to yourself. Nobody is told."))
    else:
        raise Invalid(_("Let members read them, or keep them to yourself."))
    return see_other("work.engagement", engagement=found.key, _anchor="testimony")


@testimony.post("/testimony/<testimony>/take-back")
def take_back(testimony: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    words, found = access_testimony.testimony_by(db.session, member, testimony, now=now)
    services.take_back(db.session, words, actor=member, now=now)
    flash(_("Your words are taken back and deleted. Nobody is told."))
    return see_other("work.engagement", engagement=found.key, _anchor="testimony")


def _about(engagement: str) -> tuple[Engagement, With]:
    """Return the work, and what lies between the reader and the one whom the address names."""
    member, now = current.member(), clock.now()
    work = access.engagement_for(db.session, member, engagement, now=now)
    for each in withs(db.session, opened(db.session, member, work, now)):
        if each.words.handle == request.args.get("about"):
            return work.engagement, each
    raise NotFound


def _about_me(key: str) -> tuple[Testimony, Engagement, Member]:
    return access_testimony.testimony_about(db.session, current.member(), key, now=clock.now())


def _form(
    found: Engagement,
    other: With,
    form: TestimonyForm,
    *,
    refusal: Conflict | None = None,
    status: int = 200,
) -> Page:
    return page(
        "engagements/testimony.html",
        engagement=found,
        other=other,
        form=form,
        refusal=refusal,
        status=refusal.status if refusal else status,
    )


def _reply(
    words: Testimony,
    found: Engagement,
    author: Member,
    form: ReplyForm,
    *,
    refusal: Conflict | None = None,
    status: int = 200,
) -> Page:
    return page(
        "engagements/testimony_reply.html",
        engagement=found,
        testimony=words,
        author=author,
        form=form,
        refusal=refusal,
        status=refusal.status if refusal else status,
    )
