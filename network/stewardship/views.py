"""The steward's desk: who is at the door, whom to invite, the network's name. It watches nobody."""

from __future__ import annotations

from flask import Blueprint, after_this_request, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import auth, clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.members.kinds import Joining
from network.members.models import Member
from network.members.services import joining
from network.stewardship import access, queries, services
from network.stewardship.forms import JOINING_HINTS, InviteForm, NetworkForm, NoForm

stewardship = Blueprint("stewardship", __name__)


@stewardship.before_request
def stewards_only() -> None:
    """Answer everybody else as if nothing were here: the views are public to be this quiet."""
    steward()


def steward() -> Member:
    """Return the steward who asks."""
    return access.steward_only(current.member_or_none())


@stewardship.get("/steward")
@auth.public
def desk() -> Page:
    return _desk()


@stewardship.post("/steward/applications/<key>/welcome")
@auth.public
def welcome(key: str) -> Response:
    application = access.application_to_answer(db.session, steward(), key)
    if application is None:
        return _answered_before()
    joining.welcome(db.session, application, steward=steward(), now=clock.now())
    flash(_("%(name)s is invited. The letter is on its way.", name=application.name))
    return see_other("stewardship.desk")


@stewardship.post("/steward/applications/<key>/not-this-time")
@auth.public
def turn_down(key: str) -> Page | Response:
    application = access.application_to_answer(db.session, steward(), key)
    if application is None:
        return _answered_before()
    form = sent(NoForm)
    if not form.validate():
        return _desk(status=422, no=form, no_to=key)
    joining.turn_down(
        db.session, application, steward=steward(), words=form.words.data, now=clock.now()
    )
    flash(_("%(name)s is told, and what they wrote is deleted.", name=application.name))
    return see_other("stewardship.desk")


@stewardship.post("/steward/invitations")
@auth.public
@limits.of_member
def invite() -> Page | Response:
    form = sent(InviteForm)
    if not form.validate():
        return _desk(status=422, invite=form)
    joining.invite(
        db.session,
        email=form.email.data,
        name=form.name.data,
        inviter=steward(),
        now=clock.now(),
    )
    flash(_("The letter to %(email)s is on its way.", email=form.email.data))
    return see_other("stewardship.desk", _anchor="invitations")


@stewardship.post("/steward/invitations/<key>/withdraw")
@auth.public
def withdraw_invitation(key: str) -> Response:
    invitation = access.invitation_to_withdraw(db.session, steward(), key)
    if services.withdraw_invitation(db.session, invitation, steward=steward(), now=clock.now()):
        flash(_("The invitation to %(email)s is withdrawn.", email=invitation.email))
    else:
        flash(_("That door was closed already, or somebody has come in by it."))
    return see_other("stewardship.desk", _anchor="invitations")


@stewardship.post("/steward/network")
@auth.public
def set_network() -> Page | Response:
    form = sent(NetworkForm)
    if not form.validate():
        return _desk(status=422, network=form)
    services.set_network(
        db.session,
        access.network_to_set(db.session, steward()),
        steward=steward(),
        name=form.name.data,
        about=form.about.data,
        joining=Joining(form.joining.data),
        questions=form.questions.data,
        one_organisation=form.one_organisation.data,
        now=clock.now(),
    )
    after_this_request(_shown_at_once)
    flash(_("Saved. Every page says so from now on."))
    return see_other("stewardship.desk", _anchor="network")


def _shown_at_once(response: Response) -> Response:
    """Forget what was kept of the settings, now that the new ones are committed."""
    current.forget_house()
    return response


def _answered_before() -> Response:
    flash(_("That was answered already."))
    return see_other("stewardship.desk")


def _desk(
    *,
    status: int = 200,
    invite: InviteForm | None = None,
    network: NetworkForm | None = None,
    no: NoForm | None = None,
    no_to: str = "",
) -> Page:
    invitations = queries.open_invitations(
        db.session, clock.now(), before=request.args.get("before", "")
    )
    return page(
        "stewardship/desk.html",
        status=status,
        applications=queries.applications(db.session),
        invitations=invitations[: queries.ON_ONE_PAGE],
        earlier=len(invitations) > queries.ON_ONE_PAGE,
        invite=invite or InviteForm(),
        network=network or _network_form(),
        hints=JOINING_HINTS,
        no=no or NoForm(),
        no_to=no_to,
    )


def _network_form() -> NetworkForm:
    row = access.network_to_set(db.session, steward())
    return NetworkForm(
        name=row.name,
        about=row.about,
        joining=row.joining.value,
        questions=row.questions,
        one_organisation=row.one_organisation,
    )
