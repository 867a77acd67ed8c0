"""Somebody holds the write gate and stands still: writers are told so in time, readers notice
nothing.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.running import Running, Somebody, until

DEADLINE_S = 11.0
PROMPT_S = 2.0
WORDS = "These words wait before a gate, and come back to me whole."
HOLD = """
import fcntl, sys
gate = open(sys.argv[1], "a")
fcntl.flock(gate, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def stopped(network: Running) -> Iterator[subprocess.Popen]:
    """A process that took the gate and was stopped before it could give it back."""
    command = [sys.executable, "-c", HOLD, str(network.instance / "write-gate")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.send_signal(signal.SIGSTOP)
        yield holder
        holder.kill()


class Posting(threading.Thread):
    """Somebody who saves their story, and how long the answer took."""

    def __init__(self, somebody: Somebody) -> None:
        super().__init__(daemon=True)
        self.somebody = somebody
        self.answer = requests.Response()
        self.took_s = 0.0

    def run(self) -> None:
        began = time.monotonic()
        with contextlib.suppress(requests.RequestException):
            self.answer = self.somebody.post_form("/me/profile/story", body=WORDS, audience="3")
        self.took_s = time.monotonic() - began


@pytest.fixture
def crowd(network: Running) -> list[Somebody]:
    return [Somebody(network, each) for each in ("rui", "dawit", "nino", "tariq", "hery", "nour")]


@pytest.fixture
def readers(network: Running) -> list[Somebody]:
    return [Somebody(network, each) for each in ("ama", "ewan")]


def slowest_page(readers: list[Somebody], *, while_: threading.Thread) -> float:
    """Return how long the slowest of many pages took while somebody stood before the gate."""
    slowest = 0.0
    while while_.is_alive() and slowest < PROMPT_S:
        for reader in readers:
            began = time.monotonic()
            assert reader.read("/people", params={"q": "nurses"}).status_code == 200
            slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    return slowest


def test_writers_before_a_held_gate_are_told_in_time_and_get_their_words_back(
    crowd: list[Somebody], readers: list[Somebody], stopped: subprocess.Popen
):
    posts = [Posting(each) for each in crowd]
    for each in posts:
        each.start()
    assert slowest_page(readers, while_=posts[0]) < PROMPT_S
    for each in posts:
        each.join(DEADLINE_S)
        assert (each.answer.status_code, each.took_s < DEADLINE_S) == (503, True)
        assert int(each.answer.headers["Retry-After"]) > 0
        assert WORDS in each.answer.text
    stopped.kill()
    assert crowd[0].post_form("/me/profile/story", body=WORDS, audience="3").status_code == 303


def test_pages_are_read_while_more_people_write_than_the_server_has_threads(
    crowd: list[Somebody], readers: list[Somebody], stopped: subprocess.Popen
):
    posts = [Posting(each) for each in crowd * 2]
    for each in posts:
        each.start()
    slowest = slowest_page(readers, while_=posts[0])
    stopped.kill()
    for each in posts:
        each.join(DEADLINE_S)
    assert slowest < PROMPT_S


def test_a_worker_that_stood_before_the_gate_goes_on_when_it_opens(
    network: Running, crowd: list[Somebody]
):
    gate, words = (
        Path(network.instance / "write-gate"),
        {"body": "Umbrella orchards.", "audience": "3"},
    )
    assert crowd[1].post_form("/me/profile/offers", **words).status_code == 303
    command = [sys.executable, "-c", HOLD, str(gate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        time.sleep(1.0)
        holder.kill()
    until(lambda: crowd[0].found("umbrella") == ["dawit"], seconds=10, what="found by new words")
