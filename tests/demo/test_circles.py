from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from network.asks.models import Ask, AskState
from network.asks.queries import inbox
from network.asks.services import accept
from network.circles.beginnings import BEGINNINGS
from network.circles.kinds import DecisionAbout, DecisionState, Door, Form, Life
from network.circles.models import Circle, CircleNote, Decision, Voice
from network.circles.services.asking import INVITATION
from network.circles.visibility import inside, known
from network.conversations.models import About, Conversation, Message
from network.db import reading, transaction
from network.demo.circles import DOES
from network.demo.steps import in_order
from network.demo.talk import read_told
from network.learning.kinds import CommitmentState
from network.learning.models import Commitment, HarvestEntry
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer
from tests.conftest import NOON
from tests.demo.test_talk import UNHEARD


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def circle(db):
    return lambda name: db.scalars(select(Circle).where(Circle.name == name)).one()


@pytest.fixture
def person(db):
    return lambda handle: db.scalars(select(Member).where(Member.handle == handle)).one()


@pytest.fixture
def standing(db):
    def of(circle):
        places = select(Membership, Member).join(Member, Member.id == Membership.member_id)
        rows = db.execute(places.where(Membership.circle_id == circle.id))
        return {member.handle: place for place, member in rows}

    return of


def strings(told):
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from strings(each)


@pytest.mark.parametrize("name", ["circles.json", "learning.json"])
def test_it_is_set_as_a_printer_would_and_points_nowhere(name):
    spoken = list(strings(read_told(name)))
    assert len(spoken) > 600
    assert [words for words in spoken if UNHEARD.search(words)] == []
    assert [words for words in spoken if re.search(r"http|@|www", words)] == []


@pytest.mark.parametrize("hours", range(0, 7 * 24, 13))
def test_the_same_comes_first_whatever_day_and_hour_it_is_told(told, hours):
    people = {each["handle"]: Member(time_zone=each["time_zone"]) for each in told["members"]}
    for each in read_told("circles.json")["circles"]:
        now = NOON + timedelta(hours=hours)
        steps = in_order(each["then"], people, label="", now=now)
        first = in_order(each["then"], people, label="", now=NOON)
        assert [step.submission for step in steps] == [step.submission for step in first]
        assert all(one.at <= other.at < now for one, other in pairwise(steps))


def test_everything_that_can_be_told_of_circles_is_told():
    does = {step["does"] for each in read_told("circles.json")["circles"] for step in each["then"]}
    assert set(DOES) - does == {"yes", "step down"}


def test_there_is_a_circle_of_every_form_door_and_life(db):
    circles = db.scalars(select(Circle)).all()
    assert {each.form for each in circles} == set(Form)
    assert {each.door for each in circles} == set(Door)
    assert {each.life for each in circles} == set(Life)
    for each in circles:
        places = select(func.count()).where(
            Membership.circle_id == each.id,
            Membership.state.in_((MembershipState.MEMBER, MembershipState.RESTING)),
        )
        assert db.scalar(places) <= each.most <= BEGINNINGS[each.form].most


def test_working_out_loud_is_in_its_fifth_week(circle, now):
    chair = circle("The Second Chair")
    assert timedelta(weeks=4) <= now - chair.began_at < timedelta(weeks=5)
    assert chair.ends_at - chair.began_at == timedelta(weeks=12)


def test_a_full_circle_has_a_line_and_one_yes_is_missing(circle, standing, now):
    tidewater = circle("Tidewater Set")
    places = standing(tidewater)
    assert Counter(place.state for place in places.values()) == {
        MembershipState.MEMBER: tidewater.most,
        MembershipState.QUEUED: 2,
    }
    assert places["farhana"].line < places["stelios"].line
    assert tidewater.agreements_version == 2
    silent = [handle for handle, place in places.items() if place.agreed_version == 1]
    assert [each for each in silent if places[each].state is MembershipState.MEMBER] == ["salma"]
    assert now < tidewater.grace_until


def test_one_rests_one_left_with_words_and_one_asks_to_come_in(circle, standing):
    numbers = standing(circle("Readable Numbers"))
    assert numbers["tomasz"].state is MembershipState.RESTING
    assert numbers["hery"].state is MembershipState.LEFT
    assert "Keep a biscuit." in numbers["hery"].goodbye
    table = standing(circle("The Night Table"))
    assert table["mireille"].state is MembershipState.APPLIED


def test_a_turn_at_facilitating_waits_for_elettra(db, person, now):
    assert "circle_turn" in {ask.kind for ask in inbox(db, person("elettra"), now)}


def test_an_invitation_waits_for_ama_and_can_be_said_yes_to(demo, db, person, circle, now):
    with transaction() as session:
        ama = session.get_one(Member, person("ama").id)
        ask = next(each for each in inbox(session, ama, now) if each.kind == INVITATION.name)
        read = INVITATION.read(session, ask)
        accept(session, ask, INVITATION, actor=ama, now=now, read=read)
        house = session.get_one(Circle, circle("Under the Till").id)
        session.flush()  # the question below reads it
        is_in = select(Circle.id).where(inside(Viewer.of(ama), now), Circle.id == house.id)
        assert session.scalar(is_in) == house.id
        session.rollback()


@pytest.mark.parametrize(("handle", "knows"), [("hanneke", True), ("ama", False), ("tariq", False)])
def test_inv_57_the_hidden_one_is_there_for_its_people_alone(db, person, now, handle, knows):
    viewer = Viewer.of(person(handle))
    names = db.scalars(select(Circle.name).where(known(viewer, now))).all()
    assert ("The Bench" in names) is knows


def test_a_team_says_who_leads_for_what(circle, standing):
    places = standing(circle("Six Weeks"))
    assert all(place.does.startswith("leads for ") for place in places.values())
    assert len({place.does for place in places.values()}) == 4


def test_decisions_are_open_with_a_concern_and_adopted_after_one(db):
    decisions = db.scalars(select(Decision)).all()
    assert Counter((each.state, each.about) for each in decisions) == {
        (DecisionState.OPEN, DecisionAbout.MATTER): 1,
        (DecisionState.ADOPTED, DecisionAbout.MATTER): 1,
        (DecisionState.ADOPTED, DecisionAbout.AGREEMENTS): 1,
    }
    for each in decisions:
        voices = db.scalars(
            select(Voice).where(Voice.decision_id == each.id, Voice.version == each.version)
        ).all()
        is_open = each.state is DecisionState.OPEN
        assert any(voice.concern for voice in voices) is is_open
        assert (each.version > 1) is not is_open


def test_notes_have_a_history_and_conversations_are_worth_reading(db):
    assert db.scalar(select(func.count()).where(CircleNote.version > 1)) >= 6
    said = db.scalars(
        select(func.count(Message.id))
        .join(Conversation)
        .where(Conversation.about == About.CIRCLE)
        .group_by(Conversation.id)
    ).all()
    assert len(said) >= 9
    assert sum(said) > 45


def test_what_was_said_is_open_done_or_let_go(db):
    told = db.execute(select(Commitment.state, Commitment.told)).all()
    assert {state for state, _words in told} == set(CommitmentState)
    assert (CommitmentState.DONE, "They thanked me.") in told
    let_go = [words for state, words in told if state is CommitmentState.LET_GO]
    assert let_go[0].startswith("I wrote a letter instead.")


@pytest.mark.parametrize("name", ["Thursday Evenings", "The Slow Ferry"])
def test_a_circle_that_ends_leaves_a_harvest(db, circle, name):
    entries = select(func.count()).where(HarvestEntry.circle_id == circle(name).id)
    assert db.scalar(entries) == 3


def test_nothing_is_asked_by_those_who_have_ended(db, circle):
    ended = circle("The Slow Ferry")
    asks = db.scalars(select(Ask).where(Ask.body_id == ended.id, Ask.kind.like("circle%"))).all()
    assert {ask.state for ask in asks} == {AskState.ACCEPTED}
    assert ended.began_at < ended.ended_at < NOON
