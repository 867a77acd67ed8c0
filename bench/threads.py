"""Conversations measured: opening a long one, saying something, and asking when nothing is new."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.figures import opened, percentile, times_ms
from bench.server import Client
from network.clock import utc_now
from network.columns import random_key
from network.conversations import services
from network.conversations.models import Conversation, Message
from network.db import transaction
from network.members.kinds import WhoMayWrite
from network.members.models import Member, Participation

LONG, SHORT = 10_000, 10
WRITERS = [f"m{number}" for number in range(200, 210)]
# A writer sends at most sixty messages an hour.
EACH_SENDS = 25
SENTENCES = (
    "Is it the pay that worries them or the title? They say one and mean the other.",
    "We wrote: *the coordinator decides what cannot wait for the meeting, and tells the meeting.*",
    "Three things I would ask them:\n\n- who signs\n- who may say no\n- who eats alone",
)
POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="every 4s"')


def write_threads(instance: Path) -> dict[str, str]:
    """Write conversations of m7, long and short, and one of each writer; return where they are."""
    with opened(instance), transaction() as db:
        there = {
            "long": _thread(db, "m7", "m8", LONG),
            "short": _thread(db, "m7", "m9", SHORT),
            **{each: _thread(db, each, "m10", 50) for each in WRITERS},
        }
    return {name: f"/conversations/{key}" for name, key in there.items()}


def _thread(db: Session, one: str, other: str, count: int) -> str:
    people = {
        member.handle: member
        for member in db.scalars(select(Member).where(Member.handle.in_((one, other))))
    }
    db.get_one(Participation, people[other].id).who_may_write = WhoMayWrite.ANYONE
    now = utc_now() - timedelta(days=200)
    conversation = services.start_direct(
        db,
        actor=people[one],
        other=people[other],
        body=SENTENCES[0],
        submission=uuid4().hex,
        now=now,
    )
    ids = [people[one].id, people[other].id]
    db.execute(insert(Message), list(_said(conversation, ids, count)))
    conversation.turn += count - 1
    return conversation.key


def _said(
    conversation: Conversation, ids: Sequence[int], count: int
) -> Iterator[dict[str, object]]:
    for number in range(1, count):
        yield {
            "key": random_key(),
            "conversation_id": conversation.id,
            "turn": number + 1,
            "author_id": ids[number % 2],
            "body": SENTENCES[number % len(SENTENCES)],
            "sent_at": conversation.opened_at + timedelta(minutes=number),
            "submission": uuid4().hex,
        }


def open_p95_ms(port: int, path: str) -> float:
    """Open a conversation again and again."""
    client = Client(port)
    client.enter("m7")
    return percentile(times_ms(client, [path], 200), 0.95)


def poll_idle_ms(port: int, path: str) -> float:
    """Ask a page's question while nobody writes; return the median."""
    client = Client(port)
    client.enter("m7")
    asks = POLL.search(client.get(path)[1].decode())
    if asks is None:
        raise RuntimeError("the page does not ask for what is new")
    address, taken = asks[1].replace("&amp;", "&"), []
    for _each in range(300):
        began = time.perf_counter()
        status, _ = client.get(address, {"HX-Request": "true"})
        taken.append((time.perf_counter() - began) * 1000)
        if status != 204:  # noqa: PLR2004
            raise RuntimeError(f"{address} answered {status}")
    return percentile(taken, 0.5)


def post_p95_ms(port: int, there: dict[str, str]) -> float:
    """Let a few people send their messages by htmx, one after the other."""
    taken = []
    for writer in WRITERS:
        client = Client(port)
        client.enter(writer)
        for number in range(EACH_SENDS):
            fields = {"body": SENTENCES[number % 3], "submission": uuid4().hex, "send": "yes"}
            began = time.perf_counter()
            status = client.post(f"{there[writer]}/messages", fields)
            taken.append((time.perf_counter() - began) * 1000)
            if status != 303:  # noqa: PLR2004
                raise RuntimeError(f"a message was answered with {status}")
    return percentile(taken, 0.95)
