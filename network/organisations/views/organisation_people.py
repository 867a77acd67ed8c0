"""Asking somebody to speak for an organisation with one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.members.queries import connected_people
from network.organisations import access
from network.organisations.access import Seen
from network.organisations.forms import InviteForm
from network.organisations.kinds import Speaks
from network.organisations.services import inviting
from network.organisations.views.organisation_blueprint import organisations


@organisations.get("/organisations/<organisation>/representatives")
def invite(organisation: str) -> Page:
    return _invite(_spoken_for(organisation), InviteForm(submission=uuid4().hex))


@organisations.post("/organisations/<organisation>/representatives")
@limits.of_member
def send_invitation(organisation: str) -> Any:  # noqa: ANN401
    seen = _spoken_for(organisation)
    form = sent(InviteForm)
    if not form.validate():
        return _invite(seen, form, status=422)
    try:
        addressee = _chosen(form.handle.data or form.to.data or "")
        place = inviting.invite(
            db.session,
            seen.organisation,
            addressee,
            actor=current.member(),
            words=form.words.data or "",
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        refusal.field = "words" if refusal.field == "reason" else refusal.field
        take(form, refusal)
        return _invite(seen, form, status=422)
    if place.state is Speaks.INVITED:
        flash(_("Your words are with %(name)s.", name=addressee.name))
    else:
        flash(_("%(name)s had asked already, and speaks for it now.", name=addressee.name))
    return see_other("organisations.page", organisation=organisation, _anchor="people")


def _spoken_for(slug: str) -> Seen:
    return access.organisation_to_speak_for(db.session, current.member(), slug, now=clock.now())


def _invite(seen: Seen, form: InviteForm, *, status: int = 200) -> Page:
    known = connected_people(db.session, current.viewer(), clock.now())
    form.to.choices = [("", _("Choose somebody")), *((each.handle, each.name) for each in known)]
    return page(
        "organisations/invite.html", organisation=seen.organisation, form=form, status=status
    )


def _chosen(handle: str) -> Member:
    """Return who was chosen; whoever is not there, or not there any more, is chosen anew."""
    plain = handle.strip().rstrip("/").rpartition("/")[2].lower()
    try:
        addressee = member_for(db.session, current.viewer(), plain, now=clock.now())
    except NotFound as error:
        raise Invalid(_("Choose somebody who is here."), field="to") from error
    if addressee.id == current.member().id:
        raise Invalid(_("You speak for it already."), field="to")
    return addressee
