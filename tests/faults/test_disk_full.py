"""The disk is full: a refusal that gives the words back; reading goes on, and room heals it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.faults.running import Running, Somebody, running, until

SIZE_MB = 24
WORDS = "I keep these words, every one of them. " * 45


class Disk:
    """A small disk of its own for the instance, to be filled to the last byte."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    @contextmanager
    def served(self, written: Path) -> Iterator[Running]:
        if os.getuid() != 0:
            pytest.skip("only root may mount a small disk")
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(self.folder)]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        try:
            with running(Path(shutil.copytree(written, self.folder / "instance"))) as network:
                yield network
        finally:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self, _network: Running) -> None:
        with self.filler.open("ab", buffering=0) as file:
            for size in (1024 * 1024, 4096, 1):
                while self._writes(file, size):
                    pass

    def _writes(self, file, size: int) -> bool:
        try:
            return file.write(b"x" * size) == size
        except OSError:
            return False

    def make_room(self, _network: Running) -> None:
        self.filler.unlink()


class Limit:
    """No file of the server may grow any further: the same without a disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def served(self, written: Path) -> AbstractContextManager[Running]:
        return running(Path(shutil.copytree(written, self.folder / "instance")))

    def fill(self, network: Running) -> None:
        self._limit(network, 4096)

    def make_room(self, network: Running) -> None:
        self._limit(network, resource.RLIM_INFINITY)

    def _limit(self, network: Running, size: int) -> None:
        for pid in network.processes():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("kind", [Disk, Limit])
def test_a_full_disk_is_said_with_the_words_given_back_and_heals_when_there_is_room(
    kind: type[Disk | Limit], written: Path, tmp_path: Path
):
    disk = kind(tmp_path)
    with disk.served(written) as network:
        somebody = Somebody(network, "dawit")
        until(lambda: network.owed == 0, seconds=30, what="every letter sent")
        disk.fill(network)
        refused = first_refusal(somebody)
        assert refused.status_code == 507
        assert "disk is full" in refused.text
        assert WORDS.strip() in refused.text
        assert [somebody.read(path).status_code for path in READ] == [200] * len(READ)
        assert "lindiwe" in somebody.found("nurses")
        disk.make_room(network)
        until(lambda: says(somebody, "Room again.").status_code == 303, seconds=5, what="writing")
        assert "Room again." in somebody.read("/me/profile").text
        assert "Traceback" not in network.said


READ = ("/", "/people?q=care", "/people/ama", "/asks", "/me/profile", "/health/ready", "/rules")


def says(somebody: Somebody, words: str):
    return somebody.post_form("/me/profile/story", body=words, audience="3")


def first_refusal(somebody: Somebody):
    """Write until the room that the database had kept for itself is used up."""
    for number in range(400):
        answer = says(somebody, f"{number} {WORDS}")
        if answer.status_code != 303:
            return answer
    raise AssertionError("400 writes went into a full disk")
