"""kill -9 of everything while thirty-two people write: what was acknowledged is there afterwards."""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.faults.running import Running, Somebody, people, running

CLIENTS = 32
ROUNDS = 3
WRITING_S = 1.2
REFUSED = (403, 404, 409)
Act = tuple[str, dict[str, str]]


@dataclass
class Ledger:
    """What the network said it had kept, and what it never answered; held outside of it."""

    kept: dict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))
    unanswered: list[tuple[str, Act]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)


@dataclass
class Aftermath:
    network: Running
    ledger: Ledger
    crowd: dict[str, Somebody]


def write(somebody: Somebody, handle: str, acts: Iterator[Act], ledger: Ledger) -> None:
    """Ask others and keep searches, one after another, until the server is gone."""
    for act in acts:
        try:
            answer = somebody.post_form(act[0], **act[1])
        except requests.RequestException:
            ledger.unanswered.append((handle, act))
            return
        ledger.answers[answer.status_code] += 1
        if answer.status_code == 303:
            ledger.kept[handle].append(act)


def acts_of(handle: str, others: list[str]) -> Iterator[Act]:
    for number, other in enumerate(random.Random(handle).sample(others, len(others))):
        reason = f"The boat of {handle}, for the {number}. time."
        fields = {"reason": reason, "submission": f"{handle}-{number}"}
        yield f"/people/{other}/connect", fields
        yield "/people/kept", {"terms": f"q=boat+{handle}+{number}"}


@pytest.fixture(scope="module")
def after(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    instance = Path(shutil.copytree(written, tmp_path_factory.mktemp("killed") / "instance"))
    everybody, ledger = list(people(instance)), Ledger()
    with running(instance) as network:
        crowd = {handle: Somebody(network, handle) for handle in everybody[:CLIENTS]}
        # Each asks only those who come later: no two asks cross.
        acts = {one: acts_of(one, everybody[n + 1 :]) for n, one in enumerate(crowd)}
        for _round in range(ROUNDS):
            threads = [
                threading.Thread(target=write, args=(crowd[each], each, acts[each], ledger))
                for each in crowd
            ]
            for thread in threads:
                thread.start()
            threads[0].join(WRITING_S)
            network.kill()
            for thread in threads:
                thread.join(20)
            network.start()
        yield Aftermath(network, ledger, crowd)


def test_nothing_acknowledged_is_missing_after_everything_was_killed(after: Aftermath):
    missing = []
    for handle, acts in after.ledger.kept.items():
        pages = after.crowd[handle].read("/asks").text + after.crowd[handle].read("/people").text
        missing += [act for act in acts if not is_shown(act, pages, after.crowd[handle])]
    assert sum(map(len, after.ledger.kept.values())) > 2 * CLIENTS
    assert missing == []


def is_shown(act: Act, pages: str, somebody: Somebody) -> bool:
    path, fields = act
    if fields.get("reason", fields.get("terms", "")) in pages:
        return True
    # They had asked first, in the demo's own story: the two are connected now.
    return path != "/people/kept" and "You have been connected" in somebody.read(path[:-8]).text


def test_nobody_met_an_error_of_ours_while_the_network_was_up(after: Aftermath):
    assert {status for status in after.ledger.answers if status >= 500} == set()


def test_what_was_never_answered_and_is_sent_again_is_there_once(after: Aftermath):
    assert after.ledger.unanswered
    for handle, (path, fields) in after.ledger.unanswered:
        somebody = after.crowd[handle]
        twice = {somebody.post_form(path, **fields).status_code for _again in range(2)}
        page = somebody.read("/people" if path == "/people/kept" else "/asks").text
        shown = page.count(f'?{fields["terms"]}"' if "terms" in fields else fields["reason"])
        # A rule may have refused it: they are connected, paused, or not open to being asked.
        assert (twice, shown) in [({303}, 1), *(({each}, 0) for each in REFUSED)]


def test_an_acknowledged_ask_that_is_sent_again_is_still_one(after: Aftermath):
    for handle, acts in list(after.ledger.kept.items())[:8]:
        path, fields = next(act for act in reversed(acts) if "reason" in act[1])
        assert after.crowd[handle].post_form(path, **fields).status_code == 303
        assert after.crowd[handle].read("/asks").text.count(fields["reason"]) <= 1


def test_the_database_is_sound_after_everything_was_killed(after: Aftermath):
    import pysqlite3.dbapi2 as sqlite

    address = f"file:{after.network.instance}/network.db?mode=ro"
    with contextlib.closing(sqlite.connect(address, uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
