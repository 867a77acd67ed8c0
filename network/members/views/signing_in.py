"""Signing in and out. No answer, and no answer's time, tells whether an address is known here."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import auth, clock, limits, passwords
from network.db import db, reading
from network.forms import sent
from network.htmx import Page, local_path, page, see_other
from network.members import access, current, tokens
from network.members.devices import device_words
from network.members.forms import AgainForm, LinkForm, PasswordForm
from network.members.models import Member
from network.members.services import accounts

signing_in = Blueprint("signing_in", __name__)


@signing_in.get("/signin")
@auth.public
def sign_in() -> Page | Response:
    if auth.signed_in() is not None:
        return see_other("today.home")
    return _door()


@signing_in.post("/signin")
@auth.public
@limits.from_network
@limits.on_account
def enter() -> Page | Response:
    form = sent(PasswordForm)
    if not form.validate():
        return _door(password_form=form, status=422)
    known = _recognised(form.email.data, form.password.data)
    member = access.account_by_id(db.session, *known) if known is not None else None
    if member is None:
        form.form_errors.append(
            _("That address and that password do not go together. Try again, or use a link.")
        )
        return _door(password_form=form, status=422)
    return come_in(member)


@signing_in.post("/signin/link")
@auth.public
@limits.from_network
@limits.on_account
def ask_for_link() -> Page:
    form = sent(LinkForm)
    if not form.validate():
        return _door(link_form=form, status=422)
    member = access.account_by_email(db.session, form.email.data)
    accounts.ask_for_link(db.session, member, now=clock.now())
    return page("members/link_sent.html")


@signing_in.get("/signin/link/<token>")
@auth.public
def link(token: str) -> Page:
    opened = tokens.open_sign_in_token(current_app.config["SECRET_KEY"], token)
    if opened is None or access.account_by_id(db.session, *opened) is None:
        return page("members/link_gone.html", form=LinkForm(), status=404)
    return page("members/link.html")


@signing_in.post("/signin/link/<token>")
@auth.public
@limits.from_network
def use_link(token: str) -> Page | Response:
    opened = tokens.open_sign_in_token(current_app.config["SECRET_KEY"], token)
    member = None
    if opened is not None and accounts.use_link(db.session, *opened):
        member = access.account_by_id(db.session, opened[0])
    if member is None:
        return page("members/link_gone.html", form=LinkForm(), status=404)
    return come_in(member)


@signing_in.get("/signin/again")
def again() -> Page:
    return page("members/sign_in_again.html", form=sent(AgainForm))


@signing_in.post("/signin/again")
@limits.of_member
def enter_again() -> Page | Response:
    form = sent(AgainForm)
    user = current.sign_in()
    if not _is_password_of(user.member_id, form.password.data or ""):
        form.form_errors.append(_("That is not your password. Try again, or use a link."))
        return page("members/sign_in_again.html", form=form, status=422)
    accounts.freshen(db.session, current.member(), sign_in_id=user.id, now=clock.now())
    return onwards("account.overview")


@signing_in.post("/signin/again/link")
@limits.of_member
def ask_for_link_again() -> Page:
    session.setdefault("next", url_for("account.overview"))
    accounts.ask_for_link(db.session, current.member(), now=clock.now())
    return page("members/link_sent.html")


@signing_in.post("/signout")
def sign_out() -> Response:
    key = current.sign_in().key
    accounts.end_sign_in(db.session, current.member(), key=key, now=clock.now())
    return auth.leave(see_other("today.home"))


def come_in(member: Member, *, otherwise: str = "today.home") -> Response:
    """Sign this browser in, in place of whoever was signed in here, and go on from there."""
    now = clock.now()
    if auth.signed_in() is not None:
        accounts.end_sign_in(db.session, current.member(), key=current.sign_in().key, now=now)
    device = device_words(request.user_agent.string)
    user = accounts.start_sign_in(db.session, member, device=device, now=now)
    answer = onwards(otherwise)
    auth.enter(user)
    return answer


def onwards(otherwise: str) -> Response:
    """Go to the page that was asked for before, if it is one of this network's own."""
    return redirect(local_path(session.pop("next", ""), url_for(otherwise)), code=303)


def _door(
    *,
    link_form: LinkForm | None = None,
    password_form: PasswordForm | None = None,
    status: int = 200,
) -> Page:
    return page(
        "members/sign_in.html",
        link_form=link_form or LinkForm(),
        password_form=password_form or PasswordForm(),
        status=status,
    )


def _recognised(email: str, password: str) -> tuple[int, int] | None:
    """Return whose password this is, and as of which credentials: a change meanwhile voids it.

    Looked up beside the request's session, so that no write gate is held while it is compared.
    """
    with reading() as beside:
        member = access.account_by_email(beside, email)
    right = passwords.matches(member.password_hash if member is not None else "", password)
    return (member.id, member.credential_version) if member is not None and right else None


def _is_password_of(member_id: int, password: str) -> bool:
    with reading() as beside:
        member = access.account_by_id(beside, member_id)
    return passwords.matches(member.password_hash if member is not None else "", password)
