from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from network.composition import channels
from network.db import transaction
from network.events import worker
from network.members.kinds import Audience, Part, State
from network.members.models import Member
from network.members.services.profiles import set_audience, write
from network.search import backend, indexer
from network.search.port import Condition, Index, IndexUnavailable
from network.search.query import parse
from tests.conftest import MakeMember


@pytest.fixture
def index(app: Flask) -> Index:
    return backend.index(app)


@pytest.fixture
def tell(app: Flask, now: datetime) -> Callable[[], bool]:
    """Let the indexer hear what happened."""

    def once() -> bool:
        with time_machine.travel(now, tick=False):
            return worker.run_once({"index": channels(app)["index"]})

    return once


def found(app: Flask, words: str) -> set[int]:
    query = parse(words, backend.analyzer(app))
    hits = backend.index(app).find(query, marks=(), connected=(), day=1)
    return {hit.id for hit in hits}


def test_a_missing_index_is_made_from_everything(
    app: Flask, index: Index, make_member: MakeMember
) -> None:
    ama = make_member("ama", purpose="I mend wooden boats.")
    assert index.state().condition is Condition.MISSING
    assert channels(app)["index"].tend()
    assert found(app, "boats") == {ama.id}


def test_what_is_written_is_found_and_what_is_hidden_is_not(
    app: Flask, make_member: MakeMember, tell: Callable[[], bool], now: datetime
) -> None:
    ama = make_member("ama", offers="sail making")
    tell()
    assert found(app, "sail") == {ama.id}
    with transaction() as db:
        set_audience(db, db.get_one(Member, ama.id), Part.OFFERS, Audience.ME, now=now)
    tell()
    assert found(app, "sail") == set()


def test_many_changes_of_one_person_are_one_operation(
    make_member: MakeMember, tell: Callable[[], bool], app: Flask, now: datetime
) -> None:
    ama = make_member("ama")
    tell()
    before = backend.index(app).state().generation
    with transaction() as db:
        for words in ("sails", "oars", "ropes"):
            write(db, db.get_one(Member, ama.id), Part.OFFERS, words, now=now)
    assert tell()
    assert not tell()
    assert backend.index(app).state().generation == before + 1
    assert (found(app, "oars"), found(app, "ropes")) == (set(), {ama.id})


def test_somebody_who_is_gone_leaves_the_index(
    make_member: MakeMember, tell: Callable[[], bool], app: Flask, now: datetime
) -> None:
    ama = make_member("ama", offers="sails")
    tell()
    with transaction() as db:
        member = db.get_one(Member, ama.id)
        write(db, member, Part.OFFERS, "sails and oars", now=now)
        member.state = State.DEPARTED
    tell()
    assert found(app, "sails") == set()


def spoil(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "lock":
            path.write_bytes(b"spoilt")


@pytest.mark.parametrize("harm", [shutil.rmtree, spoil])
@pytest.mark.parametrize("way", ["told of a change", "tended"])
def test_an_index_that_is_lost_or_spoilt_heals_itself(
    app: Flask,
    make_member: MakeMember,
    tell: Callable[[], bool],
    harm: Callable[[Path], None],
    way: str,
) -> None:
    people = {make_member(name, offers="sails").id for name in ("ama", "bea")}
    tell()
    harm(Path(app.instance_path) / "index")
    if way == "tended":
        channels(app)["index"].tend()
    else:
        people.add(make_member("cem", offers="sails").id)
        tell()
    assert found(app, "sails") == people


def test_an_index_that_cannot_be_made_is_waited_for(
    app: Flask, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_self: object, _documents: object) -> None:
        raise IndexUnavailable("Another process is writing the index.")

    monkeypatch.setattr(type(index), "rebuild", locked)
    assert not channels(app)["index"].tend()


def test_events_about_other_things_change_nothing(
    app: Flask, make_member: MakeMember, index: Index, now: datetime
) -> None:
    make_member("ama")
    source = indexer.Source({"boat": int}, lambda _db, ids: [], lambda _db: [])
    index.rebuild([])
    with time_machine.travel(now, tick=False):
        worker.run_once({"index": indexer.channel(index, source)})
    assert index.state().documents == 0
