from __future__ import annotations

import pytest
from sqlalchemy import func, select

from network.circles.models import Circle
from network.db import db as database
from network.db import reading
from network.demo.gatherings import BUSY, USUAL, write_gatherings
from network.demo.large import Statement, write_large
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat, SeatKind
from network.members.models import Membership

STATEMENTS = [Statement("Ama", "We keep gardens. We share tools.", "Porto", "gardens")]


@pytest.fixture
def gathered(empty, now):
    for _ in write_large(database.engine, STATEMENTS, 20, now=now):
        pass
    steps = write_gatherings(
        database.engine, STATEMENTS, members=20, circles=3, sessions=60, now=now
    )
    return list(steps)


@pytest.fixture
def rows(gathered):
    with reading() as db:
        yield lambda query: [tuple(row) for row in db.execute(query)]


def test_every_circle_and_session_is_written_and_counted(gathered, rows):
    assert gathered == [3, 60]
    assert rows(select(func.count(Circle.id))) == [(3,)]
    assert rows(select(func.count(LearningSession.id))) == [(60,)]


def test_somebody_usual_is_in_the_first_circle_and_not_in_the_second(rows):
    there = select(Membership.circle_id).where(Membership.member_id == USUAL)
    assert [circle for (circle,) in rows(there) if circle < 3] == [1]


def test_nobody_waits_while_there_is_room_and_no_place_is_taken_twice(rows):
    going = func.count(Seat.id).filter(Seat.state == SeatState.GOING)
    waiting = func.count(Seat.id).filter(Seat.state == SeatState.WAITLISTED)
    places = select(SeatKind.capacity, going, waiting).join(Seat).group_by(SeatKind.id)
    assert rows(places)
    for capacity, held, waited in rows(places):
        assert held <= capacity
        assert not waited or held == capacity


def test_somebody_goes_to_whatever_is_open_and_near(rows):
    goes = select(func.count(Seat.id)).where(Seat.member_id == BUSY, Seat.ended_at.is_(None))
    assert rows(goes)[0][0] > 20
