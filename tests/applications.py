"""Applications that last: what one costs to make is paid once, and each test gets it as if new."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from network import create_app, limits
from network.config import Settings
from network.db import db as database
from network.search import backend
from tests.compiled import COMPILED

# An open lock hangs on this file: it stays when the rest of the folder is replaced.
LOCK = "write-gate"
# What an application remembers of its work, which nothing is decided by.
REMEMBERED = {"_got_first_request", "config", "extensions", "jinja_env", "logger", "url_map"}


def dispose(app: Flask) -> None:
    """Close what an application holds open."""
    with app.app_context():
        for engine in database.engines.values():
            engine.dispose()


def replace_folder(source: Path, folder: Path) -> None:
    """Make a folder the copy of another, in which nothing else is."""
    folder.mkdir(exist_ok=True)
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != LOCK:
            each.unlink()
    shutil.copytree(source, folder, dirs_exist_ok=True)


class Lasting:
    """One application after another on the same folder; a new one only where a test changed more
    than what can be put back: its settings and extensions.
    """

    def __init__(self, settings: Settings, client: type[FlaskClient] = FlaskClient) -> None:
        self.folder = settings.instance
        self._settings = settings
        self._client = client
        self._app: Flask | None = None

    def fill(self, source: Path) -> None:
        """Make the folder as it is there."""
        if self._app is not None:
            dispose(self._app)
        replace_folder(source, self.folder)

    def ready(self) -> Flask:
        """Return the application as if nobody had used it."""
        if self._app is None:
            self._app = self._made()
            settle()
        elif self._parts != list(parts(self._app)):
            self._app = self._made()
        self._renew(self._app)
        return self._app

    def _made(self) -> Flask:
        app = create_app(self._settings)
        app.jinja_env.bytecode_cache = COMPILED
        app.test_client_class = self._client
        self._config, self._extensions = dict(app.config), dict(app.extensions)
        self._limiter = dict(vars(limits.limiter))
        assert app.jinja_loader  # made at the first page; that is no change
        self._parts = list(parts(app))
        return app

    def _renew(self, app: Flask) -> None:
        for kept, first in ((app.config, self._config), (app.extensions, self._extensions)):
            kept.clear()
            kept.update(first)
        backend.init_app(app, people=self.folder / "index", things=self.folder / "things")
        app._got_first_request = False
        vars(limits.limiter).update(self._limiter)
        limits.limiter.reset()


def settle() -> None:
    """Let what is there now be: it lasts, and is not looked through at each collection."""
    gc.collect()
    gc.freeze()


def parts(app: Flask) -> Iterator[tuple[str, object]]:
    """Yield all that an application is made of, to be compared with what it was made of before."""
    for name, value in sorted(vars(app).items()):
        if name not in REMEMBERED:
            yield name, copied(value)
    yield "routes", [(rule, rule.endpoint) for rule in app.url_map.iter_rules()]
    env = app.jinja_env
    for name in ("globals", "filters", "tests", "extensions", "bytecode_cache", "undefined"):
        yield name, copied(getattr(env, name))
    with app.app_context():
        for name, engine in database.engines.items():
            yield name, list(heard(engine))


def copied(value: object) -> object:
    """Return a copy of what can be added to, as deep as an application keeps its functions. What
    is empty is as if it were not there: looking for the handler of an error leaves such traces.
    """
    if isinstance(value, dict):
        deep = {name: copied(each) for name, each in value.items()}
        return {name: each for name, each in deep.items() if each != {}}
    if isinstance(value, list | set | tuple):
        return [copied(each) for each in value]
    return value


def heard(engine: Engine) -> Iterator[tuple[str, int]]:
    """Yield how many listen to each event of an engine and of its connections."""
    for dispatch in (engine.dispatch, engine.pool.dispatch):
        for name in sorted(dispatch._event_names):
            yield name, len(list(getattr(dispatch, name)))
