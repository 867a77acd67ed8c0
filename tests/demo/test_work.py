from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from network.asks.models import Ask, AskState
from network.composition import channels
from network.conversations.models import About, Conversation, Message
from network.db import reading
from network.demo import approaches, organisations, referrals, work_needs
from network.demo.steps import in_order
from network.demo.talk import read_told
from network.events import worker
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.kinds import AskOf, RelationState, Speaks, VerifiedBy
from network.organisations.models import (
    AlumniRelation,
    Approach,
    NeedShowing,
    Organisation,
    Readiness,
    Representative,
    WorkNeed,
)
from network.organisations.queries.approaches import MOST_OPEN, as_writer_sees, desk, looks_open
from network.organisations.queries.stewarding import asking_stewards
from network.organisations.visibility import COUNT_FOR
from network.referrals.kinds import ReferralState
from network.referrals.models import OutsideLetter, Referral
from tests.conftest import NOON, post

TOLD = read_told("organisations.json")
EVERYTHING = [each for told in TOLD.values() for each in told]
DOES = {
    "organisations": organisations.DOES,
    "needs": work_needs.DOES,
    "approaches": approaches.DOES,
    "referrals": referrals.DOES,
}


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def person(db):
    return lambda handle: db.scalars(select(Member).where(Member.handle == handle)).one()


@pytest.fixture
def house(db):
    return lambda name: db.scalars(select(Organisation).where(Organisation.name == name)).one()


@pytest.mark.parametrize("hours", range(0, 7 * 24, 13))
def test_the_same_comes_first_whatever_day_and_hour_it_is_told(told, hours):
    people = {each["handle"]: Member(time_zone=each["time_zone"]) for each in told["members"]}
    for each in EVERYTHING:
        steps, first = (
            in_order(each["then"], people, label="", now=now)
            for now in (NOON + timedelta(hours=hours), NOON)
        )
        assert [step.submission for step in steps] == [step.submission for step in first]
        assert all(one.at <= other.at for one, other in pairwise(steps))


@pytest.mark.parametrize("kind", list(DOES))
def test_each_thing_that_may_happen_happens(kind):
    told = [step for each in TOLD[kind] for step in each["then"]]
    assert {step["does"] for step in told} | {"yes" for step in told if "yes" in step} == set(
        DOES[kind]
    )


def test_organisations_are_verified_by_an_address_by_a_steward_or_wait_for_one(db, house, person):
    assert {each.verified_by for each in db.scalars(select(Organisation))} == {None, *VerifiedBy}
    assert house("Merrow Ferries").domain == "merrow.example"
    at_desk = {
        handle: {
            each.organisation.name: each.is_own for each in asking_stewards(db, person(handle))
        }
        for handle in ("dara", "joaquin")
    }
    names = {"Chaltabari Jute Works", "Terminal Quillay"}
    assert at_desk["dara"] == dict.fromkeys(names, False)
    assert at_desk["joaquin"] == {"Chaltabari Jute Works": False, "Terminal Quillay": True}


@pytest.mark.parametrize(
    ("name", "versions", "count"),
    [
        ("Merrow Ferries", 2, True),
        ("Halvorsen Group", 1, True),
        ("Second Year Land Trust", 1, False),
        ("Chaltabari Jute Works", 0, False),
    ],
)
def test_answers_count_for_a_year(db, house, person, now, name, versions, count):
    written = select(Readiness).where(Readiness.organisation_id == house(name).id)
    answers = db.scalars(written.order_by(Readiness.version)).all()
    assert len(answers) == versions == house(name).readiness_version
    if answers:
        assert (answers[-1].written_at > now - COUNT_FOR) is count
    assert desk(db, person("oskar"), house(name), now).answers_count(now) is count


def test_somebody_is_asked_to_speak_and_others_do(db, person):
    states = Counter(db.scalars(select(Representative.state)))
    assert states == {Speaks.ACTIVE: 8, Speaks.INVITED: 1}
    merrow = "merrow ferries\nmerrow.example"
    assert set(merrow.split("\n")) <= set(
        person("sigridur").represents.replace("@", "").split("\n")
    )


def test_people_stay_in_touch_shown_or_not_and_one_waits(db):
    relations = db.scalars(select(AlumniRelation)).all()
    assert Counter((each.state, each.shown) for each in relations) == {
        (RelationState.KEPT, True): 3,
        (RelationState.KEPT, False): 1,
        (RelationState.ASKED, False): 1,
    }


def test_approaches_stand_in_every_state_that_their_writers_are_told(db, now):
    written = db.scalars(select(Approach)).all()
    seen = Counter(as_writer_sees(each, now).value for each in written)
    assert seen == {"waiting": 5, "opened": 2, "lapsed": 2, "told_no": 1, "taken_back": 1}
    assert any(each.told_words for each in written)
    assert {each.organisation_id is None for each in written} == {True, False}
    ours = select(Approach.organisation_id, func.count()).where(looks_open(now))
    waiting = db.execute(ours.group_by(Approach.organisation_id))
    assert all(number <= MOST_OPEN for _side, number in waiting)


def test_a_team_waits_for_three_more_of_its_four(db, now):
    to_a_team = select(Approach).where(Approach.circle_id.is_not(None))
    approach = db.scalars(to_a_team.where(looks_open(now))).one()
    asks = db.scalars(
        select(Ask).where(Ask.thing_id == approach.id, Ask.kind == AskOf.TEAM_APPROACH.value)
    ).all()
    assert Counter(ask.state for ask in asks) == {AskState.ACCEPTED: 1, AskState.WAITING: 3}
    assert {ask.addressee_id for ask in asks} == set(approach.team)


def test_what_an_approach_quotes_the_person_wrote(told):
    words = {each["handle"]: each["purpose"].casefold() for each in told["members"]}
    teams = {each["name"]: each["purpose"] for each in read_told("circles.json")["circles"]}
    for each in TOLD["approaches"]:
        quoted = re.search(r"“([^”]+)”", each["fits"])[1].casefold().rstrip(".")
        theirs = words[each["whom"]] if "whom" in each else teams[each["team"]].casefold()
        assert quoted in theirs, each.get("whom")


def test_everybody_is_written_to_about_work_that_they_are_open_to(told):
    kinds = {each["handle"]: each["kinds"] for each in told["members"]}
    for each in TOLD["approaches"]:
        assert Work(each["work"]).value in kinds.get(each.get("whom"), list(Work))


def test_needs_are_open_or_closed_with_words_and_shown_in_a_circle_or_not_yet(db, now):
    needs = db.scalars(select(WorkNeed)).all()
    assert Counter(bool(each.outcome) for each in needs) == {False: 3, True: 1}
    assert all(each.open_until > now for each in needs if not each.outcome)
    showings = db.scalars(select(NeedShowing)).all()
    assert Counter(each.shown_at is not None for each in showings) == {True: 1, False: 1}
    waiting = select(Ask).where(Ask.kind == AskOf.SHOWING.value, Ask.state == AskState.WAITING)
    assert all(ask.expires_at > now for ask in db.scalars(waiting).all())


def test_talk_about_needs_waits_and_is_opened(db):
    talks = db.scalars(select(Ask.state).where(Ask.kind == AskOf.LET_US_TALK.value))
    assert Counter(talks) == {AskState.WAITING: 1, AskState.ACCEPTED: 2}
    opened = select(func.count()).where(Conversation.about == About.LET_US_TALK)
    assert db.scalar(opened) == 2


def test_referrals_wait_are_agreed_to_and_made_with_thanks(db):
    kept = db.scalars(select(Referral)).all()
    inside = Counter(each.state for each in kept if each.member_id is not None)
    assert inside == {ReferralState.ASKED: 2, ReferralState.AGREED: 1, ReferralState.MADE: 1}
    assert [bool(each.thanks_of_holder) for each in kept if each.state is ReferralState.MADE]
    assert Counter(each.approach_id is not None for each in kept) == {False: 4, True: 1}
    consents = select(func.count()).where(
        Ask.kind == "referral_consent", Ask.state == AskState.WAITING
    )
    assert db.scalar(consents) == 2  # nobody stands between those who were named


def test_conversations_about_work_are_read_and_one_has_words(db):
    said = dict(
        db.execute(
            select(Conversation.about, func.count(Message.id))
            .outerjoin(Message, Message.conversation_id == Conversation.id)
            .where(Conversation.about.in_((About.APPROACH, About.REFERRAL)))
            .group_by(Conversation.about)
        ).all()
    )
    assert said[About.APPROACH] >= 2
    assert About.REFERRAL in said


def test_the_letter_outside_lies_among_the_letters_and_its_link_works_once(demo, db):
    assert db.scalars(select(OutsideLetter.name)).one() == "Gerda Petersen"
    db.rollback()
    while worker.run_once(channels(demo)):
        pass
    outside = demo.test_client()
    letters = outside.get("/demo/letters").text
    link = re.search(r'href="[^"]+(/referrals/answer/[^"]+)"', letters)[1]
    assert "Jörg Hinrichsen-Falk" in outside.get(link).text
    for given in ("no", "yes"):
        assert post(outside, link, {"answer": given}).status_code == 200
    db.rollback()
    assert db.scalar(select(OutsideLetter.refused_at)) is not None
    assert db.scalar(select(OutsideLetter.answered_at)) is None
