"""What the page of a conversation is made of, for the views that show it or a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import current_app, request

from network import clock
from network.conversations import queries
from network.conversations.access import Thread, conversation_for
from network.conversations.dress import Dress
from network.conversations.forms import MessageForm
from network.conversations.leads import Lead
from network.conversations.models import About
from network.db import db
from network.forms import number
from network.htmx import wants_part
from network.members import current
from network.members.models import Member


def thread_of(key: str) -> Thread:
    """Return the conversation at this address, for whoever asks."""
    return conversation_for(db.session, current.member(), key, now=clock.now())


def around(
    thread: Thread,
    *,
    form: MessageForm | None = None,
    start: int | None = None,
    before: int | None = None,
    after: int | None = None,
    **more: Any,  # noqa: ANN401  # whatever a template takes
) -> dict[str, Any]:
    """Return what the page of a conversation is rendered with; the rest of it for a whole visit.

    `start` and `before` choose the leaf, what came after the turn `after` is marked as fresh.
    """
    member, now = current.member(), clock.now()
    people = queries.company(db.session, member, thread, now)
    since = number(request.values.get("since"))
    context = {
        "thread": thread,
        "conversation": thread.conversation,
        "conversation_key": thread.conversation.key,
        "leaf": queries.leaf(db.session, member, thread, people, now, before=before, start=start),
        "others": queries.others_now(people),
        "open": queries.can_write(thread, people, now),
        "form": form or MessageForm(body=thread.stay.draft, submission=uuid4().hex),
        "since": thread.stay.read_turn if since is None else since,
        "fresh_after": thread.high if after is None else after,
        "is_earlier": before is not None,
        "beside": "",
        "look": "",
        "kept": False,
        **more,
    }
    if not wants_part():
        context |= _rest_of_page(thread, people, member)
    return context


def _rest_of_page(
    thread: Thread, people: Sequence[queries.Company], member: Member
) -> dict[str, Any]:
    """Return what stands around the thread: what it is about, and whom one may ask in."""
    now = clock.now()
    dresses: dict[str, Dress] = current_app.extensions["dresses"]
    leads: tuple[Lead, ...] = current_app.extensions["leads"]
    dress = dresses.get(thread.conversation.about.value)
    choices: Sequence[Member] = ()
    if thread.conversation.about is About.GROUP and thread.is_here:
        here = {each.stay.member_id for each in people if each.member and each.here}
        known = queries.connections_of(db.session, member, now)
        choices = [each for each in known if each.id not in here]
    in_company = thread.is_here and bool(queries.others_now(people))
    led_to = [
        each.load(db.session, thread.conversation, member, now) for each in leads if in_company
    ]
    return {
        **{name: value for each in led_to for name, value in each.items()},
        "leads": [each.template for each in leads if in_company],
        "dress": dress,
        "thing": dress.load(db.session, thread.conversation, member, now) if dress else {},
        "choices": choices,
        "has_left": [each.member for each in people if each.member and not each.here],
    }
