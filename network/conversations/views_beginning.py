"""Beginning a conversation: with one person, or with a few of one's connections."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import request

from network import clock, limits
from network.conversations import queries, services
from network.conversations.blueprint import conversations
from network.conversations.forms import BeginForm
from network.conversations.models import Conversation
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.members.access import member_for
from network.members.models import Member


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
        people=queries.connections_of(
            db.session, member, now, handles=(form.people.data or [])[: services.MOST_OTHERS + 1]
        ),
        body=body,
        submission=submission,
        now=now,
    )


def _begin(form: BeginForm, other: Member | None = None, *, status: int = 200) -> Page:
    choices = [] if other else queries.connections_of(db.session, current.member(), clock.now())
    form.people.choices = [(each.handle, each.name) for each in choices]
    return page("conversations/new.html", form=form, other=other, status=status)
