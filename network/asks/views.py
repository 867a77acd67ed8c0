"""The inbox: what waits for my answer, what I answered, what I asked of others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, request
from flask_babel import gettext as _

from network import clock
from network.asks import access, queries, services
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.db import db
from network.errors import Invalid
from network.htmx import Page, page, see_other, wants_part
from network.members import current

asks = Blueprint("asks", __name__)


@asks.get("/asks")
def inbox() -> Page:
    member, now = current.member(), clock.now()
    return page(
        "asks/inbox.html",
        waiting=queries.inbox(db.session, member, now),
        answered=queries.answered(db.session, member, now),
        sent=[(ask, queries.as_asker_sees(ask, now)) for ask in queries.sent(db.session, member)],
    )


@asks.post("/asks/<key>/answer")
def answer(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    ask = access.ask_to_answer(db.session, member, key, now=now)
    given = request.form.get("answer")
    if given == "yes":
        services.accept(db.session, ask, kind_of(ask), actor=member, now=now)
    elif given == "no":
        services.decline(db.session, ask, actor=member, now=now)
    else:
        raise Invalid(_("Answer yes or not this time."))
    return answered(ask)


@asks.post("/asks/<key>/take-back")
def take_back(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    ask = access.ask_to_answer(db.session, member, key, now=now)
    services.take_back(db.session, ask, actor=member, now=now)
    return answered(ask)


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
            flash(_("You said yes. You and %(name)s are connected.", name=ask.asker.name))
        return see_other("asks.inbox")
    return page("asks/one.html", "ask", ask=ask)


def kind_of(ask: Ask) -> Kind:
    """Return what kind of ask this is."""
    kinds: dict[str, Kind] = current_app.extensions["ask_kinds"]
    return kinds[ask.kind]
