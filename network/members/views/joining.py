"""Coming in for the first time: by invitation, by asking, or through an open door."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import auth, clock, limits, passwords
from network.db import db
from network.errors import NotAllowed, NotFound
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import access, current, tokens
from network.members.forms import JoinForm, KnockForm, application_form
from network.members.kinds import Joining
from network.members.models import Invitation
from network.members.services import accounts
from network.members.services import joining as services
from network.members.views.signing_in import come_in
from network.text import lines

joining = Blueprint("joining", __name__)


@joining.get("/join")
@auth.public
def door() -> Page:
    house = current.house()
    return page("members/join.html", way=house.joining, form=sent(_form_of(house)))


@joining.post("/join")
@auth.public
@limits.from_network
@limits.on_account
def ask() -> Page | Response:
    house = current.house()
    if house.joining is Joining.INVITATION:
        raise NotAllowed(_("One comes in here by invitation. Ask somebody you know."))
    form = sent(_form_of(house))
    if not form.validate():
        return page("members/join.html", way=house.joining, form=form, status=422)
    now = clock.now()
    if house.joining is Joining.APPLICATION:
        services.apply(
            db.session,
            email=form.email.data,
            name=form.name.data,
            purpose=form.purpose.data,
            through=form.through.data,
            answers=form.answers(),
            now=now,
        )
    else:
        services.knock(db.session, email=form.email.data, name=form.name.data, now=now)
    return see_other("joining.asked")


@joining.get("/join/asked")
@auth.public
def asked() -> Page:
    way = current.house().joining
    if way is Joining.INVITATION:
        raise NotFound
    return page("members/asked.html", way=way)


@joining.get("/join/<token>")
@auth.public
def invited(token: str) -> Page:
    invitation = _invitation(token)
    if invitation is None:
        return page("members/invitation_gone.html", status=404)
    return _invited(invitation, sent(JoinForm, name=invitation.name))


@joining.post("/join/<token>")
@auth.public
@limits.from_network
def use_invitation(token: str) -> Page | Response:
    form = sent(JoinForm)
    fits = form.validate()
    # Before the first statement of the session: hashing is slow, and the write gate is for all.
    password_hash = passwords.hashed(form.password.data) if fits and form.password.data else ""
    invitation = _invitation(token)
    if invitation is None:
        return page("members/invitation_gone.html", status=404)
    if not fits:
        return _invited(invitation, form, status=422)
    member = services.join(
        db.session,
        invitation,
        name=form.name.data,
        password_hash=password_hash,
        time_zone=form.time_zone.data,
        now=clock.now(),
    )
    return come_in(member, otherwise="welcome.purpose")


def _form_of(house: current.House) -> type[KnockForm]:
    if house.joining is Joining.APPLICATION:
        return application_form(lines(house.questions))
    return KnockForm


def _invitation(token: str) -> Invitation | None:
    key = tokens.open_invitation_token(current_app.config["SECRET_KEY"], token)
    return access.invitation_to_use(db.session, key, now=clock.now()) if key else None


def _invited(invitation: Invitation, form: JoinForm, *, status: int = 200) -> Page:
    belongs = accounts.belongings(invitation.email)
    inviter = access.inviter_of(db.session, invitation, belongs=belongs, now=clock.now())
    return page(
        "members/invited.html", invitation=invitation, inviter=inviter, form=form, status=status
    )
