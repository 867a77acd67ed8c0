"""Who is asking, as a member, loaded once a request, and what follows: eyes, language, zone."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app, g, has_request_context, request

from network import auth, clock
from network.db import SAFE_METHODS, db, reading
from network.errors import NotAllowed
from network.members import queries
from network.members.kinds import Joining
from network.members.models import Member, SignIn
from network.members.visibility import THE_WEB, Viewer

SETTINGS_KEPT_S = 5.0


@dataclass(frozen=True, slots=True)
class House:
    """What every page knows of the network."""

    name: str
    about: str
    language: str
    joining: Joining
    questions: str
    demo: bool


def load(token: str) -> auth.SignedIn | None:
    """Return who a token signs in; suspended and departed members are nobody on every path.

    Where something will be written it is looked up beside the request's session, so that a view
    can still hash a password or measure a picture before it takes the write gate.
    """
    if request.method in SAFE_METHODS:
        found = queries.signed_in_member(db.session, auth.digest(token), clock.now())
    else:
        with reading() as session:
            found = queries.signed_in_member(session, auth.digest(token), clock.now())
    if found is None:
        return None
    g.sign_in, g.member = found
    return auth.SignedIn(member_id=found[1].id, sign_in_id=found[0].id, token=token)


def member_or_none() -> Member | None:
    """Return the member who asks, in this request's session, or None."""
    user = auth.signed_in()
    if user is None:
        return None
    member: Member | None = g.get("member")
    if member is None or member not in db.session:
        member = g.member = db.session.get_one(Member, user.member_id)
    return member


def member() -> Member:
    """Return the member who asks."""
    found = member_or_none()
    if found is None:
        raise NotAllowed
    return found


def sign_in() -> SignIn:
    """Return the sign-in that asks."""
    user = auth.signed_in()
    if user is None:
        raise NotAllowed
    row: SignIn = g.sign_in
    return row


def viewer() -> Viewer:
    """Return the eyes of whoever asks."""
    found = member_or_none()
    return THE_WEB if found is None else Viewer.of(found)


def house() -> House:
    """Return what the stewards have set; a change is seen by every process within five seconds."""
    kept: tuple[float, House] | None = current_app.extensions.get("house")
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    with reading() as session:
        row = queries.network_row(session)
    found = (
        House("Commonweal", "", "en", Joining.INVITATION, "", demo=False)
        if row is None
        else House(row.name, row.about, row.language, row.joining, row.questions, demo=row.demo)
    )
    current_app.extensions["house"] = (time.monotonic() + SETTINGS_KEPT_S, found)
    return found


def forget_house() -> None:
    """Read the stewards' settings anew at the next page."""
    current_app.extensions.pop("house", None)


def locale() -> str:
    """Return the language of the house."""
    return house().language if has_request_context() else "en"


def time_zone() -> str:
    """Return the zone in which this person reads times."""
    found = g.get("member") if has_request_context() else None
    return found.time_zone if found is not None else "UTC"
