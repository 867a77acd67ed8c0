"""The worker is killed: it is started again, and what is owed is delivered."""

from __future__ import annotations

import os
import signal

from network.serving import WORKER
from tests.faults.running import Running, Somebody, until

BACK_S = 20.0
# The batch in hand is finished first, and a worker that has just begun has to load before that.
GONE_S = BACK_S


def kill_worker(network: Running) -> int:
    until(lambda: network.processes(called=WORKER), seconds=BACK_S, what="a worker")
    (pid,) = network.processes(called=WORKER)
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_worker_is_started_again_and_deliveries_go_on(network: Running):
    killed = kill_worker(network)
    asker, reader = Somebody(network, "rui"), Somebody(network, "ama")
    reason = {"reason": "You count what I cook; I would like to see how.", "submission": "once"}
    assert asker.post_form("/people/dawit/connect", **reason).status_code == 303
    words = {"body": "Quince marmalade ledgers.", "audience": "3"}
    assert asker.post_form("/me/profile/offers", **words).status_code == 303
    until(
        lambda: sent(network, reason["reason"]) == 1,
        seconds=BACK_S,
        what="the letter about the ask",
    )
    until(lambda: reader.found("quince") == ["rui"], seconds=BACK_S, what="found by new words")
    assert killed not in network.processes(called=WORKER)
    assert len(network.processes(called=WORKER)) == 1


def test_no_letter_goes_out_twice_when_the_worker_is_killed_while_it_delivers(network: Running):
    crowd = [Somebody(network, each) for each in ("rui", "nino", "tariq", "hery")]
    for number, each in enumerate(crowd):
        fields = {"reason": f"Letter number {number} of four.", "submission": f"n{number}"}
        assert each.post_form("/people/otis/connect", **fields).status_code == 303
    kill_worker(network)
    last = {"reason": "This one comes after all the others.", "submission": "last"}
    assert crowd[0].post_form("/people/aino/connect", **last).status_code == 303
    until(lambda: sent(network, last["reason"]) == 1, seconds=BACK_S, what="the last letter")
    assert {sent(network, f"Letter number {number} of four.") for number in range(4)} <= {0, 1}


def sent(network: Running, words: str) -> int:
    return sum(words in each.body for each in network.letters)


def test_a_server_that_is_told_to_stop_ends_with_all_that_it_started(network: Running):
    until(lambda: network.processes(called=WORKER), seconds=BACK_S, what="a worker")
    assert network.stop() == 0
    assert network.processes() == []


def test_a_server_that_is_killed_leaves_no_worker_behind(network: Running):
    until(lambda: network.processes(called=WORKER), seconds=BACK_S, what="a worker")
    os.kill(network.pid, signal.SIGKILL)
    until(lambda: not network.processes(), seconds=GONE_S, what="every process of it gone")
