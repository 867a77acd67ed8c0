from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from network.db import reading, transaction
from network.engagements.notices_work import LETTERS
from network.events.models import Delivery, Event
from network.mail import Context
from network.members.kinds import State
from network.members.models import Block, Member
from tests.conftest import NOON
from tests.engagements.lives import Life, agreed

WHY = "The school needs me for a while."
BEGUN = [("begin", {})]
# What happens, and what the others are told.
HAPPENS = {
    "begun": ([], "begin", {}, "ama says that the work you agreed on has begun."),
    "paused": (BEGUN, "pause", {"words": WHY}, "ama let the work rest"),
    "resumed": (
        [*BEGUN, ("pause", {"words": WHY})],
        "resume",
        {},
        "ama says that the work goes on",
    ),
    "complete_said": (BEGUN, "complete", {}, "It is when all of you have said so."),
    "ended": (BEGUN, "end", {"words": WHY}, "It goes on until 21 December 2026."),
    "cancelled": ([], "cancel", {"words": WHY}, "ama called the work off"),
}


@pytest.fixture
def people(make_member):
    return [make_member(name, name=name) for name in ("ama", "bea", "cai")]


@pytest.fixture
def life(db, people):
    engagement = agreed(db, people)
    db.commit()
    return Life.of(engagement)


def letters_of(what):
    kind = f"engagements:work:{what}"
    context = Context("Saltmarsh", "en", "x" * 40, lambda *_a, **_k: "", NOON, "a@b.example")
    with reading() as db:
        found = select(Delivery).join(Delivery.event).where(Event.kind == kind)
        owed = db.scalars(found.options(contains_eager(Delivery.event))).all()
        return [letter for each in owed for letter in LETTERS[kind](db, each, context)]


def happen(life, what):
    before, verb, words, _said = HAPPENS[what]
    for each, given in before:
        life.do(each, "ama", **given)
    assert life.do(verb, "ama", **words) is None


def test_every_letter_about_work_is_tried_here():
    assert {f"engagements:work:{each}" for each in (*HAPPENS, "completed")} == set(LETTERS)


@pytest.mark.parametrize("what", HAPPENS)
def test_inv_58_59_the_others_are_told_in_words_that_give_nothing_away(app, life, what):
    happen(life, what)
    letters = letters_of(what)
    assert [each.to for each in letters] == ["bea@bea.example", "cai@cai.example"]
    for each in letters:
        assert str(each.subject) == "About your work at Saltmarsh"
        assert HAPPENS[what][3] in str(each.paragraphs[0])
        assert not any(said in str(each) for said in (WHY, "A first director", "A seat"))


def test_all_are_told_once_all_have_said_that_it_is_complete(app, life):
    life.do("begin", "ama")
    for who in ("ama", "bea", "cai"):
        life.do("complete", who)
    told = [each.to for each in letters_of("completed")]
    assert told == ["ama@ama.example", "bea@bea.example"]
    assert letters_of("complete_said") == []


def test_inv_58_whoever_said_so_is_not_asked_and_what_was_taken_back_asks_nobody(app, life):
    life.do("begin", "ama")
    life.do("complete", "ama")
    life.do("complete", "bea")
    assert sorted({each.to for each in letters_of("complete_said")}) == ["cai@cai.example"]
    life.do("not_yet", "ama")
    life.do("not_yet", "bea")
    assert letters_of("complete_said") == []


@pytest.mark.parametrize(
    ("what", "verb", "words"),
    [
        ("begun", "end", {"words": WHY}),
        ("paused", "resume", {}),
        ("resumed", "pause", {"words": WHY}),
        ("complete_said", "end", {"words": WHY}),
    ],
)
def test_inv_58_what_is_not_so_any_more_is_not_told(app, life, what, verb, words):
    happen(life, what)
    assert letters_of(what)
    assert life.do(verb, "bea", **words) is None
    assert letters_of(what) == []


@pytest.mark.parametrize("what", HAPPENS)
def test_inv_09_59_somebody_who_is_apart_is_not_named(app, life, people, what):
    with transaction() as db:
        db.add(Block(blocker_id=people[1].id, blocked_id=people[0].id, at=NOON))
    happen(life, what)
    letters = {each.to: str(each.paragraphs[0]) for each in letters_of(what)}
    assert "ama" not in letters["bea@bea.example"]
    assert letters["bea@bea.example"].startswith("One of you")
    assert letters["cai@cai.example"].startswith("ama")


def test_who_has_no_account_any_more_gets_none(app, life, people):
    happen(life, "begun")
    with transaction() as db:
        db.get_one(Member, people[1].id).state = State.SUSPENDED
    assert [each.to for each in letters_of("begun")] == ["cai@cai.example"]
