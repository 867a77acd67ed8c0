"""People who stay in touch with an organisation: asking, being asked, being named, ending it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, request
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
from network.organisations.access_alumni import relation_for
from network.organisations.forms_alumni import TouchForm, TouchMemberForm
from network.organisations.queries import alumni as queries
from network.organisations.services import alumni as services
from network.organisations.sorts import SORTS
from network.paging import further_than, start_from

alumni = Blueprint("alumni", __name__)


@alumni.get("/organisations/<organisation>/alumni")
def overview(organisation: str) -> Page:
    return _overview(_seen(organisation), TouchForm(submission=uuid4().hex))


@alumni.post("/organisations/<organisation>/alumni")
@limits.of_member
def ask(organisation: str) -> Any:  # noqa: ANN401
    seen, form = _seen(organisation), sent(TouchForm)
    if not form.validate():
        return _overview(seen, form, status=422)
    try:
        relation = services.ask(
            db.session,
            seen.organisation,
            current.member(),
            sort=form.kind,
            words=form.words.data or "",
            submission=_submission(form),
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, _at_words(refusal))
        return _overview(seen, form, status=422)
    if relation.since is not None:
        flash(_("They had asked you, too: you stay in touch from now on."))
    else:
        flash(_("Your words are with those who speak for it."))
    return see_other("alumni.overview", organisation=organisation)


@alumni.get("/organisations/<organisation>/alumni/invite")
def ask_in(organisation: str) -> Page:
    form = TouchMemberForm(submission=uuid4().hex, to=request.args.get("to", ""))
    return _invite(_spoken_for(organisation), form)


@alumni.post("/organisations/<organisation>/alumni/invite")
@limits.of_member
def invite(organisation: str) -> Any:  # noqa: ANN401
    seen, form = _spoken_for(organisation), sent(TouchMemberForm)
    if not form.validate():
        return _invite(seen, form, status=422)
    try:
        addressee = _chosen(form.handle.data or form.to.data or "")
        relation = services.invite(
            db.session,
            seen.organisation,
            addressee,
            actor=current.member(),
            sort=form.kind,
            words=form.words.data or "",
            submission=_submission(form),
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, _at_words(refusal))
        return _invite(seen, form, status=422)
    if relation.since is not None:
        flash(_("%(name)s had asked, too: you stay in touch from now on.", name=addressee.name))
    else:
        flash(_("Your words are with %(name)s.", name=addressee.name))
    return see_other("alumni.overview", organisation=organisation)


@alumni.post("/alumni/<relation>/keep")
def keep(relation: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found = relation_for(db.session, member, relation, now=now)
    services.say_yes(db.session, found.organisation, found, actor=member, now=now)
    flash(_("You stay in touch from now on."))
    return see_other("alumni.overview", organisation=found.organisation.slug)


@alumni.post("/alumni/<relation>/show")
def show(relation: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found = relation_for(db.session, member, relation, now=now)
    shown = request.form.get("shown") == "yes"
    services.show(db.session, found.organisation, found, actor=member, shown=shown, now=now)
    if shown:
        flash(_("The page names you, to whoever may know of you."))
    else:
        flash(_("The page names you no longer."))
    return see_other("alumni.overview", organisation=found.organisation.slug)


@alumni.post("/alumni/<relation>/end")
def end(relation: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    found = relation_for(db.session, member, relation, now=now)
    was_asked = found.since is None
    services.end(db.session, found.organisation, found, actor=member, now=now)
    flash(_("Taken back. They are not told.") if was_asked else _("Ended. Nobody is told."))
    return see_other("alumni.overview", organisation=found.organisation.slug)


def _overview(seen: Seen, form: TouchForm, *, status: int = 200) -> Page:
    member, viewer, now = current.member(), current.viewer(), clock.now()
    organisation, start = seen.organisation, start_from(request.args.get("from", ""))
    mine = queries.relation_of(db.session, organisation, member, now)
    leaf = queries.people_of(db.session, organisation, viewer, now, start=start)
    waiting = queries.on_the_way(db.session, organisation, viewer, now) if seen.speaks else ()
    again = None if mine else queries.again_from(db.session, organisation, member, now)
    return page(
        "organisations/alumni.html",
        seen=seen,
        organisation=organisation,
        mine=mine,
        again=again,
        leaf=leaf,
        further=further_than(leaf.further),
        waiting=waiting,
        sorts=SORTS,
        form=form,
        status=status,
    )


def _invite(seen: Seen, form: TouchMemberForm, *, status: int = 200) -> Page:
    known = connected_people(db.session, current.viewer(), clock.now())
    form.to.choices = [("", _("Choose somebody")), *((each.handle, each.name) for each in known)]
    return page(
        "organisations/alumni_invite.html",
        organisation=seen.organisation,
        form=form,
        status=status,
    )


def _seen(slug: str) -> Seen:
    return access.organisation_for(db.session, current.member(), slug, now=clock.now())


def _spoken_for(slug: str) -> Seen:
    return access.organisation_to_speak_for(db.session, current.member(), slug, now=clock.now())


def _chosen(handle: str) -> Member:
    """Return who was chosen; whoever is not there, or not there any more, is chosen anew."""
    plain = handle.strip().rstrip("/").rpartition("/")[2].lower()
    try:
        addressee = member_for(db.session, current.viewer(), plain, now=clock.now())
    except NotFound as error:
        raise Invalid(_("Choose somebody who is here."), field="to") from error
    if addressee.id == current.member().id:
        raise Invalid(_("You speak for it."), field="to")
    return addressee


def _at_words(refusal: Invalid) -> Invalid:
    refusal.field = "words" if refusal.field == "reason" else refusal.field
    return refusal


def _submission(form: TouchForm) -> str:
    return (form.submission.data or uuid4().hex)[:40]
