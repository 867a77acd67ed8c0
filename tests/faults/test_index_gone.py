"""The search index is only a cache: deleted or spoilt while it is used, search goes on and it mends
itself.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, Somebody, running, until

HEALED_S = 10.0
WORDS = "nurses"
NOTICE = "The search is being rebuilt"


class Searching(threading.Thread):
    """Somebody who searches all the while, and keeps what each answer was."""

    def __init__(self, somebody: Somebody) -> None:
        super().__init__(daemon=True)
        self.somebody, self.stopping = somebody, threading.Event()
        self.answers: list[tuple[int, bool]] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            page = self.somebody.read("/people", params={"q": WORDS})
            self.answers.append((page.status_code, 'data-member="lindiwe"' in page.text))
            time.sleep(0.02)

    def stop(self) -> None:
        self.stopping.set()
        self.join(10)


def delete(index: Path) -> None:
    shutil.rmtree(index)


def delete_pointer(index: Path) -> None:
    (index / "pointer").unlink()


def flip_pointer(index: Path) -> None:
    flip(index / "pointer")


def flip_segments(index: Path) -> None:
    for path in index.glob("index-*/*"):
        flip(path)


def truncate_segments(index: Path) -> None:
    for path in index.glob("index-*/*"):
        path.write_bytes(path.read_bytes()[:64])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 3, len(data), max(1, len(data) // 7)):
        data[place] ^= 0xFF
    path.write_bytes(data)


SPOILT = (delete, delete_pointer, flip_pointer, flip_segments, truncate_segments)


@pytest.fixture(scope="module")
def served(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("index") / "instance"
    with running(Path(shutil.copytree(written, folder))) as network:
        yield network


@pytest.mark.parametrize("spoil", SPOILT)
def test_search_answers_while_the_index_is_away_and_it_heals_itself(
    served: Running, spoil: Callable[[Path], None]
):
    somebody, index = Somebody(served, "ama"), served.instance / "index"
    before, pointer = somebody.found(WORDS), (index / "pointer").read_bytes()
    searching = Searching(Somebody(served, "rui"))
    searching.start()
    spoil(index)
    until(lambda: mended(served, index, pointer), seconds=HEALED_S, what="a sound index")
    searching.stop()
    assert set(searching.answers) == {(200, True)}
    assert somebody.found(WORDS) == before
    assert NOTICE not in somebody.read("/people", params={"q": WORDS}).text


def mended(network: Running, index: Path, before: bytes) -> bool:
    pointer = index / "pointer"
    is_new = pointer.exists() and pointer.read_bytes() != before
    return is_new and "index: ok" in network.condition


def test_who_searches_while_the_index_is_away_is_told_and_a_change_is_found_afterwards(
    served: Running,
):
    writer, reader = Somebody(served, "dawit"), Somebody(served, "ama")
    delete(served.instance / "index")
    page = reader.read("/people", params={"q": WORDS}).text
    assert NOTICE in page
    assert 'data-member="lindiwe"' in page
    words = {"body": "Zanzibar kites.", "audience": "3"}
    assert writer.post_form("/me/profile/offers", **words).status_code == 303
    until(lambda: "index: ok" in served.condition, seconds=HEALED_S, what="a sound index")
    until(lambda: reader.found("zanzibar") == ["dawit"], seconds=HEALED_S, what="the new words")
    assert NOTICE not in reader.read("/people", params={"q": WORDS}).text
