"""A member's own account: address, password, devices, look. Nobody else reads any of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import auth, clock, limits, passwords
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other, wants_part
from network.members import access, current, queries, tokens
from network.members.forms import NewAddressForm, NewPasswordForm, ThemeForm, ZoneForm
from network.members.services import accounts

account = Blueprint("account", __name__)


@account.get("/me/account")
def overview() -> Page:
    return _overview("")


@account.post("/me/account/address")
@limits.of_member
@limits.on_account
def ask_to_change_address() -> Page | Response:
    if not accounts.is_fresh(current.sign_in(), clock.now()):
        return _again()
    form = sent(NewAddressForm)
    if not form.validate():
        return _overview("address", address_form=form, status=422)
    try:
        accounts.ask_to_change_address(
            db.session, current.member(), email=form.email.data, now=clock.now()
        )
    except Invalid as refusal:
        take(form, refusal)
        return _overview("address", address_form=form, status=422)
    return _saved("address", _("A letter is on its way to that address."))


@account.get("/me/account/address/<token>")
@auth.public
def new_address(token: str) -> Page:
    opened = tokens.open_address_token(current_app.config["SECRET_KEY"], token)
    if opened is None or access.account_by_id(db.session, *opened[:2]) is None:
        return page("members/address_gone.html", status=404)
    return page("members/new_address.html", email=opened[2])


@account.post("/me/account/address/<token>")
@auth.public
@limits.from_network
def change_address(token: str) -> Page | Response:
    opened = tokens.open_address_token(current_app.config["SECRET_KEY"], token)
    member = access.account_by_id(db.session, opened[0]) if opened is not None else None
    if opened is None or member is None:
        return page("members/address_gone.html", status=404)
    accounts.change_address(db.session, member, email=opened[2], version=opened[1], now=clock.now())
    flash(_("Your address is changed. You sign in with the new one from now on."))
    return see_other("account.overview")


@account.post("/me/account/password")
@limits.of_member
def set_password() -> Page | Response:
    if not accounts.is_fresh(current.sign_in(), clock.now()):
        return _again()
    form = sent(NewPasswordForm)
    if not form.validate():
        return _overview("password", password_form=form, status=422)
    # Before the first statement of the session: hashing is slow, and the write gate is for all.
    password_hash = passwords.hashed(form.password.data)
    accounts.set_password(
        db.session,
        current.member(),
        password_hash=password_hash,
        keep=current.sign_in().id,
        now=clock.now(),
    )
    return _saved("password", _("Your password is set. You are signed in here and nowhere else."))


@account.post("/me/account/sign-ins/<key>/end")
def end_sign_in(key: str) -> Page | Response:
    accounts.end_sign_in(db.session, current.member(), key=key, now=clock.now())
    return _saved("devices", _("You are signed out there."))


@account.post("/me/account/sign-ins/end-others")
def end_others() -> Page | Response:
    accounts.end_other_sign_ins(
        db.session, current.member(), keep=current.sign_in().id, now=clock.now()
    )
    return _saved("devices", _("You are signed in here and nowhere else."))


@account.post("/me/account/time-zone")
def set_time_zone() -> Page | Response:
    form = sent(ZoneForm)
    if not form.validate():
        return _overview("zone", zone_form=form, status=422)
    accounts.set_time_zone(
        db.session, current.member(), time_zone=form.time_zone.data, now=clock.now()
    )
    return _saved("zone", _("Times are shown in that zone from now on."))


@account.post("/me/account/theme")
def set_theme() -> Page | Response:
    form = sent(ThemeForm)
    if not form.validate():
        return _overview("theme", theme_form=form, status=422)
    accounts.set_theme(db.session, current.member(), theme=form.theme.data, now=clock.now())
    # The whole page takes the new look, so it is always a whole page that answers.
    flash(_("Pages look like this from now on."))
    return see_other("account.overview", _anchor="theme")


def _again() -> Response:
    session["next"] = url_for("account.overview")
    return see_other("signing_in.again")


def _saved(part: str, sentence: str) -> Page | Response:
    if wants_part():
        return _overview(part, said=sentence)
    flash(sentence)
    return see_other("account.overview", _anchor=part)


def _overview(part: str, *, status: int = 200, said: str = "", **forms: Any) -> Page:  # noqa: ANN401
    member, here, now = current.member(), current.sign_in(), clock.now()
    shown = {
        "address_form": NewAddressForm(),
        "password_form": NewPasswordForm(),
        "zone_form": ZoneForm(time_zone=member.time_zone),
        "theme_form": ThemeForm(theme=member.theme),
        **forms,
    }
    return page(
        "members/account.html",
        *([part] if part else []),
        status=status,
        part=part,
        said=said,
        fresh=accounts.is_fresh(here, now),
        sign_ins=queries.sign_ins(db.session, member, now, here=here.id),
        most_sign_ins=queries.MOST_SIGN_INS,
        this_id=here.id,
        **shown,
    )
