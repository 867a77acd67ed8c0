"""Coming in, asking to, asking somebody in; and taking either back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access
from network.circles.access import Seen
from network.circles.forms import ComeForm, InviteForm
from network.circles.services import coming as services
from network.circles.views.blueprint import circles
from network.circles.views.circle import shown
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import number, sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.queries import connected_people


@circles.post("/circles/<slug>/join")
@limits.of_member
def join(slug: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.circle_for(db.session, member, slug, now=now)
    agreed = number(request.form.get("agreed")) or 0
    place = services.join(db.session, seen.circle, member, agreed=agreed, now=now)
    flash(_come(place))
    return see_other("circles.one", slug=slug)


@circles.post("/circles/<slug>/apply")
@limits.of_member
def apply(slug: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.circle_for(db.session, member, slug, now=now)
    form = sent(ComeForm)
    if not form.validate():
        return shown(slug, status=422, form=form)
    try:
        place = services.apply(
            db.session,
            seen.circle,
            member,
            words=form.reason.data or "",
            agreed=number(form.agreed.data) or 0,
            submission=_submission(form),
            now=now,
        )
    except Invalid as refusal:
        take(form, refusal)
        return shown(slug, status=422, form=form)
    flash(_come(place))
    return see_other("circles.one", slug=slug)


@circles.post("/circles/<slug>/take-back")
def take_back(slug: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = access.circle_for(db.session, member, slug, now=now)
    if seen.place is None:
        raise NotFound
    services.take_back(db.session, seen.circle, seen.place, actor=member, now=now)
    flash(_("Taken back. Nobody is told."))
    return see_other("circles.overview")


@circles.get("/circles/<slug>/invite")
def ask_in(slug: str) -> Page:
    form = InviteForm(submission=uuid4().hex, to=request.args.get("to", ""))
    return _invite(_facilitated(slug), form)


@circles.post("/circles/<slug>/invite")
@limits.of_member
def invite(slug: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = _facilitated(slug)
    form = sent(InviteForm)
    if not form.validate():
        return _invite(seen, form, status=422)
    try:
        addressee = _chosen(form.handle.data or form.to.data or "")
        place = services.invite(
            db.session,
            seen.circle,
            addressee,
            actor=member,
            words=form.words.data or "",
            submission=_submission(form),
            now=now,
        )
    except Invalid as refusal:
        refusal.field = "words" if refusal.field == "reason" else refusal.field
        take(form, refusal)
        return _invite(seen, form, status=422)
    if place.state is MembershipState.INVITED:
        flash(_("Your words are with %(name)s.", name=addressee.name))
    else:
        flash(_("%(name)s had asked to come in, and is in now.", name=addressee.name))
    return see_other("circles.one", slug=slug, _anchor="people")


@circles.post("/circles/<slug>/people/<handle>/take-back")
def uninvite(slug: str, handle: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = _facilitated(slug)
    place = access.place_of_another(db.session, member, seen, handle)
    services.take_back(db.session, seen.circle, place, actor=member, now=now)
    flash(_("Taken back. They are not told."))
    return see_other("circles.one", slug=slug, _anchor="people")


def _facilitated(slug: str) -> Seen:
    return access.circle_to_facilitate(db.session, current.member(), slug, now=clock.now())


def _invite(seen: Seen, form: InviteForm, *, status: int = 200) -> Page:
    known = connected_people(db.session, current.viewer(), clock.now())
    form.to.choices = [("", _("Choose somebody")), *((each.handle, each.name) for each in known)]
    return page("circles/invite.html", seen=seen, circle=seen.circle, form=form, status=status)


def _chosen(handle: str) -> Member:
    """Return who was chosen; whoever is not there, or not there any more, is chosen anew."""
    plain = handle.strip().rstrip("/").rpartition("/")[2].lower()
    try:
        addressee = member_for(db.session, current.viewer(), plain, now=clock.now())
    except NotFound as error:
        raise Invalid(_("Choose somebody who is here."), field="to") from error
    if addressee.id == current.member().id:
        raise Invalid(_("You are in it already."), field="to")
    return addressee


def _come(place: Membership) -> str:
    if place.state is MembershipState.APPLIED:
        return _("Your words are with those who facilitate. You read here what comes of it.")
    if place.state is MembershipState.QUEUED:
        return _("Every place is taken just now. You are in line for the next one.")
    return _("You are in it.")


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
