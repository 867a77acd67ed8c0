from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from network.conversations import access, queries, services
from network.conversations.models import About, Conversation, Message, Participant
from network.db import reading, transaction
from network.errors import Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.members.kinds import State, WhoMayWrite
from network.members.models import Connection, Member, Participation
from network.members.services import boundaries
from tests.conversations.conftest import (
    group,
    heard_by,
    open_to,
    say,
    tie,
    words_of,
    write_to,
)


def kinds(db):
    return list(db.scalars(select(Event.kind).where(Event.kind.like("conv%")).order_by(Event.id)))


def test_two_people_have_one_conversation_whoever_writes_first(people, db, now):
    ama, rui = people[:2]
    first = write_to(db, ama, rui, "The quay at six.", now)
    assert write_to(db, rui, ama, "I will bring bread.", now) is first
    assert words_of(heard_by(db, ama, first, now)) == ["The quay at six.", "I will bring bread."]
    assert kinds(db) == ["conversations:opened", *["conversations:message:sent"] * 2]
    assert first.turn == 2


def test_inv_20_the_same_words_sent_twice_are_said_once(people, db, now):
    ama, rui, dara, _eli = people
    talk = write_to(db, ama, rui, "Once.", now, "s1")
    assert write_to(db, ama, rui, "Once.", now, "s1") is talk
    said = say(db, talk, ama, "Again.", now, "s2")
    assert say(db, talk, ama, "Again.", now, "s2") is said
    table = group(db, ama, [rui, dara], now, submission="s3")
    assert group(db, ama, [rui, dara], now, submission="s3") is table
    assert db.query(Message).count() == 3
    assert (talk.turn, table.turn) == (2, 1)


@pytest.mark.parametrize(
    ("who", "near", "may"),
    [
        (WhoMayWrite.CONNECTIONS, "stranger", False),
        (WhoMayWrite.CONNECTIONS, "shared", False),
        (WhoMayWrite.CONNECTIONS, "connected", True),
        (WhoMayWrite.SHARED, "stranger", False),
        (WhoMayWrite.SHARED, "shared", True),
        (WhoMayWrite.ANYONE, "stranger", True),
        (WhoMayWrite.ANYONE, "paused", None),
        (WhoMayWrite.ANYONE, "blocked", None),
        (WhoMayWrite.ANYONE, "shielded", None),
        (WhoMayWrite.CONNECTIONS, "connected and paused", True),
        (WhoMayWrite.CONNECTIONS, "myself", False),
    ],
)
def test_who_may_begin_one_follows_the_others_wish(people, db, now, who, near, may):
    _ama, rui, dara, eli = people
    other = {"connected": rui, "connected and paused": rui, "myself": eli}.get(near, dara)
    open_to(db, other, who)
    if near == "shared":
        tie(db, eli, rui, now)
    if near.startswith("connected"):
        tie(db, eli, other, now)
    if near.endswith("paused"):
        other.state = State.PAUSED
    if near == "blocked":
        boundaries.block(db, other, blocked_id=eli.id, now=now)
    if near == "shielded":
        boundaries.raise_shield(db, other, against="eli.example", now=now)
    db.flush()
    if may:
        services.may_start(db, eli, other, now)
    else:
        with pytest.raises(NotFound if may is None else NotAllowed):
            services.may_start(db, eli, other, now)


def test_a_no_is_one_sentence_whatever_is_behind_it(people, db, now):
    _ama, rui, _dara, eli = people
    said = set()
    for who in (WhoMayWrite.CONNECTIONS, WhoMayWrite.SHARED):
        open_to(db, rui, who)
        with pytest.raises(NotAllowed) as refusal:
            services.may_start(db, eli, rui, now)
        said.add(str(refusal.value.sentence))
    assert len(said) == 1


@pytest.mark.parametrize("body", ["", " \n\u200b ", "x" * 8001])
def test_words_that_cannot_be_sent_are_refused_and_nothing_happens(people, db, now, body):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    with pytest.raises(Invalid):
        say(db, talk, ama, body, now)
    assert (talk.turn, db.query(Message).count()) == (1, 1)


def test_inv_45_whoever_comes_later_reads_nothing_from_before(people, db, now):
    ama, rui, dara, eli = people
    tie(db, ama, eli, now)
    table = group(db, ama, [rui, dara], now)
    say(db, table, rui, "Before.", now)
    services.add(db, table, actor=ama, other=eli, now=now)
    say(db, table, rui, "After.", now)
    assert words_of(heard_by(db, eli, table, now)) == ["After."]
    assert words_of(heard_by(db, dara, table, now)) == ["Shall we?", "Before.", "After."]
    services.add(db, table, actor=ama, other=eli, now=now)
    assert kinds(db).count("conversations:joined") == 1


def test_inv_56_whoever_left_keeps_what_was_said_until_then(people, db, now):
    ama, rui, dara, _eli = people
    table = group(db, ama, [rui, dara], now)
    for _twice in range(2):
        services.leave(db, table, actor=rui, now=now)
    say(db, table, ama, "Without rui.", now)
    assert words_of(heard_by(db, rui, table, now)) == ["Shall we?"]
    assert kinds(db).count("conversations:left") == 1
    with pytest.raises(NotAllowed):
        say(db, table, rui, "Still here?", now)


def test_several_stays_are_read_each_for_itself(people, db, now):
    ama, rui, dara, _eli = people
    table = group(db, ama, [rui, dara], now)
    services.leave(db, table, actor=rui, now=now)
    say(db, table, ama, "Between.", now)
    services.add(db, table, actor=dara, other=rui, now=now)
    assert not access.conversation_for(db, rui, table.key, now=now).is_here
    now += timedelta(days=90)
    services.add(db, table, actor=dara, other=rui, now=now)
    say(db, table, ama, "Welcome back.", now)
    assert words_of(heard_by(db, rui, table, now)) == ["Shall we?", "Welcome back."]
    thread = access.conversation_for(db, rui, table.key, now=now)
    assert (len(thread.stays), thread.is_here) == (2, True)


def test_a_pair_that_both_left_begins_again_where_one_may(people, db, now):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    for each in (ama, rui):
        services.leave(db, talk, actor=each, now=now)
    with pytest.raises(NotAllowed, match="how they take part"):
        write_to(db, rui, ama, "So soon?", now)
    now += timedelta(days=90)
    assert write_to(db, rui, ama, "It has been a while.", now) is talk
    for each in (ama, rui):
        assert words_of(heard_by(db, each, talk, now)) == [
            "The quay at six.",
            "It has been a while.",
        ]


def test_a_thread_of_two_stays_open_when_their_connection_ends_and_not_when_one_left(
    people, db, now
):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    db.query(Connection).update({"ended_at": now})
    say(db, talk, rui, "Still.", now)
    services.leave(db, talk, actor=rui, now=now)
    with pytest.raises(NotAllowed, match="cannot write here just now"):
        say(db, talk, ama, "Hello?", now)
    with pytest.raises(NotAllowed, match="how they take part"):
        write_to(db, ama, rui, "Hello?", now)


@pytest.mark.parametrize("gone", ["left", "blocks", "is blocked", "departed", "shields"])
def test_inv_09_one_sentence_closes_a_thread_of_two_whatever_the_reason(people, db, now, gone):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    if gone == "left":
        services.leave(db, talk, actor=rui, now=now)
    if gone in {"blocks", "is blocked"}:
        one, other = (rui, ama) if gone == "blocks" else (ama, rui)
        boundaries.block(db, one, blocked_id=other.id, now=now)
        services.part(db, one.id, other.id, actor=one, now=now)
    if gone == "departed":
        rui.state = State.DEPARTED
    if gone == "shields":
        boundaries.raise_shield(db, rui, against="ama.example", now=now)
    db.flush()
    with pytest.raises(NotAllowed) as refusal:
        say(db, talk, ama, "Hello?", now)
    assert str(refusal.value.sentence).startswith("You cannot write here just now.")
    assert words_of(heard_by(db, ama, talk, now)) == ["The quay at six."]


def test_inv_09_a_block_ends_reading_and_leaves_earlier_words_without_a_name(people, db, now):
    ama, rui, dara, _eli = people
    table = group(db, ama, [rui, dara], now)
    say(db, table, rui, "Before the block.", now)
    boundaries.block(db, ama, blocked_id=rui.id, now=now)
    for _twice in range(2):
        services.part(db, ama.id, rui.id, actor=ama, now=now)
    say(db, table, rui, "After the block.", now)
    assert heard_by(db, ama, table, now) == [("Shall we?", ama), ("Before the block.", None)]
    assert [words for words, who in heard_by(db, rui, table, now) if who is None] == ["Shall we?"]
    assert words_of(heard_by(db, dara, table, now))[-1] == "After the block."
    assert kinds(db).count("conversations:left") == 1


def test_inv_11_lifting_a_block_opens_nothing_again(people, db, now):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    boundaries.block(db, ama, blocked_id=rui.id, now=now)
    services.part(db, ama.id, rui.id, actor=ama, now=now)
    boundaries.unblock(db, ama, blocked_id=rui.id, now=now)
    db.flush()
    for each in (ama, rui):
        with pytest.raises(NotAllowed):
            say(db, talk, each, "Hello?", now)


def test_inv_10_whoever_meets_a_shield_reads_nothing_of_its_owner(people, db, now):
    ama, rui, dara, _eli = people
    talk = write_to(db, ama, rui, "The quay at six.", now)
    table = group(db, ama, [rui, dara], now)
    say(db, table, dara, "Yes, let us.", now)
    boundaries.raise_shield(db, ama, against="rui.example", now=now)
    db.flush()
    assert heard_by(db, rui, table, now) == [("Yes, let us.", dara)]
    assert words_of(heard_by(db, ama, table, now)) == ["Shall we?", "Yes, let us."]
    with pytest.raises(NotFound):
        access.conversation_for(db, rui, talk.key, now=now)
    found = queries.my_conversations(db, rui, now)
    assert [row.conversation.id for row in found] == [table.id]


def test_ones_own_shield_hides_ones_own_words_from_nobody_there_but_oneself_reads_them(
    people, db, now
):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    boundaries.raise_shield(db, ama, against="ama.example", now=now)
    db.flush()
    assert heard_by(db, ama, talk, now) == [("The quay at six.", ama)]


@pytest.mark.parametrize("wall", ["blocks", "is blocked", "shields", "is shielded"])
def test_whoever_is_apart_from_somebody_named_before_is_quietly_not_there(people, db, now, wall):
    ama, rui, dara, eli = people
    tie(db, ama, eli, now)
    one, other = (dara, rui) if wall in {"blocks", "shields"} else (rui, dara)
    if "block" in wall:
        boundaries.block(db, one, blocked_id=other.id, now=now)
    else:
        boundaries.raise_shield(db, one, against=f"{other.handle}.example", now=now)
    db.flush()
    table = group(db, ama, [rui, dara, eli], now)
    services.add(db, table, actor=ama, other=dara, now=now)
    thread = access.conversation_for(db, ama, table.key, now=now)
    there = [each.member for each in queries.company(db, ama, thread, now)]
    assert there == [rui, eli]


def test_a_group_is_made_of_connections_two_to_eleven(people, db, now):
    ama, rui, dara, eli = people
    for chosen in ([rui], [rui, rui]):
        with pytest.raises(Invalid):
            group(db, ama, chosen, now)
    for chosen in ([rui, eli], [rui, dara, eli]):
        with pytest.raises(NotFound):
            group(db, ama, chosen, now)
    assert db.query(Conversation).count() == 0


@pytest.mark.parametrize(("actor", "other", "refusal"), [(3, 1, NotAllowed), (1, 3, NotFound)])
def test_only_whoever_is_there_asks_a_connection_in(people, db, now, actor, other, refusal):
    table = group(db, people[0], people[1:3], now)
    with pytest.raises(refusal):
        services.add(db, table, actor=people[actor], other=people[other], now=now)


def test_a_thread_of_two_takes_no_third(people, db, now):
    ama, rui, dara, _eli = people
    talk = write_to(db, ama, rui, "The quay at six.", now)
    with pytest.raises(NotAllowed):
        services.add(db, talk, actor=ama, other=dara, now=now)


def test_only_its_author_takes_a_message_back_and_twice_is_once(people, db, now):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "Words to regret.", now)
    message = db.scalars(select(Message)).one()
    with pytest.raises(NotFound):
        services.withdraw(db, message, actor=rui, now=now)
    for hours in (1, 2):
        services.withdraw(db, message, actor=ama, now=now + timedelta(hours=hours))
    row = db.execute(text("SELECT * FROM message")).one()
    assert "regret" not in str(row)
    assert message.withdrawn_at == now + timedelta(hours=1)
    assert (message.withdrawn_turn, talk.turn) == (2, 2)
    assert kinds(db).count("conversations:message:withdrawn") == 1


def test_what_is_private_to_a_stay_leaves_no_trace(people, db, now):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    before, theirs = len(kinds(db)), queries.live_stay(db, talk.id, rui.id)
    services.mute(db, talk, actor=rui)
    services.keep_draft(db, talk, actor=rui, body="I would", submission="d1")
    services.mark_read(db, theirs, upto=99, high=talk.turn)
    services.mark_read(db, theirs, upto=0, high=talk.turn)
    db.refresh(theirs)
    assert (theirs.muted, theirs.draft, theirs.read_turn) == (True, "I would", 1)
    services.unmute(db, talk, actor=rui)
    db.refresh(theirs)
    assert (theirs.muted, len(kinds(db)), talk.turn) == (False, before, 1)


def test_sending_clears_the_draft_moves_the_marker_and_a_late_draft_does_not_come_back(
    people, db, now
):
    ama, rui = people[:2]
    talk = write_to(db, ama, rui, "The quay at six.", now)
    services.keep_draft(db, talk, actor=rui, body="I will bring", submission="d1")
    say(db, talk, rui, "I will bring bread.", now, "d1")
    services.keep_draft(db, talk, actor=rui, body="I will bring br", submission="d1")
    stay = queries.live_stay(db, talk.id, rui.id)
    assert (stay.draft, stay.read_turn) == ("", 2)


def test_no_words_are_in_the_log(people, db, now):
    ama, rui, dara, _eli = people
    talk = write_to(db, ama, rui, "Zebrafinch.", now)
    group(db, ama, [rui, dara], now, title="Zebrafinch")
    services.withdraw(db, db.scalars(select(Message)).first(), actor=ama, now=now)
    services.leave(db, talk, actor=rui, now=now)
    assert "zebrafinch" not in str([event.data for event in db.scalars(select(Event))]).lower()


def test_a_thing_has_one_conversation(people, db, now):
    ama, rui, dara, _eli = people
    made = [
        services.open_about(
            db,
            About.INTRODUCTION,
            7,
            people=[ama.id, rui.id, dara.id],
            opener=dara,
            now=now,
        )
        for _twice in range(2)
    ]
    assert made[0] is made[1]
    assert db.query(Participant).count() == 3
    say(db, made[0], rui, "Thank you, dara.", now)
    services.part(db, rui.id, ama.id, actor=rui, now=now)
    db.flush()
    here = db.scalars(select(Participant.member_id).where(Participant.left_at.is_(None))).all()
    assert set(here) == {ama.id, dara.id}


def test_every_member_can_be_written_to_as_they_wish_by_default(people, db, now):
    assert {p.who_may_write for p in db.query(Participation)} == {WhoMayWrite.CONNECTIONS}


def test_whoever_writes_at_once_takes_turns(kept, app, now):
    ama, rui, talk = kept

    def write(number):
        with app.app_context(), transaction() as db:
            actor = db.get_one(Member, (ama, rui)[number % 2].id)
            say(db, db.get_one(Conversation, talk.id), actor, f"Word {number}.", now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    with reading() as db:
        turns = db.scalars(select(Message.turn).order_by(Message.id)).all()
        assert turns == list(range(1, 14))
        assert db.get_one(Conversation, talk.id).turn == 13
