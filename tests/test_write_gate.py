from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from network.db import WriteGate
from network.errors import Busy

HOLD = (
    "import fcntl, sys; file = open(sys.argv[1], 'a');"
    " fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gate"


class Passing(threading.Thread):
    """Somebody who goes through a gate, stays a while, and leaves."""

    def __init__(self, gate: WriteGate, name: str, passed: list, *, stays_s: float = 0.0) -> None:
        super().__init__(name=name, daemon=True)
        self.gate, self.passed, self.stays_s = gate, passed, stays_s
        self.refused = False

    def run(self) -> None:
        try:
            self.gate.enter()
        except Busy:
            self.refused = True
            return
        self.passed.append(self.name)
        time.sleep(self.stays_s)
        self.gate.leave()


def queued(gate, count):
    while len(gate._queue) < count:
        time.sleep(0.001)


def test_writers_pass_in_the_order_in_which_they_came(path):
    gate, passed = WriteGate(path), []
    gate.enter()
    waiting = [Passing(gate, f"w{number}", passed) for number in range(12)]
    for number, each in enumerate(waiting):
        each.start()
        queued(gate, number + 2)
    gate.leave()
    for each in waiting:
        each.join(5)
    assert passed == [f"w{number}" for number in range(12)]


def test_one_at_a_time_is_inside(path):
    gate, inside, most = WriteGate(path), 0, []

    def pass_through():
        nonlocal inside
        for _ in range(20):
            gate.enter()
            inside += 1
            most.append(inside)
            time.sleep(0)
            inside -= 1
            gate.leave()

    threads = [threading.Thread(target=pass_through) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (len(most), max(most)) == (120, 1)


def test_at_the_deadline_one_is_refused_and_the_next_still_has_a_turn(path):
    gate, passed = WriteGate(path, deadline_s=0.3), []
    gate.enter()
    began = time.monotonic()
    with pytest.raises(Busy):
        gate.enter()
    assert 0.2 < time.monotonic() - began < 3
    patient = Passing(gate, "patient", passed)
    patient.start()
    queued(gate, 2)
    gate.leave()
    patient.join(5)
    assert (passed, patient.refused) == (["patient"], False)
    gate.enter()
    gate.leave()


@pytest.fixture
def elsewhere(path):
    """Another process that holds the file of the gate until it is told to let go."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        yield holder
        holder.kill()


def test_another_process_is_waited_for_and_refused_at_the_deadline(path, elsewhere):
    gate = WriteGate(path, deadline_s=0.3)
    for _twice in range(2):
        with pytest.raises(Busy):
            gate.enter()


@pytest.mark.parametrize("ends", ["lets go", "dies"])
def test_when_another_process_lets_go_or_dies_the_way_is_free(path, elsewhere, ends):
    gate, passed = WriteGate(path), []
    waiting = Passing(gate, "waiting", passed)
    waiting.start()
    queued(gate, 1)
    time.sleep(0.05)
    assert passed == []
    if ends == "dies":
        elsewhere.kill()
    else:
        elsewhere.stdin.close()
    waiting.join(5)
    assert passed == ["waiting"]


def test_two_gates_on_one_file_keep_each_other_out(path):
    one, other = WriteGate(path, deadline_s=0.3), WriteGate(path, deadline_s=0.3)
    one.enter()
    with pytest.raises(Busy):
        other.enter()
    one.leave()
    other.enter()
    with pytest.raises(Busy):
        one.enter()
    other.leave()


def test_a_gate_that_cannot_be_made_does_not_stay_shut(tmp_path):
    gate = WriteGate(tmp_path / "folder" / "gate", deadline_s=0.3)
    with pytest.raises(FileNotFoundError):
        gate.enter()
    (tmp_path / "folder").mkdir()
    gate.enter()
    gate.leave()


FORKED = """
import os, sys
from pathlib import Path
from network.db import WriteGate
from network.errors import Busy
gate = WriteGate(Path(sys.argv[1]), deadline_s=0.2)
gate.enter(), gate.leave(), gate.close()
inside, held = os.pipe(), os.pipe()
if os.fork() == 0:
    gate.enter()
    os.write(inside[1], b"!")
    os.read(held[0], 1)
    os._exit(0)
os.read(inside[0], 1)
try:
    gate.enter()
    print("both are inside")
except Busy:
    print("kept out")
os.write(held[1], b"!")
os.wait()
gate.enter()
print("inside")
"""


def test_a_gate_that_was_closed_before_a_fork_keeps_the_two_apart(path):
    said = subprocess.run(
        [sys.executable, "-c", FORKED, str(path)], check=True, capture_output=True, text=True
    ).stdout
    assert said.splitlines() == ["kept out", "inside"]
