from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from network.asks import services as asks
from network.asks.models import AskState
from network.conversations.models import About, Conversation, Participant
from network.db import reading, transaction
from network.events.services import record
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from network.relationships.kinds import CONNECTION
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.connections import live_connection
from network.relationships.queries.provenance import (
    How,
    of_connection,
    of_conversation,
    of_introduction,
)

FIRST = "Your sentence about kitchens has stayed with me."
SECOND = "I had begun a letter to you about the same thing."


@pytest.fixture
def people(make_member):
    return {each: make_member(each) for each in ("ama", "rui", "dara", "eli")}


def send(db, people, asker, other, now, reason=FIRST):
    one, two = db.get_one(Member, people[asker].id), db.get_one(Member, people[other].id)
    return asks.send(
        db,
        CONNECTION,
        asker=one,
        addressee=two,
        reason=reason,
        submission=f"{asker} {now}",
        now=now,
    )


def connect(people, now, *, crossing=False):
    """Ama asks Rui, who says yes two days later: by saying it, or by asking her."""
    with transaction() as db:
        ask = send(db, people, "ama", "rui", now - timedelta(days=2))
        if crossing:
            send(db, people, "rui", "ama", now, SECOND)
        else:
            actor = db.get_one(Member, people["rui"].id)
            asks.accept(db, ask, CONNECTION, actor=actor, now=now)
    assert ask.state is AskState.ACCEPTED


def introduce(people, at, *, state=IntroductionState.MADE, asked_by=None):
    """Dara introduces Ama and Rui, with the events that this leaves in the log."""
    low, high = sorted((people["ama"].id, people["rui"].id))
    values = {"introducer_id": people["dara"].id, "low_id": low, "high_id": high}
    with transaction() as db:
        made = Introduction(**values, words=FIRST, submission=str(at), state=state, sent_at=at,
                            asked_by_id=asked_by, expires_at=at, ended_at=at)  # fmt: skip
        if state is IntroductionState.OPEN:
            made.ended_at = None
        db.add(made)
        db.flush()
        subject = ("introduction", made.id)
        begun = "relationships:introduction:begun"
        record(db, begun, actor=people["dara"].id, subject=subject, now=at, asked_by=asked_by)
        if state is IntroductionState.MADE:
            kind = "relationships:introduction:made"
            record(db, kind, actor=None, subject=subject, now=at, introducer=people["dara"].id,
                   low=low, high=high, conversation=1)  # fmt: skip
    return made


def told(steps):
    """Return the steps in short: what, who ("me", a handle, or nobody in particular)."""
    return [
        (step.how.value, "me" if step.mine else step.who.handle if step.who else "somebody")
        for step in steps
    ]


def of_their_connection(people, viewer):
    with reading() as db:
        tie = live_connection(db, people["ama"].id, people["rui"].id)
        return of_connection(db, db.get_one(Member, people[viewer].id), tie)


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        ("ama", [("asked", "me"), ("connected", "rui")]),
        ("rui", [("asked", "ama"), ("connected", "me")]),
    ],
)
def test_a_connection_says_who_asked_and_since_when(people, now, viewer, expected):
    connect(people, now)
    steps = of_their_connection(people, viewer)
    assert told(steps) == expected
    assert [step.at for step in steps] == [now - timedelta(days=2), now]
    assert steps[0].words == FIRST


def test_two_who_asked_each_other_read_both_reasons(people, now):
    connect(people, now, crossing=True)
    steps = of_their_connection(people, "ama")
    assert told(steps) == [("asked", "me"), ("asked too", "rui"), ("connected", "rui")]
    assert [step.words for step in steps] == [FIRST, SECOND, ""]


def test_an_introduction_before_is_part_of_it(people, now):
    introduce(people, now - timedelta(days=9))
    connect(people, now)
    assert told(of_their_connection(people, "ama"))[0] == ("introduced", "dara")


@pytest.mark.parametrize("state", [s for s in IntroductionState if s != IntroductionState.MADE])
def test_one_that_was_not_made_is_never_mentioned(people, now, state):
    introduce(people, now - timedelta(days=9), state=state)
    connect(people, now)
    assert told(of_their_connection(people, "rui")) == [("asked", "ama"), ("connected", "me")]


def test_one_that_was_made_later_brought_nobody_together(people, now):
    connect(people, now)
    introduce(people, now + timedelta(days=1))
    assert told(of_their_connection(people, "ama"))[0] == ("asked", "me")


def hide(people, who, how, now):
    with transaction() as db:
        member = db.get_one(Member, people[who].id)
        if how == "a shield":
            boundaries.raise_shield(db, member, against="ama.example", now=now)
        elif how == "a block":
            boundaries.block(db, member, blocked_id=people["ama"].id, now=now)
        else:
            member.state = State(how)


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("paused", "dara"),
        ("a shield", "somebody"),
        ("a block", "somebody"),
        ("departed", "somebody"),
        ("suspended", "somebody"),
    ],
)
def test_whoever_is_apart_from_the_viewer_now_is_somebody(people, now, how, name):
    introduction = introduce(people, now - timedelta(days=9))
    connect(people, now)
    hide(people, "dara", how, now)
    assert told(of_their_connection(people, "ama"))[0] == ("introduced", name)
    assert told(of_their_connection(people, "rui"))[0][1] in {"dara", "somebody"}
    with reading() as db:
        viewer = db.get_one(Member, people["ama"].id)
        assert told(of_introduction(db, viewer, introduction))[-1] == ("introduced", name)


def of_the_introduction(people, introduction, viewer):
    with reading() as db:
        return told(of_introduction(db, db.get_one(Member, people[viewer].id), introduction))


def test_an_introduction_tells_each_what_they_may_know(people, now):
    made = introduce(people, now, asked_by=people["ama"].id)
    end = [("begun", "dara"), ("introduced", "dara")]
    assert of_the_introduction(people, made, "ama") == [("asked for", "me"), *end]
    assert of_the_introduction(people, made, "rui") == end
    mine = [("asked for", "ama"), ("begun", "me"), ("introduced", "me")]
    assert of_the_introduction(people, made, "dara") == mine


@pytest.mark.parametrize("state", [s for s in IntroductionState if s != IntroductionState.MADE])
def test_inv_22_before_it_is_made_only_the_introducer_reads_how_it_began(people, now, state):
    made = introduce(people, now, state=state, asked_by=people["ama"].id)
    assert of_the_introduction(people, made, "dara") == [("asked for", "ama"), ("begun", "me")]
    assert of_the_introduction(people, made, "ama") == []
    assert of_the_introduction(people, made, "rui") == []


@pytest.fixture
def talk(people, now):
    """Dara opened a conversation; Rui was there from the start, Ama came later."""

    def begin(about=About.GROUP, thing=None, left=None):
        with transaction() as db:
            made = Conversation(about=about, thing_id=thing, opener_id=people["dara"].id, turn=9,
                                submission="one", opened_at=now, moved_at=now)  # fmt: skip
            db.add(made)
            db.flush()
            for who, after in (("dara", 0), ("rui", 0), ("ama", 4)):
                over = {"until_turn": left, "left_at": now} if who == "dara" and left else {}
                values = {"conversation_id": made.id, "member_id": people[who].id, **over}
                db.add(Participant(**values, after_turn=after, joined_at=now))
            subject = ("conversation", made.id)
            record(db, "conversations:opened", actor=people["dara"].id, subject=subject, now=now)
        return made

    return begin


def of_the_conversation(people, conversation, viewer):
    with reading() as db:
        return told(of_conversation(db, db.get_one(Member, people[viewer].id), conversation))


def test_a_conversation_says_who_opened_it(people, talk):
    made = talk()
    assert of_the_conversation(people, made, "rui") == [("opened", "dara")]
    assert of_the_conversation(people, made, "dara") == [("opened", "me")]
    assert of_the_conversation(people, made, "ama") == [("opened", "dara")]


def test_who_came_later_does_not_read_of_one_who_had_left(people, talk):
    made = talk(left=3)
    assert of_the_conversation(people, made, "rui") == [("opened", "dara")]
    assert of_the_conversation(people, made, "ama") == [("opened", "somebody")]


def test_a_conversation_of_three_says_which_introduction_it_began_with(people, talk, now):
    made = talk(About.INTRODUCTION, introduce(people, now).id)
    assert of_the_conversation(people, made, "ama") == [("introduced", "dara")]


def test_it_takes_two_statements_at_the_most(people, talk, ran, now):
    introduction = introduce(people, now - timedelta(days=9), asked_by=people["ama"].id)
    connect(people, now, crossing=True)
    conversation = talk()
    with reading() as db:
        viewer = db.get_one(Member, people["ama"].id)
        tie = live_connection(db, people["ama"].id, people["rui"].id)
        assert len(ran(lambda: of_connection(db, viewer, tie))) == 2
        assert len(ran(lambda: of_introduction(db, viewer, introduction))) == 2
        assert len(ran(lambda: of_conversation(db, viewer, conversation))) == 2
        assert of_connection(db, viewer, tie)[0].how is How.INTRODUCED


@pytest.mark.parametrize("crossing", [False, True])
@pytest.mark.parametrize("introduced", [False, True])
def test_the_page_of_a_connection_says_how_they_know_each_other(
    people, sign_in, now, crossing, introduced
):
    if introduced:
        introduce(people, now - timedelta(days=40))
    connect(people, now, crossing=crossing)
    with time_machine.travel(now, tick=False):
        page = sign_in(people["rui"]).get("/people/ama").text
        other = sign_in(people["eli"]).get("/people/ama").text
    assert "How you know each other" in page
    assert FIRST in page
    assert (SECOND in page) is crossing
    assert ("You were introduced by Dara Example in October." in page) is introduced
    assert "How you know each other" not in other
