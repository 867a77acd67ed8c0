from __future__ import annotations

import json
from importlib.resources import files

import pytest
from sqlalchemy import delete

from network.db import transaction
from network.demo.story import write_story
from network.members.models import Network


@pytest.fixture(scope="session")
def told():
    """The story as it is told."""
    return json.loads(files("network.demo").joinpath("people.json").read_text(encoding="utf-8"))


@pytest.fixture
def empty(app):
    """A network that was not begun."""
    with transaction() as db:
        db.execute(delete(Network))
    return app


@pytest.fixture
def demo(empty, now):
    """The application, with the story written into it."""
    with transaction() as db:
        assert write_story(db, now=now) == 60
    return empty
