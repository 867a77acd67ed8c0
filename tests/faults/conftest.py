from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, running, write_demo


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo network that nobody has touched, to be copied."""
    return write_demo(tmp_path_factory.mktemp("demo") / "instance")


@pytest.fixture
def instance(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "instance"))


@pytest.fixture
def network(instance: Path) -> Iterator[Running]:
    """The demo network, being served: web process and worker."""
    with running(instance) as found:
        yield found
