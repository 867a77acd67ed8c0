from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from network.composition import THINGS, channels
from network.conversations.models import About, Conversation, Message
from network.db import reading, transaction
from network.demo.session_steps import DOES
from network.demo.sessions import begins, one_by_one
from network.demo.steps import in_order
from network.demo.story import write_story
from network.demo.talk import read_told
from network.events import worker
from network.learning.access import is_held
from network.learning.kinds import Attendance, Format, NeedState, Readers, SeatState, SessionState
from network.learning.models import (
    GreenRoom,
    HarvestEntry,
    LearningInterest,
    LearningNeed,
    LearningSession,
    Round,
    RoundQuestion,
    Seat,
    SeatKind,
    SessionHost,
)
from network.learning.queries.coming import coming_up
from network.learning.services.seats import take_seat
from network.members.models import Member
from network.search import backend
from tests.conftest import NOON


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def person(db):
    return lambda handle: db.scalars(select(Member).where(Member.handle == handle)).one()


@pytest.fixture
def titled(db):
    def of(title):
        found = select(LearningSession).where(LearningSession.title == title)
        return db.scalars(found.order_by(LearningSession.id)).all()

    return of


def begun(told, now):
    if "begins" in told:
        return begins(told["begins"], now).replace(tzinfo=ZoneInfo(told["zone"])).astimezone(UTC)
    return None


@pytest.mark.parametrize("hours", range(0, 7 * 24, 13))
def test_the_same_comes_first_whatever_day_and_hour_it_is_told(told, hours):
    people = {each["handle"]: Member(time_zone=each["time_zone"]) for each in told["members"]}
    learned, now = read_told("learning.json"), NOON + timedelta(hours=hours)
    for each in (*learned["sessions"], *learned["needs"], *learned["rooms"]):
        steps, first = (
            in_order(one_by_one(each["then"]), people, label="", now=at, begun=begun(each, at))
            for at in (now, NOON)
        )
        if not any("all" in step for step in each["then"]):
            assert [step.submission for step in steps] == [step.submission for step in first]
        assert all(one.at <= other.at <= now for one, other in pairwise(steps))


@pytest.mark.parametrize("days", [26, 1, -1, -8])
@pytest.mark.parametrize("hours", range(0, 7 * 24, 24))
def test_a_day_of_the_week_is_the_last_before_or_the_next_after(days, hours):
    now = NOON + timedelta(hours=hours)
    at = begins({"days": days, "on": "Tuesday", "at": "09:00"}, now)
    assert f"{at:%A %H:%M}" == "Tuesday 09:00"
    apart = (at.date() - (now - timedelta(days=days)).date()).days
    assert 0 <= apart < 7 if days < 0 else -7 < apart <= 0


# Other hours, and the clocks of another half of the year.
@pytest.mark.parametrize("hours", [19, 24 * 130 + 3, 24 * 220])
def test_it_can_be_told_at_another_time(empty, hours):
    with transaction() as session:
        assert write_story(session, now=NOON + timedelta(hours=hours), secret="") == 60


def test_everything_that_can_be_told_of_sessions_is_told():
    told = read_told("learning.json")["sessions"]
    does = {step["does"] for each in told for step in each["then"]}
    assert set(DOES) - does == {"yes", "pass on"}


def test_sessions_lie_in_many_zones_before_and_after_today(db, now):
    sessions = db.scalars(select(LearningSession)).all()
    scheduled = [each for each in sessions if each.state is SessionState.SCHEDULED]
    assert len({each.zone for each in scheduled}) >= 8
    assert {each.format for each in sessions} == set(Format)
    held = [each for each in scheduled if is_held(each, now)]
    assert 8 <= len(held) < len(scheduled)
    assert Counter(each.state for each in sessions) >= Counter(
        {SessionState.PROPOSED: 2, SessionState.DRAFT: 1, SessionState.CANCELLED: 2}
    )


def test_a_series_keeps_nine_o_clock_but_for_what_was_moved_and_called_off(titled):
    series = titled("The Second Chair, our hour")
    assert len(series) == 12
    assert len({each.series_id for each in series}) == 1
    local = [each.starts_at.astimezone(ZoneInfo("Europe/Stockholm")) for each in series]
    assert [f"{at:%A %H:%M}" for at in local] == [
        "Wednesday 09:00" if number == 7 else "Tuesday 09:00" for number in range(1, 13)
    ]
    cancelled = [each for each in series if each.state is SessionState.CANCELLED]
    assert [each.cancelled_words != "" for each in cancelled] == [True]


def test_a_full_session_has_a_line_and_a_place_is_offered_to_ama(db, titled, person, now):
    [session] = titled("Pricing without flinching")
    seats = db.scalars(
        select(Seat).where(Seat.session_id == session.id).order_by(Seat.line, Seat.id)
    ).all()
    states = Counter(seat.state for seat in seats)
    room = db.scalars(select(SeatKind).where(SeatKind.session_id == session.id)).one()
    assert states[SeatState.GOING] + states[SeatState.OFFERED] == room.capacity == 12
    assert states[SeatState.WAITLISTED] == 2
    [offered] = [seat for seat in seats if seat.state is SeatState.OFFERED]
    assert offered.member_id == person("ama").id
    assert now < offered.offer_until <= now + timedelta(hours=24)


def test_ama_takes_what_is_offered_to_her(demo, titled, person, now):
    with transaction() as session:
        ama = session.get_one(Member, person("ama").id)
        pricing = session.get_one(LearningSession, titled("Pricing without flinching")[0].id)
        kind = session.scalars(select(SeatKind).where(SeatKind.session_id == pricing.id)).one()
        seat = take_seat(session, pricing, ama, kind=kind, named=True, words="", now=now)
        assert seat.state is SeatState.GOING
        session.rollback()


def test_something_is_coming_up_for_ama(db, person, now):
    titles = [each.session.title for each in coming_up(db, person("ama"), now)]
    assert "The Second Chair, our hour" in titles
    assert "Tidewater, with Joaquín home again" in titles


def test_a_set_met_in_two_rounds_and_plans_the_next(db, titled):
    [past] = titled("Tidewater, two rounds")
    [coming] = titled("Tidewater, with Joaquín home again")
    rounds = db.scalars(select(Round).where(Round.session_id == past.id)).all()
    assert len(rounds) == 2
    assert all(each.began_at < each.ended_at <= past.ends_at for each in rounds)
    asked = db.execute(
        select(Round.position, func.count(RoundQuestion.id))
        .join(RoundQuestion, RoundQuestion.round_id == Round.id)
        .group_by(Round.position)
    ).all()
    assert dict(asked) == {1: 3, 2: 2}
    planned = select(func.count()).where(Round.session_id == coming.id, Round.began_at.is_(None))
    assert db.scalar(planned) == 2


def test_those_who_came_and_those_who_missed_it_are_noted(db, now):
    noted = Counter(db.scalars(select(Seat.attended).where(Seat.attended.is_not(None))))
    assert noted[Attendance.ATTENDED] > 25
    assert noted[Attendance.MISSED] == 3


def test_harvest_is_for_members_for_those_there_unsigned_and_waits_for_a_yes(db, person):
    entries = db.scalars(select(HarvestEntry).where(HarvestEntry.session_id.is_not(None))).all()
    assert {each.readers for each in entries} == {Readers.MEMBERS, Readers.THERE}
    assert any(not each.named for each in entries)
    waiting = [each for each in entries if each.agreed_at is None]
    assert [each.author_id for each in waiting] == [person("ama").id]
    by_others = [each for each in entries if each.author_id != each.written_by_id]
    assert len(by_others) == 2


def test_wishes_gather_interest_become_sessions_or_are_let_go(db):
    needs = db.scalars(select(LearningNeed)).all()
    assert Counter(each.state for each in needs) == {
        NeedState.OPEN: 4,
        NeedState.HOSTED: 2,
        NeedState.LET_GO: 1,
    }
    for each in needs:
        shared = select(func.count()).where(LearningInterest.need_id == each.id)
        assert db.scalar(shared) > 0 or each.state is NeedState.LET_GO
        hosted = db.scalar(select(LearningSession).where(LearningSession.need_id == each.id))
        assert (hosted is not None) is (each.state is NeedState.HOSTED)


def test_one_green_room_is_open_and_another_has_its_harvest(db, now):
    closed, running = db.scalars(select(GreenRoom).order_by(GreenRoom.opened_at))
    assert closed.closes_at < now < running.closes_at
    assert (closed.harvest != "", running.harvest) == (True, "")
    for room in (closed, running):
        said = select(func.count(Message.id)).join(Conversation)
        of_room = (Conversation.about == About.GREEN_ROOM, Conversation.thing_id == room.id)
        assert db.scalar(said.where(*of_room)) >= 6


def test_whoever_comes_and_hosts_could_know_of_each_other(db, titled):
    hosts = set(db.execute(select(SessionHost.session_id, SessionHost.member_id)))
    seats = db.execute(select(Seat.session_id, Seat.member_id).where(Seat.ended_at.is_(None)))
    assert hosts.isdisjoint(seats)


def test_what_can_be_found_is_found_once_the_network_is_served(demo, db):
    while worker.run_once(channels(demo)):
        pass
    things = channels(demo)["things"]
    things.tend()
    assert backend.things(demo).state().documents == len(list(THINGS.every(db))) > 40
