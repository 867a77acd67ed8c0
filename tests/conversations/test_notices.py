from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.conversations import services
from network.conversations.models import Conversation, Message
from network.conversations.queries import live_stay
from network.db import transaction
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from tests.conversations.conftest import group, say, tie, write_to
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401


def act(what):
    with transaction() as db:
        return what(db, {member.handle: member for member in db.scalars(select(Member))})


def test_a_letter_says_who_wrote_and_holds_no_words(kept, letters):  # noqa: F811
    _ama, rui, talk = kept
    (letter,) = letters()
    assert (letter["To"], letter["Subject"]) == (rui.email, "Words wait for you at Saltmarsh")
    words = letter.get_content()
    assert "Ama Example has written to you." in words
    assert f"http://127.0.0.1:8000/conversations/{talk.key}" in words
    assert "quay" not in words


def test_inv_58_one_silence_is_one_letter(kept, letters, now):  # noqa: F811
    _ama, rui, talk = kept
    act(
        lambda db, all_: say(
            db, db.get_one(Conversation, talk.id), all_["ama"], "And bring bread.", now
        )
    )
    assert len(letters()) == 1

    def read(db, all_):
        there = db.get_one(Conversation, talk.id)
        stay = live_stay(db, there.id, rui.id)
        services.mark_read(db, stay, upto=there.turn, high=there.turn)
        say(db, there, all_["ama"], "Are you there?", now)

    act(read)
    assert len(letters()) == 2


@pytest.mark.parametrize(
    "over",
    ["withdrawn", "read", "muted", "left", "paused", "blocked", "blocking", "shielded", "departed"],
)
def test_inv_58_59_what_is_over_or_hidden_by_now_is_not_mailed(
    kept,
    letters,  # noqa: F811
    now,
    over,
):
    _ama, rui, talk = kept

    def end(db, all_):
        there, one, other = db.get_one(Conversation, talk.id), all_["ama"], all_["rui"]
        if over == "withdrawn":
            services.withdraw(db, db.scalars(select(Message)).one(), actor=one, now=now)
        if over == "read":
            stay = live_stay(db, there.id, rui.id)
            services.mark_read(db, stay, upto=1, high=1)
        if over == "muted":
            services.mute(db, there, actor=other)
        if over == "left":
            services.leave(db, there, actor=other, now=now)
        if over in {"blocked", "blocking"}:
            pair = (one, other) if over == "blocking" else (other, one)
            boundaries.block(db, pair[0], blocked_id=pair[1].id, now=now)
        if over == "shielded":
            boundaries.raise_shield(db, one, against="rui.example", now=now)
        if over == "paused":
            other.state, other.paused_until = State.PAUSED, now + timedelta(days=9)
        if over == "departed":
            one.state = State.DEPARTED

    act(end)
    assert letters() == []


def test_everybody_in_a_group_but_the_author_is_told_and_nobody_of_words_before_them(
    kept,
    make_member,
    letters,  # noqa: F811
    now,
):
    _ama, rui, _talk = kept
    dara, eli = make_member("dara"), make_member("eli")

    def begin(db, all_):
        for other in ("dara", "eli"):
            tie(db, all_["ama"], all_[other], now)
        table = group(db, all_["ama"], [all_["rui"], all_["dara"]], now)
        services.add(db, table, actor=all_["ama"], other=all_["eli"], now=now)

    act(begin)
    told = [letter["To"] for letter in letters()]
    assert sorted(told) == sorted([dara.email, rui.email, rui.email])
    assert eli.email not in told


def test_a_shielded_writer_and_their_silence_are_both_unknown(
    kept,
    make_member,
    letters,  # noqa: F811
    now,
):
    _ama, rui, _talk = kept
    make_member("dara")

    def begin(db, all_):
        tie(db, all_["ama"], all_["dara"], now)
        boundaries.raise_shield(db, all_["ama"], against="rui.example", now=now)
        table = group(db, all_["ama"], [all_["dara"], all_["rui"]], now)
        write_to(db, all_["ama"], all_["dara"], "Only you.", now)
        services.leave(db, table, actor=all_["dara"], now=now)

    act(begin)
    assert rui.email not in [letter["To"] for letter in letters()]
