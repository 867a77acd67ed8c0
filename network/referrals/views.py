"""Referrals: recommending somebody, what comes of it, and the page for somebody outside."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash, request
from flask_babel import gettext as _

from network import auth, clock, limits
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.organisations.models import WorkNeed
from network.referrals import access, queries
from network.referrals.forms import OutsideForm, RecommendForm, TellForm, ThankForm
from network.referrals.kinds import Role, Tells
from network.referrals.matter import matter_of
from network.referrals.seen import thing_of
from network.referrals.services import after, outside, referring
from network.referrals.tokens import open_letter_token
from network.referrals.wording import interest_words

referrals = Blueprint("referrals", __name__)


@referrals.get("/referrals")
def overview() -> Page:
    found = queries.overview(db.session, current.member(), clock.now())
    return page("referrals/overview.html", found=found)


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


@referrals.get("/referrals/<referral>")
def referral(referral: str) -> Page:
    return _one(referral)


@referrals.post("/referrals/<referral>/withdraw")
def withdraw(referral: str) -> Any:  # noqa: ANN401
    """Take a recommendation back, or one's yes to being recommended."""
    member, now = current.member(), clock.now()
    roles = (Role.REFERRER, Role.MEMBER)
    seen = access.referral_as(db.session, member, referral, *roles, now=now)
    if seen.role is Role.REFERRER:
        after.withdraw(db.session, seen.referral, actor=member, now=now)
        flash(_("Taken back. They are not told."))
    else:
        after.step_back(db.session, seen.referral, actor=member, now=now)
        flash(_("Your yes is taken back. Nobody is told."))
    return see_other("referrals.overview")


@referrals.post("/referrals/<referral>/tell")
def tell(referral: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.referral_as(db.session, member, referral, Role.MEMBER, now=now)
    form = sent(TellForm)
    if not form.validate():
        raise Invalid(_("Choose what they learn."))
    after.tell(db.session, seen.referral, tells=Tells(form.tells.data), actor=member, now=now)
    flash(_("Kept. You can change it at any time."))
    return see_other("referrals.referral", referral=referral)


@referrals.post("/referrals/<referral>/thank")
@limits.of_member
def thank(referral: str) -> Any:  # noqa: ANN401
    member, now, form = current.member(), clock.now(), sent(ThankForm)
    roles = (Role.MEMBER, Role.HOLDER)
    seen = access.referral_as(db.session, member, referral, *roles, now=now)
    if not form.validate():
        return _one(referral, form, status=422)
    after.thank(db.session, seen.referral, words=form.thanks.data, actor=member, now=now)
    flash(_("Your words are kept."))
    return see_other("referrals.referral", referral=referral)


@referrals.get("/referrals/answer/<token>")
@auth.public
def outside_letter(token: str) -> Page:
    return _letter(token)


@referrals.post("/referrals/answer/<token>")
@auth.public
@limits.from_network
def answer_letter(token: str) -> Page:
    seen, given = _sent(token), request.form.get("answer", "")
    is_open = seen is not None and outside.is_open(seen.letter, seen.referral, clock.now())
    if seen is not None and is_open and given in {"yes", "no"}:
        outside.answer(db.session, seen.letter, yes=given == "yes", now=clock.now())
    return _letter(token)


def _letter(token: str) -> Page:
    """Show a letter while it waits, and afterwards that it was answered. Looking changes nothing:
    those who carry letters look behind links as well.
    """
    seen = _sent(token)
    if seen is not None and seen.is_answered:
        return page("referrals/outside_answered.html", letter=seen.letter)
    if seen is None or not outside.is_open(seen.letter, seen.referral, clock.now()):
        return page("referrals/outside_gone.html", status=404)
    referral = seen.referral
    return page(
        "referrals/outside.html",
        letter=seen.letter,
        referral=referral,
        interest=interest_words(referral.interest, referral.interest_words, referral.referrer.name),
        matter=matter_of(thing_of(referral)),
        until=outside.open_until(seen.letter, seen.referral),
    )


def _sent(token: str) -> access.SeenLetter | None:
    key = open_letter_token(current_app.config["SECRET_KEY"], token)
    return access.letter_sent(db.session, key) if key else None


def _need(key: str) -> access.About:
    return access.need_to_recommend_for(db.session, current.member(), key, now=clock.now())


def _approach(key: str) -> access.About:
    return access.approach_to_pass_on(db.session, current.member(), key, now=clock.now())


def _form(about: access.About) -> Page:
    kind = OutsideForm if request.args.get("who") == "outside" else RecommendForm
    return _write(about, kind(submission=uuid4().hex))


def _write(about: access.About, form: Any, *, status: int = 200) -> Page:  # noqa: ANN401
    if "member" in form:
        found = queries.people_to_recommend(db.session, current.member(), clock.now())
        people = [each for each in found if each.id != about.thing.writer_id]
        named = [(each.handle, each.name) for each in people]
        form.member.choices = [("", _("Choose somebody")), *named]
    return page(
        "referrals/recommend.html",
        thing=about.thing,
        is_need=isinstance(about.thing, WorkNeed),
        matter=matter_of(about.thing),
        form=form,
        status=status,
    )


def _send(about: access.About) -> Any:  # noqa: ANN401
    kind, put = (OutsideForm, _outside) if "email" in request.form else (RecommendForm, _here)
    form = sent(kind)
    if not form.validate():
        return _write(about, form, status=422)
    try:
        put(about, form)
    except Invalid as refusal:
        take(form, refusal)
        return _write(about, form, status=422)
    flash(_("They are asked. You read here what you may know of what comes of it."))
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


def _one(key: str, form: ThankForm | None = None, *, status: int = 200) -> Page:
    seen = access.referral_for(db.session, current.member(), key, now=clock.now())
    mine = seen.referral.thanks_of_holder
    if seen.role is Role.MEMBER:
        mine = seen.referral.thanks_of_member
    return page(
        "referrals/referral.html",
        seen=seen,
        referral=seen.referral,
        tells=TellForm(tells=seen.referral.tells.value),
        form=form or ThankForm(thanks=mine),
        status=status,
    )


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
