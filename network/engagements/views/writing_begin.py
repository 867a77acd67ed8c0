"""Beginning terms from a conversation: who signs, for whom, and which words to begin from."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import request

from network import clock, limits
from network.conversations.access import Thread, conversation_for
from network.db import db
from network.engagements.access import negotiation_for
from network.engagements.forms_beginning import BeginForm
from network.engagements.queries.signers import Signers, signers
from network.engagements.queries.writing import draft_of
from network.engagements.services import beginning, drafting
from network.engagements.typing_terms import first_words
from network.engagements.views.writing import writing
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current

__all__ = ["writing"]


@writing.get("/negotiations/new")
def begin() -> Page:
    thread, found = _from_here()
    form = BeginForm(submission=uuid4().hex)
    form.offer(found)
    form.begin_with(found)
    return _page(thread, found, form)


@writing.post("/negotiations/new")
@limits.of_member
def begin_terms() -> Any:  # noqa: ANN401
    thread, found = _from_here()
    form = sent(BeginForm)
    form.offer(found)
    if not form.validate():
        return _page(thread, found, form, status=422)
    member, now = current.member(), clock.now()
    try:
        negotiation = beginning.begin(
            db.session,
            thread.conversation,
            actor=member,
            signs=form.signs(member.id),
            now=now,
            submission=(form.submission.data or uuid4().hex)[:40],
        )
    except Invalid as refusal:
        take(form, refusal)
        return _page(thread, found, form, status=422)
    _draft(negotiation.key, form)
    return see_other("writing.write", negotiation=negotiation.key)


def _draft(key: str, form: BeginForm) -> None:
    """Keep the words of a template as the draft of whoever begins, once."""
    member, now = current.member(), clock.now()
    seen = negotiation_for(db.session, member, key, now=now)
    if seen.negotiation.last or draft_of(db.session, seen):
        return
    fields = first_words(seen, form.from_what, current.locale())
    drafting.keep(db.session, seen.mine, actor=member, fields=fields, over=0, now=now)


def _from_here() -> tuple[Thread, Signers]:
    """Return the conversation that the address names, where the reader is in company."""
    member, now = current.member(), clock.now()
    key = request.args.get("conversation", "")
    thread = conversation_for(db.session, member, key, now=now)
    found = signers(db.session, member, thread.conversation, now)
    if not thread.is_here or not found.others:
        raise NotFound
    return thread, found


def _page(thread: Thread, found: Signers, form: BeginForm, *, status: int = 200) -> Page:
    return page(
        "engagements/begin.html",
        status=status,
        conversation=thread.conversation,
        signers=found,
        form=form,
    )
