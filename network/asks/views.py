"""The inbox: what waits for my answer, what I answered, what I asked of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, request
from flask_babel import gettext as _

from network import clock
from network.asks import access, queries, services
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.asks.shown import Shown, shown
from network.db import db
from network.errors import Invalid
from network.htmx import Page, page, see_other, wants_part
from network.members import current

asks = Blueprint("asks", __name__)

# How long to put something off.
LATER = {
    "month": timedelta(days=30),
    "season": timedelta(days=91),
    "half": timedelta(days=182),
}


@asks.get("/asks")
def inbox() -> Page:
    member, now = current.member(), clock.now()
    sent = shown(db.session, kinds(), queries.sent(db.session, member))
    return page(
        "asks/inbox.html",
        waiting=shown(db.session, kinds(), queries.inbox(db.session, member, now)),
        answered=shown(db.session, kinds(), queries.answered(db.session, member, now)),
        sent=[(each, queries.as_asker_sees(each.ask, now)) for each in sent],
    )


@asks.post("/asks/<key>/answer")
def answer(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    ask = access.ask_to_answer(db.session, member, key, now=now)
    given, read = request.form.get("answer", ""), request.form.get("read")
    if given == "yes":
        services.accept(db.session, ask, kind_of(ask), actor=member, now=now, read=read)
    elif given == "no":
        services.decline(db.session, ask, kind_of(ask), actor=member, now=now)
    elif given in LATER and kind_of(ask).puts_off:
        services.decline(
            db.session, ask, kind_of(ask), actor=member, now=now, again_at=now + LATER[given]
        )
    else:
        raise Invalid(_("Answer yes or not this time."))
    return answered(ask)


@asks.post("/asks/<key>/take-back")
def take_back(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    ask = access.ask_to_answer(db.session, member, key, now=now)
    services.take_back(db.session, ask, kind_of(ask), actor=member, now=now)
    return answered(ask)


@asks.post("/asks/<key>/let-go")
def let_go(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    ask = access.ask_to_answer(db.session, member, key, now=now)
    services.let_go(ask, actor=member)
    flash(_("It is gone from your day. Nobody is told."))
    return see_other("today.home")


@asks.post("/asks/<key>/withdraw")
def withdraw(key: str) -> Any:  # noqa: ANN401
    member = current.member()
    ask = access.ask_to_withdraw(db.session, member, key)
    services.withdraw(db.session, ask, actor=member, now=clock.now())
    flash(_("Taken back. They are not told."))
    return see_other("asks.inbox")


def answered(ask: Ask) -> Any:  # noqa: ANN401
    """Show the ask as it stands now, in its place; without htmx, go back to the inbox."""
    if not wants_part():
        if ask.state is AskState.ACCEPTED:
            flash(kind_of(ask).said_yes(ask))
        return see_other("asks.inbox")
    return page("asks/one.html", "ask", each=one(ask))


def one(ask: Ask) -> Shown:
    """Return one ask as its template shows it."""
    return shown(db.session, kinds(), [ask])[0]


def kinds() -> dict[str, Kind]:
    """Return all kinds of asks, by name."""
    found: dict[str, Kind] = current_app.extensions["ask_kinds"]
    return found


def kind_of(ask: Ask) -> Kind:
    """Return what kind of ask this is."""
    return kinds()[ask.kind]
