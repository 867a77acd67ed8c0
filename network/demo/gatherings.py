"""Circles and sessions for a large network: as many as hundreds of communities would have in a
year, to measure with.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import DeclarativeBase

from network.circles.kinds import DecisionAbout, Door, Form, Life
from network.circles.models import Agreements, Circle, CircleNote, CircleNoteVersion, Decision
from network.columns import random_key
from network.conversations.models import About, Conversation, Participant
from network.demo.large import BATCH, Statement
from network.learning.kinds import Attendance, Format, Readers, SeatState, SessionState
from network.learning.models import (
    GreenRoom,
    HarvestEntry,
    LearningInterest,
    LearningNeed,
    LearningSession,
    Seat,
    SeatKind,
    SessionHost,
)
from network.members.kinds import CameBy, MembershipState
from network.members.models import Membership

# Somebody as most are who take part, and somebody whose calendar is full.
USUAL, BUSY = 7, 8
BUSY_GOES_TO = 300
USUAL_IS_IN = 60  # one circle of so many
BACK, AHEAD = 180, 390  # days
PLACES = 12
ZONES = ("Europe/Stockholm", "America/New_York", "Asia/Kolkata", "UTC", "Africa/Lagos")
DOORS = (Door.OPEN, Door.REQUEST, Door.REQUEST, Door.INVITATION, Door.HIDDEN)


@dataclass(slots=True)
class Written:
    """What was thought of, and not yet written: rows by their table."""

    dice: random.Random
    statements: Sequence[Statement]
    members: int
    now: datetime
    rows: dict[type[DeclarativeBase], list[dict[str, Any]]] = field(default_factory=dict)
    people: dict[int, list[int]] = field(default_factory=dict)
    busy_goes_to: int = 0

    def add(self, table: type[DeclarativeBase], **row: Any) -> None:  # noqa: ANN401
        """Keep a row for the next time that rows are written."""
        self.rows.setdefault(table, []).append(row)

    def write(self, engine: Engine) -> None:
        """Write what was kept, in the order in which its tables were first named."""
        with engine.begin() as connection:
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(insert(table), rows)
                rows.clear()

    def said(self, longest: int) -> str:
        """Return words of somebody's purpose."""
        return self.dice.choice(self.statements).purpose[:longest].strip()

    def somebody(self) -> int:
        """Return anybody."""
        return self.dice.randint(1, self.members)

    def some(self, most: int) -> list[int]:
        """Return so many different people, or everybody."""
        return self.dice.sample(range(1, self.members + 1), min(most, self.members))


def write_gatherings(
    engine: Engine,
    statements: Sequence[Statement],
    *,
    members: int,
    circles: int,
    sessions: int,
    now: datetime,
) -> Iterator[int]:
    """Write circles `c1`, `c2` ... and sessions `s1`, `s2` ... of the people of a large network,
    with places, notes, decisions, wishes and harvest; yield how many each step wrote.

    Member 7 is in the first circle and not in the second; 8 goes to as many as 300 sessions.
    """
    written = Written(random.Random(members), statements, members, now)
    for number in range(1, circles + 1):
        _circle(written, number)
    written.write(engine)
    yield circles
    for first in range(1, sessions + 1, BATCH):
        numbers = range(first, min(first + BATCH, sessions + 1))
        for number in numbers:
            _session(written, number, circles)
        written.write(engine)
        yield len(numbers)
    for number in range(1, sessions // 10 + 1):
        _need(written, number)
    for number in range(1, sessions // 100 + 2):
        _room(written, number)
    written.write(engine)
    if engine.dialect.name == "postgresql":  # its counters have not seen the ids given here
        for table in ("circle", "learning_session", "seat_kind", "learning_need", "circle_note"):
            with engine.begin() as connection:
                last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                connection.execute(text(f"{last} FROM {table}"))  # our own names


def _circle(written: Written, number: int) -> None:
    """Write a circle that began a while ago, with its people and its papers."""
    dice, now = written.dice, written.now
    form = list(Form)[number % len(Form)]
    most = 200 if form is Form.PRACTICE else 12
    people = [each for each in written.some(dice.randint(3, most - 2)) if each != USUAL]
    if number % USUAL_IS_IN == 1:
        people.append(USUAL)
    began = now - timedelta(days=dice.randint(30, 700))
    name = dice.choice(written.statements).theme or "Neighbours"
    written.people[number] = people
    written.add(
        Circle,
        id=number,
        slug=f"c{number}",
        name=f"{name} {number}".capitalize(),
        form=form,
        purpose=written.said(600),
        about=written.said(600),
        rhythm="An hour every other week",
        door=DOORS[number % len(DOORS)],
        life=Life.RUNNING,
        most=most,
        grace_until=began,
        founder_id=people[0],
        submission=f"circle-{number}",
        founded_at=began,
        began_at=began,
        review_at=now + timedelta(days=number % 200 - 20),
    )
    written.add(
        Agreements,
        circle_id=number,
        version=1,
        words="What is said here stays here.\nWe come, or say that we do not.",
        put_by_id=people[0],
        put_at=began,
    )
    for place, person in enumerate(people):
        _place(written, number, person, place=place, since=began)
    for note in range(1, 6):
        _note(written, number, (number - 1) * 5 + note, people, began)
    for decision in range(2):
        _decision(written, number, decision, people)


def _place(written: Written, circle: int, person: int, *, place: int, since: datetime) -> None:
    written.add(
        Membership,
        key=random_key(),
        circle_id=circle,
        member_id=person,
        state=MembershipState.RESTING if place % 9 == 8 else MembershipState.MEMBER,  # noqa: PLR2004
        came_by=CameBy.APPLIED if place else CameBy.FOUNDED,
        asked_at=since,
        since=since + timedelta(hours=place),
        facilitates=place == 0,
        agreed_version=1,
        agreed_at=since,
    )
    if not place:
        written.add(
            Conversation,
            id=(conversation := _thread_id(circle)),
            key=random_key(),
            about=About.CIRCLE,
            thing_id=circle,
            title=f"Circle {circle}",
            opener_id=person,
            submission=f"circle-{circle}",
            opened_at=since,
            moved_at=since,
        )
    conversation = _thread_id(circle)
    written.add(Participant, conversation_id=conversation, member_id=person, joined_at=since)


def _thread_id(circle: int) -> int:
    """Return the number of a circle's conversation: far from those that people begin."""
    return 1_000_000 + circle


def _note(written: Written, circle: int, note: int, people: list[int], at: datetime) -> None:
    said = {"title": f"What we tried, {note}", "body": written.said(600)}
    author = {"author_id": written.dice.choice(people)}
    written.add(
        CircleNote,
        id=note,
        key=random_key(),
        circle_id=circle,
        written_at=at,
        changed_at=at + timedelta(days=note % 29),
        submission=f"note-{note}",
        **said,
        **author,
    )
    written.add(CircleNoteVersion, note_id=note, version=1, at=at, **said, **author)


def _decision(written: Written, circle: int, number: int, people: list[int]) -> None:
    written.add(
        Decision,
        key=random_key(),
        circle_id=circle,
        proposer_id=written.dice.choice(people),
        about=DecisionAbout.MATTER,
        title=f"How we meet, {number}",
        words=written.said(300),
        proposed_at=written.now,
        put_at=written.now,
        open_until=written.now + timedelta(days=7),
        submission=f"decision-{number}",
    )


def _session(written: Written, number: int, circles: int) -> None:
    """Write a session with its hosts and its places: two of five are of a circle."""
    dice, now = written.dice, written.now
    circle = number // 5 % circles + 1 if number % 5 in {2, 4} else None
    starts = now + timedelta(
        days=number * 7919 % (BACK + AHEAD) - BACK, hours=number % 12, minutes=17
    )
    cancelled = number % 40 == 39  # noqa: PLR2004
    proposed = number % 20 == 13  # noqa: PLR2004
    host = dice.choice(written.people[circle]) if circle else written.somebody()
    state = SessionState.PROPOSED if proposed else SessionState.SCHEDULED
    written.add(
        LearningSession,
        id=number,
        key=f"s{number}",
        uid=f"s{number}@measured.example",
        format=Format.CIRCLE_MEETING if circle else list(Format)[number % len(Format)],
        title=written.said(70).rstrip(".,; ") or "What we know",
        words=written.said(600),
        how="Bring a case of your own.",
        place="https://meet.example/room",
        state=SessionState.CANCELLED if cancelled else state,
        proposer_id=host,
        circle_id=circle,
        zone=ZONES[number % len(ZONES)],
        starts_at=None if proposed else starts,
        ends_at=None if proposed else starts + timedelta(minutes=90),
        proposed_at=starts - timedelta(days=40),
        changed_at=min(now, starts - timedelta(days=30)),
        cancelled_at=min(now, starts) if cancelled else None,
        submission=f"session-{number}",
        turn=40,
    )
    if proposed:
        return
    since = starts - timedelta(days=40)
    written.add(SessionHost, session_id=number, member_id=host, since=since)
    written.add(
        SeatKind,
        id=number,
        key=f"k{number}",
        session_id=number,
        position=1,
        name="To learn",
        capacity=PLACES,
    )
    if not cancelled:
        _seats(written, number, circle, host, starts)


def _seats(written: Written, number: int, circle: int | None, host: int, starts: datetime) -> None:
    dice, now = written.dice, written.now
    wanted = dice.randint(0, PLACES + 5)
    people = written.people[circle][:wanted] if circle else written.some(wanted)
    if circle is None and starts > now - timedelta(days=50):
        people = [each for each in people if each not in {USUAL, BUSY}]
        if number % 50 == 1:
            people.insert(0, USUAL)
        if written.busy_goes_to < BUSY_GOES_TO:
            people.insert(0, BUSY)
            written.busy_goes_to += 1
    went = [each for each in people if each != host]
    for line, person in enumerate(went, start=1):
        going = line <= PLACES
        written.add(
            Seat,
            key=random_key(),
            session_id=number,
            kind_id=number,
            member_id=person,
            state=SeatState.GOING if going else SeatState.WAITLISTED,
            line=line,
            asked_at=starts - timedelta(days=20),
            attended=Attendance.ATTENDED if going and starts < now else None,
        )
    if went and starts < now and number % 3 == 0:
        _harvest(written, number, went[0], starts)


def _harvest(written: Written, number: int, author: int, starts: datetime) -> None:
    at = starts + timedelta(days=1)
    written.add(
        HarvestEntry,
        key=random_key(),
        session_id=number,
        author_id=author,
        written_by_id=author,
        words=written.said(400),
        readers=Readers.MEMBERS if number % 2 else Readers.THERE,
        written_at=at,
        agreed_at=at,
        submission=f"harvest-{number}",
    )


def _need(written: Written, number: int) -> None:
    at = written.now - timedelta(hours=number)
    written.add(
        LearningNeed,
        id=number,
        key=random_key(),
        member_id=written.somebody(),
        words=written.said(200),
        why=written.said(300),
        written_at=at,
        submission=f"need-{number}",
    )
    for person in written.some(number % 9):
        written.add(LearningInterest, need_id=number, member_id=person, at=at)


def _room(written: Written, number: int) -> None:
    opened = written.now - timedelta(days=number - 1, hours=1)
    written.add(
        GreenRoom,
        key=random_key(),
        asker_id=written.somebody(),
        question=written.said(200),
        opened_at=opened,
        closes_at=opened + timedelta(days=7),
        submission=f"room-{number}",
    )
