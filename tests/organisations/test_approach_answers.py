from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import AskState
from network.circles.kinds import Life, OpeningRule
from network.circles.services import staying
from network.conversations.models import About, Conversation, Participant
from network.errors import Conflict, Invalid, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.services import boundaries, participation
from network.organisations import hearing
from network.organisations.kinds import ApproachState
from network.organisations.queries.approaches import (
    Told,
    as_writer_sees,
    desk,
    held_until,
    written,
)
from network.organisations.services.ending_approaches import (
    close_approaches_of,
    tell_no,
    withdraw,
)
from network.relationships.services import connections
from tests.organisations.approaching import (
    KINDS,
    a_team,
    ask_to,
    opens_up,
    says,
    waits,
    write,
)

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "40"))
DAY = timedelta(days=1)
REASON = "I promised this spring to my mother."


@pytest.fixture
def sent(it, db):
    """Oskar has written to Ama, who is open to a project."""
    opens_up(db, it.ama, it.now)
    it.approach = write(db, it.oskar, it.organisation, it.ama, it.now)
    return it


def talking(db, approach):
    """Return who is in the conversation that an approach opened, by row; None before."""
    found = db.scalar(
        select(Conversation).where(
            Conversation.about == About.APPROACH, Conversation.thing_id == approach.id
        )
    )
    if found is None:
        return None
    here = Participant.conversation_id == found.id, Participant.left_at.is_(None)
    return set(db.scalars(select(Participant.member_id).where(*here)))


def test_a_yes_opens_one_conversation_of_the_two(sent, db):
    says(db, sent.ama, sent.approach, "yes", sent.now)
    says(db, sent.ama, sent.approach, "yes", sent.now)
    assert sent.approach.state is ApproachState.OPENED
    assert talking(db, sent.approach) == {sent.oskar.id, sent.ama.id}
    assert as_writer_sees(sent.approach, sent.now) is Told.OPENED


@pytest.mark.parametrize("over", ["withdrawn", "told no", "ended", "lapsed", "blocked"])
def test_inv_17_what_is_over_opens_nothing(sent, db, over):
    approach, at = sent.approach, sent.now + DAY
    if over == "withdrawn":
        withdraw(db, approach, actor=sent.siun, now=at)
    elif over == "told no":
        says(db, sent.ama, approach, "tell", at)
    elif over == "ended":
        close_approaches_of(db, sent.organisation.id, sent.oskar.id, actor=sent.siun, now=at)
    elif over == "blocked":
        connections.block(db, sent.ama, sent.oskar, now=at)
    else:
        at += 30 * DAY
    with pytest.raises(Conflict):
        says(db, sent.ama, approach, "yes", at)
    assert talking(db, approach) is None


@pytest.mark.parametrize(
    ("who", "what", "refused"),
    [
        ("ama", "open", None),
        ("bo", "open", NotFound),
        ("oskar", "open", NotFound),
        ("ama", "opened", Conflict),
        ("ama", "lapsed", Conflict),
        ("ama", "withdrawn", Conflict),
    ],
)
def test_only_the_one_it_was_written_to_tells_a_no_while_it_is_open(sent, db, who, what, refused):
    now = sent.now + (31 * DAY if what == "lapsed" else DAY)
    if what == "opened":
        says(db, sent.ama, sent.approach, "yes", now)
    if what == "withdrawn":
        withdraw(db, sent.approach, actor=sent.oskar, now=now)
    if refused is None:
        says(db, sent.ama, sent.approach, "tell", now)
        assert as_writer_sees(sent.approach, now) is Told.TOLD_NO
    else:
        with pytest.raises(refused):
            tell_no(db, sent.approach, actor=getattr(sent, who), words="", now=now)


def test_a_told_no_is_over_for_good_makes_room_and_holds_back_half_a_year(sent, db):
    says(db, sent.ama, sent.approach, "no", sent.now)
    tell_no(db, sent.approach, actor=sent.ama, words=REASON, now=sent.now + DAY)
    tell_no(db, sent.approach, actor=sent.ama, words="Other words.", now=sent.now + DAY)
    assert sent.approach.told_words == REASON
    assert ask_to(db, sent.ama, sent.approach).state is AskState.CLOSED
    assert desk(db, sent.oskar, sent.organisation, sent.now + DAY).open_now == 0
    until = held_until(db, sent.siun, sent.organisation, sent.ama, sent.now + DAY)
    assert until == sent.now + 181 * DAY


def test_too_many_words_of_a_no_are_refused_and_a_team_tells_none(sent, db):
    with pytest.raises(Invalid):
        tell_no(db, sent.approach, actor=sent.ama, words="x" * 601, now=sent.now)
    approach = write(db, sent.oskar, None, a_team(db, [sent.bo, sent.eli], sent.now), sent.now)
    with pytest.raises(NotFound):
        tell_no(db, approach, actor=sent.bo, words="", now=sent.now)


@pytest.mark.parametrize(
    ("answer", "told"),
    [("nothing", Told.WAITING), ("no", Told.WAITING), ("tell", Told.TOLD_NO), ("yes", Told.OPENED)],
)
def test_inv_28_no_answer_says_a_reason_and_no_words_are_in_the_log(sent, db, answer, told):
    if answer != "nothing":
        says(db, sent.ama, sent.approach, answer, sent.now)
    [(found, seen)] = written(db, sent.siun, sent.now)
    assert (found.told_words, seen) == ("", told)
    later = as_writer_sees(found, sent.now + 31 * DAY)
    assert later is (Told.LAPSED if told is Told.WAITING else told)
    data = [event.data for event in db.scalars(select(Event))]
    assert not any(isinstance(value, str) and len(value) > 30 for each in data for value in each)


def test_inv_14_a_quiet_no_can_be_taken_back_and_changed_into_a_yes(sent, db):
    ask = ask_to(db, sent.ama, sent.approach)
    says(db, sent.ama, sent.approach, "no", sent.now)
    assert as_writer_sees(sent.approach, sent.now) is Told.WAITING
    asks.take_back(db, ask, KINDS[ask.kind], actor=sent.ama, now=sent.now)
    says(db, sent.ama, sent.approach, "yes", sent.now)
    assert talking(db, sent.approach) == {sent.oskar.id, sent.ama.id}


def test_whoever_speaks_no_more_has_nothing_left_of_what_they_wrote(sent, db):
    opens_up(db, sent.bo, sent.now)
    opened = write(db, sent.oskar, sent.organisation, sent.bo, sent.now)
    says(db, sent.bo, opened, "yes", sent.now)
    kept = write(db, sent.siun, sent.organisation, a_team(db, [sent.eli], sent.now), sent.now)
    close_approaches_of(db, sent.organisation.id, sent.oskar.id, actor=sent.siun, now=sent.now)
    db.flush()
    states = (sent.approach.state, opened.state, kept.state)
    assert states == (ApproachState.CLOSED, ApproachState.OPENED, ApproachState.SENT)
    assert (waits(db, sent.approach), waits(db, kept)) == ([], [sent.eli.id])
    assert talking(db, opened) == {sent.bo.id}
    gone = db.scalars(select(Participant).where(Participant.member_id == sent.oskar.id)).one()
    assert gone.until_turn == gone.after_turn


def test_who_has_left_the_team_opens_nothing_and_an_archived_team_neither(it, db):
    circle = a_team(db, [it.ama, it.bo], it.now, opens_when=OpeningRule.ANYONE)
    approach = write(db, it.oskar, it.organisation, circle, it.now)
    place = db.scalars(select(Membership).where(Membership.member_id == it.ama.id)).one()
    place.state, place.ended_at = MembershipState.LEFT, it.now
    with pytest.raises(Conflict):
        says(db, it.ama, approach, "yes", it.now)
    circle.life, circle.ended_at = Life.ARCHIVED, it.now
    with pytest.raises(Conflict):
        says(db, it.bo, approach, "yes", it.now)
    assert talking(db, approach) is None


def test_a_yes_of_somebody_blocked_since_counts_no_more(it, db):
    circle = a_team(db, [it.ama, it.bo], it.now)
    approach = write(db, it.oskar, it.organisation, circle, it.now)
    says(db, it.ama, approach, "yes", it.now)
    boundaries.block(db, it.ama, blocked_id=it.oskar.id, now=it.now)
    says(db, it.bo, approach, "yes", it.now)
    assert (approach.state, talking(db, approach)) == (ApproachState.SENT, None)


@pytest.mark.parametrize(("said", "opens"), [(("ama", "bo"), True), (("bo",), False), ((), False)])
def test_inv_29_a_team_opens_when_who_had_not_answered_leaves_it(it, db, said, opens):
    circle = a_team(db, [it.ama, it.bo, it.eli], it.now)
    approach = write(db, it.oskar, it.organisation, circle, it.now)
    for name in said:
        says(db, getattr(it, name), approach, "yes", it.now)
    place = db.scalars(select(Membership).where(Membership.member_id == it.eli.id)).one()
    staying.leave(db, circle, place, goodbye="", now=it.now)
    event = db.scalars(select(Event).where(Event.kind == "circles:left")).one()
    for _twice in range(2):
        hearing.hear(db, event, now=it.now)
    assert (approach.state is ApproachState.OPENED) == opens
    expected = {it.oskar.id, it.ama.id, it.bo.id} if opens else None
    assert talking(db, approach) == expected


def test_a_team_that_is_left_opens_nothing_that_has_lapsed(it, db):
    circle = a_team(db, [it.ama, it.eli], it.now)
    approach = write(db, it.oskar, it.organisation, circle, it.now)
    says(db, it.ama, approach, "yes", it.now)
    place = db.scalars(select(Membership).where(Membership.member_id == it.eli.id)).one()
    staying.leave(db, circle, place, goodbye="", now=approach.expires_at)
    event = db.scalars(select(Event).where(Event.kind == "circles:left")).one()
    hearing.hear(db, event, now=approach.expires_at)
    assert (approach.state, talking(db, approach)) == (ApproachState.SENT, None)


class Oracle:
    """When a team opens, said another way: by sets of those who are there and agree."""

    def __init__(self, rule, team, asked):
        self.rule, self.team, self.asked = rule, set(team), set(asked)
        self.here, self.yes, self.talk = set(team), set(), None

    def says_yes(self, who):
        """Return whether the yes is taken."""
        if who not in self.asked or who not in self.here:
            return False
        if who in self.yes:
            return True
        self.yes.add(who)
        if self.talk is not None:
            self.talk.add(who)
        elif self.rule is OpeningRule.ANYONE or self.team & self.here <= self.yes:
            self.talk = self.yes & self.here
        return True


PEOPLE = st.integers(0, 4)
STANDINGS = st.sampled_from(["there", "there", "there", "rests", "hides", "pauses"])
STEPS = st.tuples(PEOPLE, st.sampled_from(["yes", "yes", "yes", "no", "back", "rest", "return"]))


@pytest.fixture
def five(make_member):
    return [make_member(f"five{number}").id for number in range(5)]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rule=st.sampled_from(list(OpeningRule)),
    standings=st.lists(STANDINGS, min_size=1, max_size=5),
    steps=st.lists(STEPS, max_size=14),
)
def test_inv_29_a_team_opens_by_its_own_rule_and_never_sooner(five, it, db, rule, standings, steps):
    with db.begin_nested() as example:
        people = [db.get_one(Member, each) for each in five[: len(standings)]]
        circle = a_team(db, people, it.now, opens_when=rule)
        for person, standing in zip(people, standings, strict=True):
            stands(db, person, standing, it.now)
        team = [p.id for p, s in zip(people, standings, strict=True) if s != "rests"]
        asked = [p.id for p, s in zip(people, standings, strict=True) if s == "there"]
        approach = write(db, it.oskar, it.organisation, circle, it.now)
        assert waits(db, approach) == asked
        oracle = Oracle(rule, team, asked)
        for number, step in steps:
            if number < len(people):
                does(db, oracle, approach, people[number], step, it.now)
        example.rollback()
    db.expire_all()


def stands(db, person, standing, now):
    place = db.scalars(select(Membership).where(Membership.member_id == person.id)).one()
    if standing == "rests":
        place.state = MembershipState.RESTING
    elif standing == "hides":
        boundaries.raise_shield(db, person, against="Merrow Ferries", now=now)
    elif standing == "pauses":
        participation.pause(db, person, until=None, now=now)
    db.flush()


def does(db, oracle, approach, person, step, now):
    """Let somebody take a step, and see that it did what the sets say."""
    ask, who = ask_to(db, person, approach), person.id
    if step in {"rest", "return"}:
        moves(db, oracle, person, step)
    elif ask is not None and step == "yes":
        assert taken(db, lambda: says(db, person, approach, "yes", now)) == (
            oracle.says_yes(who) if who not in oracle.yes else True
        )
    elif ask is not None:
        kind = KINDS[ask.kind]
        undo = asks.decline if step == "no" else asks.take_back
        if taken(db, lambda: undo(db, ask, kind, actor=person, now=now)) and oracle.talk is None:
            oracle.yes.discard(who)
    db.flush()
    found = talking(db, approach)
    assert (found is None) == (oracle.talk is None) == (approach.state is ApproachState.SENT)
    if found is not None:
        assert found == oracle.talk | {approach.writer_id}


def moves(db, oracle, person, step):
    place = db.scalars(select(Membership).where(Membership.member_id == person.id)).one()
    place.state = MembershipState.RESTING if step == "rest" else MembershipState.MEMBER
    (oracle.here.discard if step == "rest" else oracle.here.add)(person.id)


def taken(db, what):
    try:
        with db.begin_nested():
            what()
    except Refusal:
        return False
    return True
