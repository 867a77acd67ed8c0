from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from network.asks import queries
from network.asks.models import Ask, AskState
from network.db import reading
from network.demo.story import FRESH
from network.events.models import Delivery, Event
from network.members.access import profile_for
from network.members.kinds import Audience, Part, State
from network.members.models import (
    Application,
    Connection,
    Member,
    Network,
    Participation,
    PastPurpose,
    Section,
    Shield,
)
from network.members.services.profiles import tidy
from network.members.visibility import Viewer, findable, visible

CONNECTING = Ask.kind == "connection"
AGAIN_WAITING = {"sent": "waiting", "reopened": "waiting", "lapsed": "waiting"}


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def by_handle(db):
    return {member.handle: member for member in db.scalars(select(Member))}


def test_sixty_people_are_as_they_are_told(db, by_handle, told):
    assert len(by_handle) == len(told["members"]) == 60
    for each in told["members"]:
        member = by_handle[each["handle"]]
        took_part = db.get_one(Participation, member.id)
        assert (member.name, member.email, member.steward) == (
            each["name"],
            each["email"],
            each["steward"],
        )
        assert member.state is (State.PAUSED if each["paused"] else State.MEMBER)
        assert took_part.who_may_connect == each["who_may_ask"]
        assert took_part.half_days == each["days_a_month"] * 2
        assert took_part.work == each["kinds"]
        shields = db.scalars(select(Shield.label).where(Shield.member_id == member.id)).all()
        assert sorted(shields) == sorted(each["shields"])


def test_every_word_stands_in_its_part_for_the_audience_told(db, by_handle, told):
    held = {(s.member_id, s.part): s for s in db.scalars(select(Section))}
    for each in told["members"]:
        member = by_handle[each["handle"]]
        for part in (Part.PURPOSE, Part.STORY, Part.OFFERS, Part.CONTACT):
            section = held.get((member.id, part))
            assert (section.body if section else "") == each[part.value].strip()
        for name, audience in each["audiences"].items():
            section = held[member.id, Part(name)]
            assert section.audience == section.shown_to == Audience[audience.upper()]


def test_what_they_wrote_could_have_been_written_by_anybody(db):
    for section in db.scalars(select(Section).where(Section.body != "")):
        assert tidy(section.part, section.body) == section.body


def test_there_are_stewards_paused_people_and_purposes_for_anyone(db, by_handle, now):
    states = Counter(member.state for member in by_handle.values())
    assert states[State.PAUSED] == 3
    assert sum(member.steward for member in by_handle.values()) == 2
    web = db.scalars(select(Member).where(visible(Viewer(), now))).all()
    assert 3 <= len(web) < 30
    anybody = Viewer.of(by_handle["dara"])
    assert len(db.scalars(select(Member).where(findable(anybody, now))).all()) >= 50


def test_asks_wait_and_can_be_answered_today(db, by_handle, told, now):
    waiting = db.scalars(select(Ask).where(CONNECTING, Ask.state == AskState.WAITING)).all()
    assert len(waiting) == len(told["asks"])
    assert all(ask.sent_at < now < ask.expires_at for ask in waiting)
    kinds = Counter(ask.kind for ask in queries.inbox(db, by_handle["ama"], now))
    assert kinds == {
        "connection": 4,
        "introduction": 2,
        "carry": 1,
        "circle_invitation": 1,
        "seat_offer": 1,
        "approach": 1,
    }
    lapsed = db.scalars(select(Ask).where(CONNECTING, Ask.expires_at <= now))
    assert {ask.state for ask in lapsed} <= {AskState.ACCEPTED}


def test_inv_13_connections_are_asks_that_were_accepted(db, by_handle, told):
    ties = db.scalars(select(Connection)).all()
    assert len(ties) == len(told["connections"])
    accepted = db.scalars(select(Ask).where(CONNECTING, Ask.state == AskState.ACCEPTED)).all()
    assert {(a.low_id, a.high_id, a.asker_id, a.reason) for a in accepted} == {
        (t.low_id, t.high_id, t.asker_id, t.reason) for t in ties
    }


def test_inv_19_the_log_replayed_gives_connections_and_asks(db):
    made, states = set(), {}
    for event in db.scalars(select(Event).order_by(Event.id)):
        if event.kind == "relationships:connection:made":
            made.add((event.data["low"], event.data["high"]))
        if event.kind.startswith("asks:"):
            verb = event.kind.removeprefix("asks:")
            states[event.subject_id] = AGAIN_WAITING.get(verb, verb)
    ties = db.scalars(select(Connection)).all()
    assert made == {(tie.low_id, tie.high_id) for tie in ties}
    # Time is no event: what lapsed is waiting in the log.
    kept = {ask.id: ask.state.value for ask in db.scalars(select(Ask))}
    assert states == {ask: AGAIN_WAITING.get(state, state) for ask, state in kept.items()}


def test_every_yes_was_said_by_the_one_who_was_asked(db):
    asks = {ask.id: ask for ask in db.scalars(select(Ask))}
    for event in db.scalars(select(Event).where(Event.kind.like("asks:%"))):
        ask = asks[event.subject_id]
        by_asker = event.kind in {"asks:sent", "asks:reopened", "asks:closed"}
        # What a circle was asked is closed by whoever of its people answered.
        if event.kind != "asks:closed" or not ask.body_id:
            assert event.actor_id == (ask.asker_id if by_asker else ask.addressee_id)


def test_only_what_is_fresh_is_owed(db, now):
    owed = db.scalars(select(Event).join(Delivery, Delivery.event_id == Event.id)).all()
    assert 1 < len(owed) < 60
    assert all(event.at >= now - FRESH for event in owed)


def test_a_shield_by_name_meets_those_who_work_there(db, by_handle, told, now):
    for each in told["members"]:
        organisations = {role["organisation"] for role in each["roles"]}
        domain = each["email"].partition("@")[2]
        viewer = Viewer.of(by_handle[each["handle"]])
        seen = set(db.scalars(select(Member.handle).where(visible(viewer, now))))
        for other in told["members"]:
            if other is not each and {*organisations, domain} & set(other["shields"]):
                assert other["handle"] not in seen, (each["handle"], other["handle"])
    assert "lindiwe" not in set(
        db.scalars(select(Member.handle).where(visible(Viewer.of(by_handle["ingvild"]), now)))
    )


def test_earlier_purposes_follow_each_other_without_a_gap(db, by_handle):
    assert db.scalar(select(func.count(PastPurpose.id))) > 5
    for member in by_handle.values():
        past = db.scalars(
            select(PastPurpose)
            .where(PastPurpose.member_id == member.id)
            .order_by(PastPurpose.until.desc())
        ).all()
        until = db.get_one(Section, (member.id, Part.PURPOSE)).written_at
        for each in past:
            assert each.until == until
            assert each.since < each.until
            until = each.since


def test_everybody_has_a_page_that_their_neighbours_can_read(db, by_handle, now):
    reader = Viewer.of(by_handle["dara"])
    for member in by_handle.values():
        if member.state is State.MEMBER:
            profile = profile_for(db, reader, member.handle, now=now)
            assert profile.member is member


def test_people_ask_to_be_let_in_and_the_network_says_it_is_a_demo(db, told):
    assert db.scalar(select(func.count(Application.id))) == len(told["applications"]) > 0
    network = db.get_one(Network, 1)
    assert (network.demo, network.name) == (True, told["network"]["name"])
    assert network.joining == "application"
