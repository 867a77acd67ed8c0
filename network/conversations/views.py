"""Conversations: their list, beginning one, reading one, stepping out."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Response, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.conversations import queries, services, views_writing
from network.conversations.access import Thread
from network.conversations.blueprint import conversations
from network.conversations.forms import BeginForm
from network.conversations.models import Conversation
from network.conversations.views_page import around, number, thread_of
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other, wants_part
from network.members import current
from network.members.access import member_for
from network.members.models import Member

__all__ = ["conversations", "views_writing"]

# htmx stops asking when it reads this status.
STOP_ASKING = 286


@conversations.get("/conversations")
def mine() -> Page:
    start = min(number("from") or 0, 5000)
    rows = queries.my_conversations(
        db.session, current.member(), clock.now(), start=start, limit=queries.PAGE + 1
    )
    return page(
        "conversations/mine.html",
        rows=rows[: queries.PAGE],
        start=start,
        further=start + queries.PAGE if len(rows) > queries.PAGE else None,
    )


@conversations.get("/conversations/new")
def begin() -> Any:  # noqa: ANN401
    member, now, named = current.member(), clock.now(), request.args.getlist("to")
    if len(named) != 1:
        return _begin(BeginForm(people=named, submission=uuid4().hex))
    other = member_for(db.session, current.viewer(), named[0], now=now)
    there = queries.pair_conversation(db.session, member.id, other.id)
    if there is not None and queries.stay_to_write_from(db.session, there, member, now):
        return see_other("conversations.thread", key=there.key, _anchor="write")
    services.may_start(db.session, member, other, now)
    return _begin(BeginForm(people=named, submission=uuid4().hex), other)


@conversations.post("/conversations/new")
@limits.of_member
def start() -> Any:  # noqa: ANN401
    form = sent(BeginForm)
    chosen = form.people.data or []
    other = None
    if len(chosen) == 1:
        other = member_for(db.session, current.viewer(), chosen[0], now=clock.now())
    if not form.validate():
        return _begin(form, other, status=422)
    try:
        conversation = _started(form, other)
    except Invalid as refusal:
        take(form, refusal)
        return _begin(form, other, status=422)
    return see_other("conversations.thread", key=conversation.key, _anchor="write")


def _started(form: BeginForm, other: Member | None) -> Conversation:
    member, now = current.member(), clock.now()
    submission = (form.submission.data or uuid4().hex)[:40]
    body = form.body.data or ""
    if other is not None:
        return services.start_direct(
            db.session, actor=member, other=other, body=body, submission=submission, now=now
        )
    return services.start_group(
        db.session,
        actor=member,
        title=form.title.data or "",
        people=queries.connections_of(db.session, member, now, handles=form.people.data or []),
        body=body,
        submission=submission,
        now=now,
    )


def _begin(form: BeginForm, other: Member | None = None, *, status: int = 200) -> Page:
    choices = [] if other else queries.connections_of(db.session, current.member(), clock.now())
    form.people.choices = [(each.handle, each.name) for each in choices]
    return page("conversations/new.html", form=form, other=other, status=status)


@conversations.get("/conversations/<key>")
def thread(key: str) -> Any:  # noqa: ANN401
    found, before = thread_of(key), number("before")
    start, after = number("from"), number("after")
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
        context = around(found, start=start, after=after, beside="write")
        return page("conversations/thread.html", "latest", "write", status=STOP_ASKING, **context)
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
    flash(_("You stepped out. What was said until now stays yours to read."))
    return see_other("conversations.mine")
