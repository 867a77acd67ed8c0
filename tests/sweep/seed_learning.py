"""Lives sessions with their places and what stays of them, wishes to learn, and Green Rooms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations.models import About, Conversation
from network.conversations.services import post
from network.learning.kinds import Attendance, Format, Readers
from network.learning.models import LearningSession, SeatKind
from network.learning.services import (
    commitments,
    feeds,
    harvest,
    holding,
    hosting,
    needs,
    rooms,
    rounds,
    scheduling,
    seats,
    sessions,
)
from network.learning.services.scheduling import Room
from network.members.models import Member
from tests.sweep import canaries_circles as canaries

if TYPE_CHECKING:
    from tests.sweep.seed import World

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=45)
LATELY = NOW - timedelta(days=3)
YESTERDAY = NOW - timedelta(days=1)
HELD = NOW - timedelta(days=15)
AFTER = HELD + timedelta(hours=3)
TO_COME = NOW + timedelta(days=9)
People = dict[str, Member]


def learning(db: Session, world: World) -> None:
    """Let everything come to be as the story says, and everybody have a calendar address."""
    people = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for told in world.story.sessions:
        session = begun(db, world, told, people)
        world.things[f"session {told.label}"] = session.key
        if told.state in {"scheduled", "past", "cancelled"}:
            schedule(db, session, told, people)
        if told.state == "cancelled":
            words, host = told.own("cancelled"), people[told.hosts[0]]
            sessions.cancel(db, session, actor=host, words=words, now=LATELY)
        if told.state == "past":
            _what_stays(db, session, told, people)
    for told_need in world.story.needs:
        _need(db, told_need, people)
    for told_room in world.story.rooms:
        _room(db, told_room, people)
    for label, member in people.items():
        if label != "resting":
            world.feeds[label] = feeds.make_feed(db, member, now=LONG_AGO)


def begun(db: Session, world: World, told: canaries.Session, people: People) -> LearningSession:
    circle = None
    if told.circle:
        found = select(Circle).where(Circle.slug == world.things[f"circle {told.circle}"])
        circle = db.scalars(found).one()
    make = sessions.propose if told.state == "proposed" else sessions.draft
    return make(
        db,
        people[told.hosts[0]],
        format=Format.ACTION_LEARNING,
        title=told.own("title"),
        words=f"We meet over {told.own('words')}.",
        circle=circle,
        submission=told.label,
        now=LONG_AGO,
        domain="saltmarsh.example",
    )


def schedule(db: Session, session: LearningSession, told: canaries.Session, people: People) -> None:
    host, begins = people[told.hosts[0]], HELD if told.state == "past" else TO_COME
    come = (*told.left, *told.going, *told.missed)
    scheduling.schedule(
        db,
        session,
        actor=host,
        zone="UTC",
        begins=begins.replace(tzinfo=None),
        minutes=120,
        place=f"House of {told.own('place')}",
        how=f"With {told.own('how')}.",
        seats=[Room("To learn", max(1, len(come)))],
        now=LONG_AGO,
    )
    for label in told.hosts[1:]:
        hosting.add_host(db, session, actor=host, person=people[label], now=LONG_AGO)
    leavers: list[Member] = []
    kind = db.scalars(select(SeatKind).where(SeatKind.session_id == session.id)).one()
    for number, label in enumerate((*come, *told.waiting)):
        seat = seats.take_seat(
            db,
            session,
            people[label],
            kind=kind,
            named=number != 1,
            words=f"It would help with {told.own(f'brings {label}')}.",
            now=LONG_AGO,
        )
        if label in told.left:
            leavers.append(people[label])
        if label in told.missed:
            missed = {"seat": seat, "attended": Attendance.MISSED}
            holding.record_attendance(db, session, actor=host, **missed, now=AFTER)
    for member in leavers:  # what comes free is offered to the first in line
        seats.leave_seat(db, session, member, now=NOW - timedelta(hours=1))
    holding.message(db, session, actor=host, body=told.own("said"), submission="said", now=LONG_AGO)


def _what_stays(
    db: Session, session: LearningSession, told: canaries.Session, people: People
) -> None:
    host, guest = people[told.hosts[0]], people[told.going[0]]
    planned = rounds.plan_round(
        db, session, actor=host, presenter=guest, minutes=30, brings=told.own("round"), now=LONG_AGO
    )
    if told.label == "begun":
        return
    again = {"presenter": host, "minutes": 30, "brings": "", "now": LONG_AGO}
    rounds.plan_round(db, session, actor=host, **again)
    rounds.begin_round(db, planned, session, actor=host, now=HELD)
    asked = {"words": told.own("question"), "submission": "asked", "now": HELD}
    rounds.ask_in_round(db, session, actor=host, **asked)
    said = {"words": told.own("commitment"), "submission": told.label, "now": AFTER}
    commitments.commit_at_session(db, session, actor=guest, **said)
    for number, entry in enumerate(told.harvest):
        readers = Readers.MEMBERS if entry.readers == "members" else Readers.THERE
        words = harvest.Entry(told.learned(entry), readers, entry.named)
        author = None if entry.author == entry.writer else people[entry.author]
        harvest.write_at_session(
            db,
            session,
            words,
            actor=people[entry.writer],
            author=author,
            submission=f"{told.label} {number}",
            now=AFTER,
        )


def _need(db: Session, told: canaries.Need, people: People) -> None:
    writer, words = people[told.writer], {"words": told.own("words"), "why": told.own("why")}
    need = needs.write_need(db, writer, **words, submission="need", now=LATELY)
    for label in told.interest:
        needs.take_interest(db, need, actor=people[label], now=LATELY)
    if told.state == "let go":
        needs.let_go(db, need, actor=writer, now=YESTERDAY)


def _room(db: Session, told: canaries.Room, people: People) -> None:
    asker, opened = people[told.asker], LONG_AGO if told.harvested else LATELY
    words = {"question": told.own("question"), "why": told.own("why")}
    room = rooms.open_room(db, asker, **words, submission="room", now=opened)
    for label in told.sat:
        rooms.sit_down(db, room, actor=people[label], now=opened)
    talk = db.scalars(
        select(Conversation).where(
            Conversation.about == About.GREEN_ROOM, Conversation.thing_id == room.id
        )
    ).one()
    first = people[told.sat[0]]
    post(db, talk, actor=first, body=told.own("said"), submission="said", now=opened)
    if told.harvested:
        rooms.write_harvest(db, room, actor=asker, words=told.own("harvest"), now=YESTERDAY)
