"""A person's page, asking to connect, ending it, keeping apart."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash
from flask_babel import gettext as _

from network import auth, clock, limits
from network.asks import services as asks
from network.db import db
from network.errors import Invalid, NotAllowed
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for, profile_for
from network.members.models import Member
from network.relationships import access
from network.relationships.beside import beside, parts
from network.relationships.coming_with_work import may_come_with_work
from network.relationships.forms import AskForm
from network.relationships.kinds import CONNECTION
from network.relationships.services import connections as services

relationships = Blueprint("relationships", __name__)


@relationships.get("/people/<handle>")
@auth.public
def person(handle: str) -> Page:
    return _person(handle, AskForm(submission=uuid4().hex))


@relationships.post("/people/<handle>/connect")
@limits.of_member
def connect(handle: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    other = _other(handle)
    form = sent(AskForm)
    if not form.validate():
        return _person(handle, form, status=422)
    try:
        ask = asks.send(
            db.session,
            CONNECTION,
            asker=member,
            addressee=other,
            reason=form.reason.data,
            submission=(form.submission.data or uuid4().hex)[:40],
            now=now,
        )
    except Invalid as refusal:
        take(form, refusal)
        return _person(handle, form, status=422)
    if ask.asker_id == other.id:
        flash(_("%(name)s had asked you too. You are connected.", name=other.name))
    else:
        flash(_("Your ask is with %(name)s. You can take it back under Asks.", name=other.name))
    return see_other("relationships.person", handle=handle)


@relationships.get("/people/<handle>/end")
def ask_end(handle: str) -> Page:
    other = _other(handle)
    connection = access.connection_with(db.session, current.member(), other)
    return page("relationships/end.html", other=other, connection=connection)


@relationships.post("/people/<handle>/end")
def end(handle: str) -> Any:  # noqa: ANN401
    member, other = current.member(), _other(handle)
    connection = access.connection_with(db.session, member, other)
    services.end(db.session, connection, actor=member, now=clock.now())
    flash(_("The connection has ended. %(name)s is not told.", name=other.name))
    return see_other("ties.connections")


@relationships.get("/people/<handle>/block")
def ask_block(handle: str) -> Page:
    return page("relationships/block.html", other=_other(handle))


@relationships.post("/people/<handle>/block")
def block(handle: str) -> Any:  # noqa: ANN401
    other = _other(handle)
    services.block(db.session, current.member(), other, now=clock.now())
    flash(_("From now on you and %(name)s are not here for each other.", name=other.name))
    return see_other("boundaries.overview")


def _person(handle: str, form: AskForm, *, status: int = 200) -> Page:
    member, now = current.member_or_none(), clock.now()
    profile = profile_for(db.session, current.viewer(), handle, now=now)
    more = beside(db.session, member, profile, now)
    connected = more["reach"] is not None and more["reach"].connection is not None
    may_approach = may_come_with_work(db.session, member, profile, connected=connected, now=now)
    above = current_app.extensions["person_beside"]  # known to packages above this one
    more |= {"may_approach": may_approach, "profile": profile, "form": form}
    more["parts"] = parts(db.session, member, profile, now, of=above)
    return page("members/person.html", "reach", status=status, **more)


def _other(handle: str) -> Member:
    """Return the other person; for oneself and for anybody not visible there is nothing here."""
    other = member_for(db.session, current.viewer(), handle, now=clock.now())
    if other.id == current.member().id:
        raise NotAllowed(_("That is you."))
    return other
