from __future__ import annotations

import json
import shutil
from importlib.resources import files

import pytest
from sqlalchemy import delete

from network import create_app
from network.db import transaction
from network.demo.story import write_story
from network.members.models import Network
from tests.conftest import NOON, dispose, settings_for


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


@pytest.fixture(scope="session")
def written(prepared, postgresql_url, tmp_path_factory):
    """A database file with the story in it, to be copied; nothing where files are no databases."""
    if postgresql_url:
        return None
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("written") / "instance")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'network.db'}"))
    with app.app_context():
        tell()
    dispose(app)
    return folder / "network.db"


def tell():
    with transaction() as db:
        db.execute(delete(Network))
        assert write_story(db, now=NOON, secret="of a demo") == 60


@pytest.fixture
def demo(app, instance, written):
    """The application, with the story written into it."""
    if written is None:
        tell()
    else:
        shutil.copy(written, instance / "network.db")
    return app
