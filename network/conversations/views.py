"""Conversations: their list, reading one, stepping out."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from network import clock
from network.conversations import queries, services, views_beginning, views_writing
from network.conversations.access import Thread
from network.conversations.blueprint import conversations
from network.conversations.views_page import around, thread_of
from network.db import db
from network.forms import number
from network.htmx import Page, page, see_other, wants_part
from network.members import current

__all__ = ["conversations", "views_beginning", "views_writing"]

# htmx stops asking when it reads this status.
STOP_ASKING = 286


@conversations.get("/conversations")
def mine() -> Page:
    start = min(number(request.values.get("from")) or 0, 5000)
    rows = queries.my_conversations(
        db.session, current.member(), clock.now(), start=start, limit=queries.PAGE + 1
    )
    return page(
        "conversations/mine.html",
        rows=rows[: queries.PAGE],
        start=start,
        further=start + queries.PAGE if len(rows) > queries.PAGE else None,
    )


@conversations.get("/conversations/<key>")
def thread(key: str) -> Any:  # noqa: ANN401
    found, before = thread_of(key), number(request.values.get("before"))
    start, after = number(request.values.get("from")), number(request.values.get("after"))
    if wants_part() and start is not None and after is not None:
        return _latest(found, start, after)
    if wants_part() and before is not None:
        return page("conversations/thread.html", "earlier", **around(found, before=before))
    look = found.stay.draft if request.args.get("look") else ""
    return page("conversations/thread.html", "latest", **around(found, before=before, look=look))


def _latest(found: Thread, start: int, after: int) -> Any:  # noqa: ANN401
    """Answer a page that asks what is new: with nothing, with its leaf, or with the end of it."""
    member, now = current.member(), clock.now()
    if queries.stay_to_write_from(db.session, found.conversation, member, now) is None:
        # What is being written stays where it is: sending it says that it cannot be sent.
        context = around(found, start=start, after=after)
        return page("conversations/thread.html", "latest", status=STOP_ASKING, **context)
    if not queries.new_since(db.session, member, found, now, start=start, after=after):
        return Response(status=204)
    return page("conversations/thread.html", "latest", **around(found, start=start, after=after))


@conversations.get("/conversations/<key>/leave")
def ask_leave(key: str) -> Page:
    found = thread_of(key)
    people = queries.company(db.session, current.member(), found, clock.now())
    return page("conversations/leave.html", thread=found, others=queries.others_now(people))


@conversations.post("/conversations/<key>/leave")
def leave(key: str) -> Any:  # noqa: ANN401
    found = thread_of(key)
    services.leave(db.session, found.conversation, actor=current.member(), now=clock.now())
    flash(_("You are not in it any more. What was said while you were stays yours to read."))
    return see_other("conversations.mine")
