"""Networks that live the story, for tests that need people of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.sweep.forms import Offered, offered
from tests.sweep.seed import NOW, World, close, live, twin


@pytest.fixture(scope="session")
def lagging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The story, lived, with an index that has not heard of what was narrowed. Only read it."""
    world = live(tmp_path_factory.mktemp("lagging") / "instance", index_lags=True)
    yield world
    close(world)


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same with an index that has heard of everything, its letters sent. Only read it."""
    world = live(tmp_path_factory.mktemp("fresh") / "instance", index_lags=False)
    yield world
    close(world)


@pytest.fixture(scope="session")
def offers(fresh: World) -> list[Offered]:
    """One form of each kind that the pages offer these people."""
    near = [fresh.story.people[label].handle for label in ("owner1", "stranger", "second")]
    viewers = ("", "invited", "owner1", "steward", "connection", "resting")
    more = ("owner1", "connection", "owner2", "asked", "owner3", "stranger")
    more += ("speaker", "declined", "outside")
    with time_machine.travel(NOW, tick=False):
        return offered(fresh, viewers, more, near)


@pytest.fixture
def that_day() -> Iterator[None]:
    """Stay on the day on which the story ends."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def own(fresh: World, that_day: None, tmp_path: Path) -> Iterator[World]:
    """A copy of the fresh network that may be changed."""
    world = twin(fresh, tmp_path / "own")
    yield world
    close(world)


@pytest.fixture
def pair(fresh: World, that_day: None, tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Two copies, alike to the byte, to make a difference between."""
    worlds = twin(fresh, tmp_path / "one"), twin(fresh, tmp_path / "other")
    yield worlds
    for world in worlds:
        close(world)
