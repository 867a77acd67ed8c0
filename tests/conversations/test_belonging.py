from __future__ import annotations

import pytest
from sqlalchemy import select

from network.conversations import queries, services
from network.conversations.access import conversation_for
from network.conversations.models import About, Participant
from network.errors import NotAllowed, NotFound
from network.events.models import Event
from tests.conversations.conftest import heard_by, say, words_of

THING = 7


@pytest.fixture
def room(db, people, now):
    """The conversation of a circle: ama and rui are in it, and something was said."""
    ama, rui, *_rest = people
    made = services.open_about(
        db, About.CIRCLE, THING, people=[ama.id, rui.id], opener=ama, now=now
    )
    say(db, made, ama, "Before.", now)
    return made


def join(db, person, now, **more):
    services.join_about(db, About.CIRCLE, THING, person=person, actor=person, now=now, **more)


def leave(db, person, now, **more):
    services.leave_about(
        db, About.CIRCLE, THING, person_id=person.id, actor_id=person.id, now=now, **more
    )


@pytest.mark.parametrize(
    ("from_start", "read"), [(False, ["After."]), (True, ["Before.", "After."])]
)
def test_inv_56_whoever_comes_reads_from_now_on_unless_they_are_let_in_from_the_start(
    db, people, room, now, from_start, read
):
    ama, _rui, dara, _eli = people
    join(db, dara, now, from_start=from_start)
    say(db, room, ama, "After.", now)
    assert words_of(heard_by(db, dara, room, now)) == read


def test_coming_twice_is_once(db, people, room, now):
    dara = people[2]
    for _time in range(2):
        join(db, dara, now)
    stays = db.scalars(select(Participant).where(Participant.member_id == dara.id)).all()
    told = db.scalars(select(Event).where(Event.kind == "conversations:joined")).all()
    assert len(stays) == len(told) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_inv_56_whoever_goes_writes_and_reads_no_more_and_keeps_what_the_thing_lets_them(
    db, people, room, now, keep
):
    ama, rui, *_rest = people
    leave(db, rui, now, keep=keep)
    say(db, room, ama, "After.", now)
    with pytest.raises(NotAllowed):
        say(db, room, rui, "And I?", now)
    if keep:
        assert words_of(heard_by(db, rui, room, now)) == ["Before."]
    else:
        with pytest.raises(NotFound):
            conversation_for(db, rui, room.key, now=now)
    listed = [row.conversation.id for row in queries.my_conversations(db, rui, now)]
    assert listed == ([room.id] if keep else [])


def test_inv_56_what_is_not_kept_is_not_kept_of_an_earlier_stay_either(db, people, room, now):
    rui = people[1]
    leave(db, rui, now)
    leave(db, rui, now, keep=False)
    with pytest.raises(NotFound):
        conversation_for(db, rui, room.key, now=now)


def test_whoever_comes_back_reads_what_is_said_from_then_on(db, people, room, now):
    ama, rui, *_rest = people
    leave(db, rui, now, keep=False)
    say(db, room, ama, "Meanwhile.", now)
    join(db, rui, now)
    say(db, room, ama, "After.", now)
    assert words_of(heard_by(db, rui, room, now)) == ["After."]


def test_whoever_comes_back_from_the_start_reads_what_they_missed(db, people, room, now):
    ama, _rui, dara, _eli = people
    join(db, dara, now)
    leave(db, dara, now)
    say(db, room, ama, "Meanwhile.", now)
    join(db, dara, now, from_start=True)
    assert words_of(heard_by(db, dara, room, now)) == ["Before.", "Meanwhile."]


def test_what_somebody_said_who_was_sent_away_stays_signed_to_those_who_were_there(
    db, people, room, now
):
    ama, rui, *_rest = people
    say(db, room, rui, "I was here.", now)
    leave(db, rui, now, keep=False)
    assert heard_by(db, ama, room, now) == [("Before.", ama), ("I was here.", rui)]


def test_a_thing_without_a_conversation_lets_people_come_and_go(db, people, now):
    dara = people[2]
    join(db, dara, now)
    leave(db, dara, now, keep=False)
    assert db.scalars(select(Participant)).all() == []


def test_leaving_twice_is_once(db, people, room, now):
    rui = people[1]
    for _time in range(2):
        leave(db, rui, now)
    told = db.scalars(select(Event).where(Event.kind == "conversations:left")).all()
    assert [each.data["member"] for each in told] == [rui.id]
