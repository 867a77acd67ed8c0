"""The index of things: it hears of each change, and heals."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import time_machine

from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.composition import THINGS, channels
from network.db import transaction
from network.events import worker
from network.events.services import record
from network.learning.kinds import NeedState, Readers, SessionState
from network.learning.models import GreenRoom, HarvestEntry, LearningNeed, LearningSession
from network.search import backend, indexer
from network.search.port import Condition
from tests.events.test_indexer import spoil
from tests.things import (
    NOON,
    circles_found,
    keep_circle,
    keep_entry,
    keep_need,
    keep_room,
    keep_session,
    learn_things,
    titles,
)

SUBJECTS = {
    Circle: "circle",
    LearningSession: "learning_session",
    LearningNeed: "learning_need",
    GreenRoom: "green_room",
    HarvestEntry: "harvest_entry",
}


def tell(app):
    with time_machine.travel(NOON, tick=False):
        while worker.run_once({"things": channels(app)["things"]}):
            pass


def say(row, **values):
    """Change a row as a service would: with an event in the same transaction."""
    with transaction() as db:
        kept = db.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(kept, name, value)
        subject = (SUBJECTS[type(row)], row.id)
        record(db, "test:thing:changed", actor=None, subject=subject, now=NOON, to=("things",))


@pytest.fixture
def rui(make_member):
    return make_member("rui")


def test_a_missing_index_is_made_from_everything(app, rui):
    keep_circle()
    keep_session(host=rui)
    assert backend.things(app).state().condition is Condition.MISSING
    assert channels(app)["things"].tend()
    assert backend.things(app).state().documents == 2


def test_the_two_indexes_do_not_know_each_other(app, rui):
    keep_circle()
    learn_things(app)
    assert backend.index(app).state().condition is Condition.MISSING
    shutil.rmtree(Path(app.instance_path) / "things")
    assert channels(app)["index"].tend()
    assert backend.things(app).state().condition is Condition.MISSING
    assert backend.index(app).state().documents == 1


@pytest.mark.parametrize("harm", [shutil.rmtree, spoil])
@pytest.mark.parametrize("way", ["told of a change", "tended"])
def test_an_index_that_is_lost_or_spoilt_falls_back_and_heals_itself(app, rui, harm, way):
    circle = keep_circle()
    learn_things(app)
    harm(Path(app.instance_path) / "things")
    away = circles_found(app, rui, "shores")
    assert (titles(away), away.index_away) == (["The Herons"], True)
    if way == "tended":
        channels(app)["things"].tend()
    else:
        say(circle)
        tell(app)
    healed = circles_found(app, rui, "shores")
    assert (titles(healed), healed.index_away) == (["The Herons"], False)


CHANGES = {
    Circle: [
        {"purpose": "We mend nets together."},
        {"name": "Kingfishers"},
        {"door": Door.HIDDEN},
        {"door": Door.OPEN},
        {"life": Life.CLOSING},
        {"life": Life.RUNNING},
    ],
    LearningSession: [
        {"title": "Nets"},
        {"words": "By the sea."},
        {"state": SessionState.CANCELLED, "cancelled_at": NOON},
        {"state": SessionState.DRAFT, "cancelled_at": None},
        {"state": SessionState.SCHEDULED, "cancelled_at": None},
    ],
    LearningNeed: [
        {"words": "To mend nets."},
        {"state": NeedState.LET_GO, "ended_at": NOON},
        {"state": NeedState.OPEN, "ended_at": None},
    ],
    GreenRoom: [{"harvest": "It heals.", "harvested_at": NOON}, {"question": "Why?"}],
    HarvestEntry: [
        {"words": "Ask first."},
        {"readers": Readers.THERE},
        {"readers": Readers.MEMBERS},
        {"agreed_at": None},
        {"agreed_at": NOON},
        {"withdrawn_at": NOON, "words": ""},
        {"withdrawn_at": None, "words": "Wait."},
    ],
}


@pytest.mark.parametrize("seed", range(4))
def test_inv_04_a_rebuild_equals_any_series_of_changes(app, rui, seed):
    dice = random.Random(seed)
    learn_things(app)
    index, rows = backend.things(app), []
    held = keep_session(host=rui)
    say(held)
    makers = (
        keep_circle,
        lambda: keep_session(host=rui),
        lambda: keep_need(rui),
        lambda: keep_room(rui),
        lambda: keep_entry(rui, session=held),
    )
    for _ in range(60):
        if not rows or dice.random() < 0.3:
            rows.append(dice.choice(makers)())
            say(rows[-1])
        else:
            row = dice.choice(rows)
            say(row, **dice.choice(CHANGES[type(row)]))
        if dice.random() < 0.3:
            tell(app)
    tell(app)
    kept = index.contents()
    indexer.rebuild(index, THINGS)
    assert kept == index.contents()
    assert len(kept) > 5


def test_a_thing_that_is_deleted_leaves_the_index(app, rui):
    circle = keep_circle()
    learn_things(app)
    say(circle)
    with transaction() as db:
        db.delete(db.get_one(Circle, circle.id))
    tell(app)
    assert backend.things(app).contents() == {}
