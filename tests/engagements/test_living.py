from __future__ import annotations

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from network.db import reading, transaction
from network.engagements.access import engagement_for
from network.engagements.models import Acceptance, Completion, Engagement, Negotiation, Version
from network.engagements.queries.work import history
from network.engagements.services import beginning, negotiating
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Delivery, Event
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.lives import DAY, Life, agreed, terms_for
from tests.engagements.test_negotiating import at_once

WHY = "The school needs me for a while."


@pytest.fixture
def people(make_member):
    return [make_member(name) for name in ("ama", "bea", "cai")]


@pytest.fixture
def life(db, people):
    """Work that Ama, Bea and Cai agreed on, with thirty days' notice."""
    engagement = agreed(db, people)
    db.commit()
    return Life.of(engagement)


def logged():
    with reading() as db:
        return db.scalar(select(func.count()).select_from(Event))


def begin(life):
    life.do("begin", "ama")


def rest(life):
    begin(life)
    life.do("pause", "ama", words=WHY)


def all_but_cai(life):
    begin(life)
    life.do("complete", "ama")
    life.do("complete", "bea")


def complete(life):
    all_but_cai(life)
    life.do("complete", "cai")


def end(life):
    begin(life)
    life.do("end", "ama", words=WHY)


def cancel(life):
    life.do("cancel", "ama", words=WHY)


@pytest.mark.parametrize(
    ("before", "deed", "expected"),
    [
        (None, ("begin", "bea"), "active"),
        (None, ("begin", "dov"), NotFound),
        (None, ("cancel", "bea", WHY), "cancelled"),
        (None, ("cancel", "bea", " "), Invalid),
        (None, ("cancel", "dov", WHY), NotFound),
        (None, ("pause", "bea", WHY), Conflict),
        (None, ("end", "bea", WHY), Conflict),
        (None, ("complete", "bea"), Conflict),
        (None, ("resume", "bea"), Conflict),
        (begin, ("cancel", "bea", WHY), Conflict),
        (begin, ("pause", "bea", WHY), "paused"),
        (begin, ("pause", "bea", ""), Invalid),
        (begin, ("pause", "bea", "x" * 1001), Invalid),
        (begin, ("pause", "dov", WHY), NotFound),
        (begin, ("complete", "dov"), NotFound),
        (begin, ("complete", "bea"), "active"),
        (begin, ("end", "bea", WHY), "ended_early"),
        (begin, ("end", "bea", ""), Invalid),
        (begin, ("end", "dov", WHY), NotFound),
        (rest, ("pause", "bea", WHY), Conflict),
        (rest, ("pause", "ama", "Other words."), Conflict),
        (rest, ("resume", "cai"), "active"),
        (rest, ("resume", "dov"), NotFound),
        (rest, ("end", "cai", WHY), "ended_early"),
        (rest, ("complete", "cai"), "paused"),
        (all_but_cai, ("complete", "cai"), "completed"),
        (all_but_cai, ("not_yet", "bea"), "active"),
        (all_but_cai, ("not_yet", "dov"), NotFound),
        (all_but_cai, ("pause", "bea", WHY), "paused"),
        (complete, ("not_yet", "cai"), Conflict),
        (complete, ("begin", "cai"), Conflict),
        (complete, ("end", "cai", WHY), Conflict),
        (complete, ("pause", "cai", WHY), Conflict),
        (end, ("complete", "cai"), Conflict),
        (end, ("end", "cai", WHY), Conflict),
        (end, ("end", "ama", "Other words."), Conflict),
        (cancel, ("begin", "cai"), Conflict),
        (cancel, ("cancel", "cai", WHY), Conflict),
    ],
)
def test_each_step_in_its_time_and_by_its_people(life, make_member, before, deed, expected):
    make_member("dov")
    if before:
        before(life)
    row, events = life.row(), logged()
    verb, who, *words = deed
    said = life.do(verb, who, **({"words": words[0]} if words else {}))
    if isinstance(expected, str):
        assert (said, life.stands()[0], logged()) == (None, expected, events + 1)
    else:
        assert isinstance(said, expected)
        assert (life.row(), logged()) == (row, events)  # INV-18


@pytest.mark.parametrize(
    ("before", "verb", "words"),
    [
        (None, "begin", {}),
        (begin, "pause", {"words": WHY}),
        (rest, "resume", {}),
        (begin, "complete", {}),
        (all_but_cai, "complete", {}),
        (complete, "complete", {}),
        (all_but_cai, "not_yet", {}),
        (begin, "end", {"words": WHY}),
        (None, "cancel", {"words": WHY}),
    ],
)
def test_inv_20_the_same_step_twice_equals_once(life, before, verb, words):
    if before:
        before(life)
    life.do(verb, "ama", **words)
    row, events = life.row(), logged()
    life.wait(1)
    assert life.do(verb, "ama", **words) is None
    assert (life.row(), logged()) == (row, events)


def test_it_goes_on_until_the_notice_is_over_to_the_instant(life):
    end(life)
    assert life.row()["ends_at"] == NOON + 30 * DAY
    life.now = NOON + 30 * DAY - timedelta(microseconds=1)
    assert life.stands() == ("ended_early", False)
    life.now = NOON + 30 * DAY
    assert life.stands() == ("ended_early", True)


def test_without_notice_it_is_over_at_once(db, people):
    engagement = agreed(db, people[:2], notice=0)
    db.commit()
    life = Life.of(engagement)
    end(life)
    assert life.stands() == ("ended_early", True)


def test_who_left_the_network_is_not_waited_for(life, people):
    all_but_cai(life)
    with transaction() as db:
        db.get_one(Member, people[2].id).state = "departed"
    assert life.do("complete", "bea") is None
    assert life.stands()[0] == "completed"


def changing(life, who="ama", **words):
    """Somebody asks to change what was agreed, and puts their words on the table."""
    with transaction() as db:
        actor = db.scalars(select(Member).where(Member.handle == who)).one()
        work = engagement_for(db, actor, life.key, now=life.now)
        submission = os.urandom(8).hex()
        found = beginning.amend(db, work, actor=actor, now=life.now, submission=submission)
        parties = negotiating.parties_of(db, found)
        negotiating.put(
            db,
            found,
            actor=actor,
            terms=terms_for([each.key for each in parties], **words),
            over=found.last,
            now=life.now,
            submission=submission,
        )
        return found.id


def accepted(life, negotiation_id, *names):
    with transaction() as db:
        found = db.get_one(Negotiation, negotiation_id)
        version = db.get_one(Version, (found.id, found.on_table))
        for who in names:
            actor = db.scalars(select(Member).where(Member.handle == who)).one()
            negotiating.accept(
                db,
                found,
                actor=actor,
                number=version.number,
                shown=version.digest,
                now=life.now,
            )


@pytest.mark.parametrize(
    ("ending", "state"),
    [(complete, "closed"), (cancel, "closed"), (end, "open"), (rest, "open")],
)
def test_a_change_of_work_that_is_over_is_closed(life, ending, state):
    change = changing(life)
    ending(life)
    with reading() as db:
        found = db.get_one(Negotiation, change)
        standing = select(func.count()).where(
            Acceptance.negotiation_id == change, Acceptance.taken_back_at.is_(None)
        )
        assert (found.state, db.scalar(standing)) == (state, 1 if state == "open" else 0)


def test_inv_42_what_was_agreed_last_governs_and_all_of_it_is_history(life):
    begin(life)
    life.wait(10)
    change = changing(life, title="Four days", notice=5)
    assert titles(life) == ["A first director"]
    accepted(life, change, "bea", "cai")
    assert titles(life) == ["A first director", "Four days"]
    with reading() as db:
        bea = db.scalars(select(Member).where(Member.handle == "bea")).one()
        assert engagement_for(db, bea, life.key, now=life.now).terms.title == "Four days"
        assert db.scalar(select(func.count()).select_from(Engagement)) == 1
    life.do("end", "bea", words=WHY)
    assert life.row()["ends_at"] == life.now + 5 * DAY


def titles(life):
    with reading() as db:
        return [each.terms.title for each in history(db, db.get_one(Engagement, life.id))]


def test_letters_are_owed_for_what_the_others_should_know(life):
    rest(life)
    life.do("resume", "bea")
    complete(life)
    with reading() as db:
        owed = db.scalars(
            select(Event.kind)
            .join(Delivery, Delivery.event_id == Event.id)
            .where(Delivery.channel == "mail", Event.kind.startswith("engagements:work:"))
            .order_by(Event.id)
        )
        assert [kind.rpartition(":")[2] for kind in owed] == [
            *("begun", "paused", "resumed"),
            *("complete_said", "complete_said", "completed"),
        ]


def test_all_who_complete_at_once_complete_it_once(app, db, people):
    for _round in range(6):
        life = Life.of(agreed(db, people))
        db.commit()
        begin(life)
        names = ("ama", "bea", "cai") * 2
        said = at_once(
            app, {n: lambda w=w, life=life: life.do("complete", w) for n, w in enumerate(names)}
        )
        assert set(said.values()) == {None}
        assert life.stands() == ("completed", True)
        with reading() as check:
            told = check.scalars(
                select(Event.kind).where(
                    Event.subject_kind == "engagement", Event.subject_id == life.id
                )
            ).all()
        assert told.count("engagements:work:completed") == 1
        assert told.count("engagements:work:complete_said") == 2


def test_an_end_and_the_last_complete_at_once_have_one_outcome(app, db, people):
    for _round in range(8):
        life = Life.of(agreed(db, people))
        db.commit()
        all_but_cai(life)
        said = at_once(
            app,
            {
                "end": lambda life=life: life.do("end", "ama", words=WHY),
                "complete": lambda life=life: life.do("complete", "cai"),
            },
        )
        won = [name for name, refusal in said.items() if refusal is None]
        assert len(won) == 1
        assert life.stands()[0] == {"end": "ended_early", "complete": "completed"}[won[0]]
        with reading() as check:
            completions = select(func.count()).where(Completion.engagement_id == life.id)
            assert check.scalar(completions) == (3 if won == ["complete"] else 2)


def test_a_beginning_and_a_cancelling_at_once_have_one_outcome(app, db, people):
    for _round in range(8):
        life = Life.of(agreed(db, people))
        db.commit()
        said = at_once(
            app,
            {
                "begin": lambda life=life: life.do("begin", "bea"),
                "cancel": lambda life=life: life.do("cancel", "ama", words=WHY),
            },
        )
        assert sum(refusal is None for refusal in said.values()) == 1
        assert life.stands()[0] == ("active" if said["begin"] is None else "cancelled")
