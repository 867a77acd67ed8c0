"""kill -9 of everything while thirty-two people write: what was acknowledged is there after it."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
import requests

from tests.faults.running import Running, Somebody, people, running, until

CLIENTS = 32
ROUNDS = 3
# In each round, everything is killed as soon as so many acts more were acknowledged.
MORE = CLIENTS + 8
SOON_S = 60.0
REFUSED = (403, 404, 409)
Act = tuple[str, dict[str, str]]


@dataclass
class Ledger:
    """What the network said it had kept, and what it never answered; held outside of it."""

    kept: dict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))
    unanswered: list[tuple[str, Act]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def acknowledged(self) -> int:
        return sum(len(acts) for acts in list(self.kept.values()))


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


@pytest.fixture
def after(instance: Path) -> Iterator[Aftermath]:
    """The network after everything was killed three times in the middle of it."""
    everybody, ledger = list(people(instance)), Ledger()
    with running(instance) as network:
        crowd = {handle: Somebody(network, handle) for handle in everybody[:CLIENTS]}
        # Each asks only those who come later: no two asks cross.
        acts = {one: acts_of(one, everybody[n + 1 :]) for n, one in enumerate(crowd)}
        for number in range(1, ROUNDS + 1):
            enough = number * MORE
            threads = [
                threading.Thread(target=write, args=(crowd[each], each, acts[each], ledger))
                for each in crowd
            ]
            for thread in threads:
                thread.start()
            until(lambda n=enough: ledger.acknowledged >= n, seconds=SOON_S, what="enough written")
            network.kill()
            for thread in threads:
                thread.join(20)
            network.start()
        yield Aftermath(network, ledger, crowd)


def test_nothing_acknowledged_is_lost_and_nothing_sent_again_is_doubled(after: Aftermath):
    assert after.ledger.acknowledged > ROUNDS * CLIENTS
    assert {status for status in after.ledger.answers if status >= 500} == set()
    assert missing(after) == []
    assert after.ledger.unanswered
    for handle, act in after.ledger.unanswered[-CLIENTS:]:
        # A rule may have refused it: they are connected, paused, or not open to being asked.
        assert sent_twice(after.crowd[handle], *act) in [({303}, 1), *(({n}, 0) for n in REFUSED)]
    for handle, acts in list(after.ledger.kept.items())[:8]:
        assert sent_twice(after.crowd[handle], *acts[-1]) in [({303}, 1), ({303}, 0)]
    assert faults_of(after.network) == []


def missing(after: Aftermath) -> list[Act]:
    """Return what was acknowledged and is not shown to whoever did it."""
    found = []
    for handle, acts in after.ledger.kept.items():
        somebody = after.crowd[handle]
        pages = somebody.read("/asks").text + somebody.read("/people").text
        found += [act for act in acts if not is_shown(act, pages, somebody)]
    return found


def is_shown(act: Act, pages: str, somebody: Somebody) -> bool:
    path, fields = act
    if fields.get("reason", fields.get("terms", "")) in pages:
        return True
    # They had asked first, in the demo's own story: the two are connected now.
    return path != "/people/kept" and "You have been connected" in somebody.read(path[:-8]).text


def sent_twice(somebody: Somebody, path: str, fields: dict[str, str]) -> tuple[set[int], int]:
    """Send the same once and once again; return the answers, and how often it is shown."""
    answers = {somebody.post_form(path, **fields).status_code for _again in range(2)}
    page = somebody.read("/people" if path == "/people/kept" else "/asks").text
    return answers, page.count(f'?{fields["terms"]}"' if "terms" in fields else fields["reason"])


def faults_of(network: Running) -> list[tuple]:
    address = f"file:{network.instance}/network.db?mode=ro"
    with contextlib.closing(sqlite.connect(address, uri=True)) as db:
        sound = [row for row in db.execute("PRAGMA integrity_check") if row != ("ok",)]
        return sound + db.execute("PRAGMA foreign_key_check").fetchall()
