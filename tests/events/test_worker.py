from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from network.db import reading, transaction
from network.errors import Busy, Full
from network.events import worker
from network.events.models import Delivery
from network.events.services import ATTEMPTS, LEASE, claim, record
from network.events.worker import Channel, Failure, run_once


@pytest.fixture
def time(now: datetime) -> time_machine.Coordinates:
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


class Ear:
    """A channel that hears what happened, and fails or breaks as it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.failing: dict[str, Failure] = {}
        self.broken = False

    def __call__(self, deliveries: Sequence[Delivery]) -> dict[int, Failure]:
        if self.broken:
            raise RuntimeError("a bug")
        self.heard += [one.event.kind for one in deliveries]
        return {
            one.id: self.failing[one.event.kind]
            for one in deliveries
            if one.event.kind in self.failing
        }


@pytest.fixture
def ear(app: Flask, time: time_machine.Coordinates) -> Ear:
    return Ear()


def happen(now: datetime, *kinds: str, channel: str = "ear") -> None:
    with transaction() as db:
        for kind in kinds:
            record(db, kind, actor=None, subject=("thing", 1), now=now, to=(channel,))


def owed() -> list[Delivery]:
    with reading() as db:
        return list(db.scalars(select(Delivery).order_by(Delivery.id)))


def test_what_happened_is_delivered_once_and_in_order(ear: Ear, now: datetime) -> None:
    happen(now, "a", "b", "c")
    assert run_once({"ear": Channel(ear, batch=2)})
    assert ear.heard == ["a", "b"]
    assert run_once({"ear": Channel(ear, batch=2)})
    assert not run_once({"ear": Channel(ear)})
    assert ear.heard == ["a", "b", "c"]
    assert owed() == []


def test_what_was_undone_is_not_delivered(ear: Ear, now: datetime) -> None:
    with transaction() as db:
        record(db, "a", actor=None, subject=("thing", 1), now=now, to=("ear",))
        db.rollback()
    assert not run_once({"ear": Channel(ear)})


def test_each_channel_hears_only_its_own(ear: Ear, now: datetime) -> None:
    happen(now, "a", channel="other")
    assert not run_once({"ear": Channel(ear)})
    assert len(owed()) == 1


def test_a_claim_of_a_worker_that_died_comes_back_after_its_lease(
    ear: Ear, now: datetime, time: time_machine.Coordinates
) -> None:
    happen(now, "a")
    with transaction() as db:
        assert len(claim(db, "ear", now=now)) == 1
    time.shift(LEASE - timedelta(seconds=1))
    assert not run_once({"ear": Channel(ear)})
    time.shift(timedelta(seconds=1))
    assert run_once({"ear": Channel(ear)})
    assert ear.heard == ["a"]


def test_two_workers_never_deliver_one_row_twice(app: Flask, ear: Ear, now: datetime) -> None:
    happen(now, *[f"event {number}" for number in range(60)])
    together = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            together.wait()
            while run_once({"ear": Channel(ear, batch=3)}):
                pass

    workers = [threading.Thread(target=work) for _each in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(ear.heard) == len(set(ear.heard)) == 60
    assert owed() == []


def test_a_failure_is_tried_again_after_longer_and_longer(
    ear: Ear, now: datetime, time: time_machine.Coordinates
) -> None:
    happen(now, "a", "b")
    ear.failing = {"a": Failure("not yet")}
    for minutes in (1, 2, 4):
        assert run_once({"ear": Channel(ear)})
        assert owed()[0].failure == "not yet"
        time.shift(timedelta(minutes=minutes, seconds=-1))
        assert not run_once({"ear": Channel(ear)})
        time.shift(timedelta(seconds=1))
    ear.failing = {}
    run_once({"ear": Channel(ear)})
    assert ear.heard == ["a", "b", "a", "a", "a"]
    assert owed() == []


@pytest.mark.parametrize(("final", "tries"), [(False, ATTEMPTS), (True, 1)])
def test_a_failure_is_given_up_in_the_end_and_kept_for_the_doctor(
    ear: Ear, now: datetime, time: time_machine.Coordinates, final: bool, tries: int
) -> None:
    happen(now, "a")
    ear.failing = {"a": Failure("never", final=final)}
    for _day in range(ATTEMPTS + 5):
        run_once({"ear": Channel(ear)})
        time.shift(timedelta(days=1))
    (left,) = owed()
    assert (len(ear.heard), left.failure) == (tries, "never")
    assert left.gave_up_at is not None


def test_a_bug_in_one_channel_is_logged_and_tried_again(
    ear: Ear,
    now: datetime,
    time: time_machine.Coordinates,
    caplog: pytest.LogCaptureFixture,
) -> None:
    happen(now, "a")
    ear.broken = True
    assert run_once({"ear": Channel(ear)})
    assert "a bug" in caplog.text
    assert owed()[0].failure == "RuntimeError"
    ear.broken = False
    time.shift(timedelta(minutes=1))
    run_once({"ear": Channel(ear)})
    assert ear.heard == ["a"]


def run_for_a_while(app: Flask, channel: Channel, until: threading.Event) -> None:
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(app, {"ear": channel}, stop))
    working.start()
    assert until.wait(5)
    stop.set()
    working.join(5)
    assert not working.is_alive()


def test_the_worker_goes_on_until_it_is_told_to_stop(app: Flask, now: datetime) -> None:
    heard = threading.Event()
    happen(now, "a")
    run_for_a_while(app, Channel(lambda _some: heard.set() or {}), heard)


def test_an_idle_worker_tends_its_channels(app: Flask) -> None:
    tended = threading.Event()
    run_for_a_while(app, Channel(lambda _some: {}, tend=tended.set), tended)


def test_a_store_that_takes_nothing_is_waited_for(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, answers = threading.Event(), iter([Busy()])
    happen(now, "a")

    def once_busy(*args: object, **kwargs: object) -> Sequence[Delivery]:
        for refusal in answers:
            raise refusal
        return claim(*args, **kwargs)

    monkeypatch.setattr(worker, "claim", once_busy)
    monkeypatch.setattr(worker, "STORE_DOWN_S", 0.01)
    run_for_a_while(app, Channel(lambda _some: heard.set() or {}), heard)


def test_a_store_that_takes_nothing_from_what_tends_is_waited_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tended, answers = threading.Event(), iter([Full()])

    def once_full() -> None:
        for refusal in answers:
            raise refusal
        tended.set()

    monkeypatch.setattr(worker, "STORE_DOWN_S", 0.01)
    run_for_a_while(app, Channel(lambda _some: {}, tend=once_full), tended)
    assert "The database takes nothing just now" in caplog.text
    assert "Traceback" not in caplog.text


def test_an_idle_look_never_stands_at_the_write_gate(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "transaction", lambda: pytest.fail("it wrote"))
    assert not run_once({"ear": Channel(ear)})
