"""Circles and sessions measured: their pages, a full calendar, places that many want at once."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from bench.figures import CLIENTS, opened, percentile, times_ms
from bench.server import Client
from network.clock import utc_now
from network.columns import random_key
from network.composition import THINGS
from network.db import db, reading, transaction
from network.demo.gatherings import BUSY, write_gatherings
from network.demo.large import read_statements
from network.learning.kinds import Format, SeatState, SessionState
from network.learning.models import LearningSession, Seat, SeatKind, SessionHost
from network.learning.services.feeds import make_feed
from network.members.models import Member
from network.search import backend, indexer

# At each of them twenty places, which 64 people want; each asks fewer than sixty times an hour.
RACES, ROOM = 40, 20
CIRCLES = [f"/circles/c{number}" for number in range(1, 101) if number % 5 != 4]  # noqa: PLR2004
SESSIONS = [
    "/learning/sessions/s2",  # of a circle; the others are open
    *(f"/learning/sessions/s{number}" for number in range(1, 201) if number % 5 in {0, 1}),
]


@dataclass(frozen=True, slots=True)
class There:
    """What the measurements ask for: a calendar's address, and the ways to take part in races."""

    feed: str
    races: Sequence[tuple[str, str]]


def write(instance: Path, purposes: Path, members: int, circles: int, sessions: int) -> There:
    """Write circles and sessions into a network, and what is measured of them."""
    with opened(instance) as app:
        steps = write_gatherings(
            db.engine,
            read_statements(purposes),
            members=members,
            circles=circles,
            sessions=sessions,
            now=utc_now(),
        )
        for _ in tqdm(steps, desc="gatherings", file=sys.stderr, disable=None):
            pass
        with transaction() as session:
            races = [_race(session, number) for number in range(RACES)]
            token = make_feed(session, session.get_one(Member, BUSY), now=utc_now())
        indexer.rebuild(backend.things(app), THINGS)  # type: ignore[arg-type]
    return There(f"/calendar/{token}.ics", races)


def _race(session: Session, number: int) -> tuple[str, str]:
    """Write a session that many will want to come to; return its key and that of its places."""
    now = utc_now()
    race = LearningSession(
        key=random_key(),
        uid=f"race{number}@measured.example",
        format=Format.TALK,
        title=f"What everybody wants to hear, {number}",
        state=SessionState.SCHEDULED,
        proposer_id=1,
        starts_at=now + timedelta(days=360, hours=number),
        ends_at=now + timedelta(days=360, hours=number + 1),
        proposed_at=now,
        changed_at=now,
        submission=f"race-{number}",
    )
    session.add(race)
    session.flush()  # its host and its places name it
    kind = random_key()
    session.execute(insert(SessionHost).values(session_id=race.id, member_id=1, since=now))
    session.add(SeatKind(session_id=race.id, key=kind, position=1, name="To listen", capacity=ROOM))
    return race.key, kind


def page_p95_ms(port: int, paths: list[str], count: int = 300) -> float:
    """Ask for pages as somebody who takes part as most do."""
    client = Client(port)
    client.enter("m7")
    return percentile(times_ms(client, paths, count), 0.95)


def feed_p95_ms(port: int, there: There) -> tuple[float, float]:
    """Return how long a calendar of 300 takes, the first time, and again and again."""
    client = Client(port)
    began = time.perf_counter()
    _, text = client.get(there.feed)
    first = (time.perf_counter() - began) * 1000
    entries = text.count(b"BEGIN:VEVENT")
    if entries < 300:  # noqa: PLR2004
        raise RuntimeError(f"the calendar holds {entries}")
    return first, percentile(times_ms(client, [there.feed], 100), 0.95)


def places_per_s(port: int, there: There) -> tuple[float, int]:
    """Let 64 people ask for a place at one session after the other, all at once; return how many
    asked in a second, and how many were not answered.
    """
    clients = [Client(port) for _ in range(CLIENTS)]
    for number, client in enumerate(tqdm(clients, desc="64 enter", file=sys.stderr, disable=None)):
        client.enter(f"m{300 + number}")
    errors: list[int] = []

    def ask(client: Client) -> None:
        for key, kind in there.races:
            status = client.post(f"/learning/sessions/{key}/place", {"kind": kind, "named": "y"})
            if status != 303:  # noqa: PLR2004
                errors.append(status)

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CLIENTS * RACES / (time.perf_counter() - began), len(errors)


def wrong_places(instance: Path, there: There) -> int:
    """Return at how many of those sessions not exactly as many go as there is room, or not
    everybody else stands in line.
    """
    keys = [key for key, _ in there.races]
    going = func.count().filter(Seat.state == SeatState.GOING)
    waiting = func.count().filter(Seat.state == SeatState.WAITLISTED)
    found = (
        select(going, waiting)
        .join(LearningSession, LearningSession.id == Seat.session_id)
        .where(LearningSession.key.in_(keys))
        .group_by(LearningSession.id)
    )
    with opened(instance), reading() as session:
        right = [row for row in session.execute(found) if tuple(row) == (ROOM, CLIENTS - ROOM)]
    return RACES - len(right)
