"""What somebody recommended, was recommended for, or was brought; and what they do with it."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.referrals import access, queries
from network.referrals.forms import TellForm, ThankForm
from network.referrals.kinds import Role, Tells
from network.referrals.services import after
from network.referrals.views.blueprint import referrals


@referrals.get("/referrals")
def overview() -> Page:
    found = queries.overview(db.session, current.member(), clock.now())
    return page("referrals/overview.html", found=found)


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
