"""What one does in a conversation: say, keep for later, take back, read, mute, ask somebody in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Response, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.conversations import access, queries, services
from network.conversations.access import Thread
from network.conversations.blueprint import conversations
from network.conversations.forms import MessageForm
from network.conversations.views_page import around, thread_of
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import number, sent, take
from network.htmx import is_from, page, see_other, wants_part
from network.members import current


@conversations.post("/conversations/<key>/messages")
@limits.of_member
def send(key: str) -> Any:  # noqa: ANN401
    found, form = thread_of(key), sent(MessageForm)
    if not form.validate():
        return _not_sent(found, form)
    if request.form.get("look"):
        return _look(found, form)
    start = number(request.values.get("from"))
    try:
        services.post(
            db.session,
            found.conversation,
            actor=current.member(),
            body=form.body.data,
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _not_sent(found, form)
    if not wants_part():
        return see_other("conversations.thread", key=key, _anchor="write")
    written = around(found, start=start, after=found.high - 1, beside="latest")
    return page("conversations/thread.html", "write", "latest", **written)


def _look(found: Thread, form: MessageForm) -> Any:  # noqa: ANN401
    """Show the words as they will be read, and keep them."""
    _keep(found, form)
    if not wants_part():
        key = found.conversation.key
        return see_other("conversations.thread", key=key, look="yes", _anchor="write")
    shown = around(found, form=form, look=form.body.data)
    return page("conversations/thread.html", "write", **shown)


def _not_sent(found: Thread, form: MessageForm) -> Any:  # noqa: ANN401
    return page("conversations/thread.html", "write", status=422, **around(found, form=form))


def _keep(found: Thread, form: MessageForm) -> None:
    services.keep_draft(
        db.session,
        found.conversation,
        actor=current.member(),
        body=form.body.data or "",
        submission=(form.submission.data or "")[:40],
    )


@conversations.post("/conversations/<key>/draft")
def keep_draft(key: str) -> Any:  # noqa: ANN401
    found, form = thread_of(key), sent(MessageForm)
    if not form.validate():
        return _not_sent(found, form)
    _keep(found, form)
    if wants_part() and is_from("body"):  # while one types nothing is said
        return Response(status=204)
    if not wants_part():
        flash(_("Kept for later. Only you see it."))
        return see_other("conversations.thread", key=key, _anchor="write")
    return page("conversations/thread.html", "write", **around(found, form=form, kept=True))


@conversations.post("/conversations/<key>/read")
def mark_read(key: str) -> Any:  # noqa: ANN401
    found = thread_of(key)
    upto = number(request.values.get("upto")) or 0
    services.mark_read(db.session, found.stay, upto=upto, high=found.high)
    if wants_part():
        return Response("", mimetype="text/html")
    return see_other("conversations.thread", key=key)


@conversations.post("/conversations/<key>/mute")
@limits.of_member
def mute(key: str) -> Any:  # noqa: ANN401
    found, member = thread_of(key), current.member()
    if request.form.get("letters") == "yes":
        services.unmute(db.session, found.conversation, actor=member)
        flash(_("Letters come again when there is something to read here."))
    else:
        services.mute(db.session, found.conversation, actor=member)
        flash(_("No letters come from here. Nobody is told."))
    return see_other("conversations.thread", key=key)


@conversations.post("/conversations/<key>/add")
@limits.of_member
def add(key: str) -> Any:  # noqa: ANN401
    found, member, now = thread_of(key), current.member(), clock.now()
    named = [request.form.get("to", "")]
    chosen = queries.connections_of(db.session, member, now, handles=named)
    if not chosen:
        raise NotFound
    services.add(db.session, found.conversation, actor=member, other=chosen[0], now=now)
    flash(_("Done. The margin says who reads this from now on."))
    return see_other("conversations.thread", key=key)


@conversations.post("/conversations/<key>/messages/<message_key>/withdraw")
@limits.of_member
def withdraw(key: str, message_key: str) -> Any:  # noqa: ANN401
    member = current.member()
    message = access.message_of_mine(db.session, member, message_key, within=key)
    services.withdraw(db.session, message, actor=member, now=clock.now())
    if not wants_part():
        return see_other("conversations.thread", key=key, _anchor=f"m-{message.key}")
    entry = queries.Entry(message.turn, message.sent_at, member, message)
    return page("conversations/one.html", "message", entry=entry, conversation_key=key)
