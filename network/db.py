"""The database: two engines on one store, one owner of each transaction, and the only place that
commits.

Reading goes through an engine that cannot write. Writing goes through one that takes the write gate
and BEGIN IMMEDIATE at its first statement and gives the gate back when its connection is returned,
so nothing slow (hashing, mail, rendering) ever happens inside.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_alembic import Alembic
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from network.columns import Base
from network.config import ConfigError, Settings
from network.errors import Busy, Full, Refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
GATE_DEADLINE_S = 8.0
GATE_POLL_S = 0.001
GATE_LOOK_S = 0.25
# A gate that nobody passed for so long stands still: somebody holds it who does not come back.
GATE_STILL_S = 1.0


class Migrations(Alembic):
    """Migrations that may make a table anew, as SQLite has to: what refers to it stays.

    Dropping a table deletes its rows first, and with foreign keys on, everything that hangs on
    them. So they are off while the schema changes, and looked through before it is committed.
    """

    def run_migrations(self, fn: Callable[..., list[Any]], **kwargs: Any) -> None:  # noqa: ANN401
        """Run one way up or down, in one transaction."""
        connection = self.migration_context.connection
        if connection is None or connection.dialect.name != "sqlite":
            super().run_migrations(fn, **kwargs)
            return
        connection.rollback()  # in a transaction the setting is deaf
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        event.listen(connection, "commit", _nothing_dangles)
        try:
            super().run_migrations(fn, **kwargs)
        finally:
            event.remove(connection, "commit", _nothing_dangles)
            raw.execute("PRAGMA foreign_keys=ON")


def _nothing_dangles(connection: Connection) -> None:
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if found is not None:
        message = f"a migration would leave rows of {found[0]} that refer to nothing"
        raise RuntimeError(message)


db = SQLAlchemy(session_options={"expire_on_commit": False})
alembic = Migrations(run_mkdir=False, command_name="", metadatas=Base.metadata)
logging.getLogger("alembic").setLevel(logging.WARNING)


class WriteGate:
    """Lets one writer at a time into an embedded database: first come, first served within a
    process, by a lock on a file between processes. Without it one of eight saturated writers
    starves.
    """

    def __init__(
        self, path: Path, deadline_s: float = GATE_DEADLINE_S, *, room: int = 1000
    ) -> None:
        self._path = path
        self._deadline_s = deadline_s
        self._room = room  # how many may wait while the gate stands still
        self._moved_at = time.monotonic()
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._file: int | None = None

    def enter(self) -> None:
        """Wait for the gate and pass it; raise `Busy` when the deadline comes first."""
        limit = time.monotonic() + self._deadline_s
        turn = threading.Event()
        with self._lock:
            self._queue.append(turn)
            if self._queue[0] is turn:
                self._moved_at = time.monotonic()
                turn.set()
        while not turn.wait(GATE_LOOK_S):
            if time.monotonic() > limit or self._is_in_the_way(turn):
                self._step_out(turn)
                raise Busy
        passed = False
        try:
            passed = self._lock_file(limit)
        finally:
            if not passed:  # also where the file cannot be opened: others still have their turn
                self._step_out(turn)
        if not passed:
            raise Busy

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        with self._lock:
            turn = self._queue[0]
        self._step_out(turn)

    def close(self) -> None:
        """Close the file: a lock on it would be held by whoever is forked from here as well."""
        if self._file is not None:
            self._closed()
            self._file = None

    def _is_in_the_way(self, turn: threading.Event) -> bool:
        """Whether the gate stands still and this one's waiting takes a thread from the readers."""
        with self._lock:
            still = time.monotonic() - self._moved_at > GATE_STILL_S
            return still and self._queue.index(turn) >= self._room

    def _lock_file(self, limit: float) -> bool:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._closed = weakref.finalize(self, os.close, self._file)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > limit:
                    return False
                time.sleep(GATE_POLL_S)
            else:
                return True

    def _step_out(self, turn: threading.Event) -> None:
        with self._lock:
            if self._queue[0] is turn:
                self._moved_at = time.monotonic()
            self._queue.remove(turn)
            if self._queue:
                self._queue[0].set()


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the application to its database."""
    app.config["SQLALCHEMY_ENGINES"] = _engines(settings)
    migrations = Path(__file__).parent / "migrations"
    app.config["ALEMBIC"] = {
        "script_location": str(migrations),
        "version_locations": [],
    }
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "transactional_ddl": True,
    }
    db.init_app(app)
    # No session here is asynchronous; to close those there are not, the extension starts a thread
    # and a loop of events at the end of every request.
    app.teardown_appcontext_funcs[:] = [
        each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)
    ]
    alembic.init_app(app)
    with app.app_context():
        if settings.embedded:
            room = max(1, settings.threads - 2)
            gate = WriteGate(settings.instance / "write-gate", room=room)
            _listen(db.engines["reading"], gate=None)
            _listen(db.engine, gate=gate)
            app.extensions["write_gate"] = gate


def _engines(settings: Settings) -> dict[str, Any]:
    if not settings.embedded:
        shared = {
            "url": settings.database_url,
            "hide_parameters": True,  # what people wrote is in no log
            "pool_pre_ping": True,
            "pool_size": settings.threads,
        }
        return {
            "default": shared,
            "reading": {**shared, "execution_options": {"postgresql_readonly": True}},
        }
    import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415  # only where the embedded database is used

    embedded = {
        "url": settings.database_url,
        "module": sqlite,
        "hide_parameters": True,
        "pool_size": settings.threads,
        "max_overflow": settings.threads,
        "connect_args": {"check_same_thread": False},
    }
    return {"default": embedded, "reading": dict(embedded)}


def _listen(engine: Engine, *, gate: WriteGate | None) -> None:
    """Give an embedded engine its settings, its way to begin, and its gate (none: read only)."""

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401
        connection.isolation_level = None  # we say BEGIN ourselves, else savepoints do nothing
        for pragma in (
            "synchronous=FULL",  # NORMAL loses acknowledged writes in a power cut
            "foreign_keys=ON",
            "busy_timeout=5000",
            "trusted_schema=OFF",
            f"query_only={'OFF' if gate else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if gate is not None:
            gate.enter()  # two that change a new file to WAL at once lock each other out
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            finally:
                gate.leave()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if gate is None:
            connection.exec_driver_sql("BEGIN")
            return
        gate.enter()
        connection.info["gate"] = gate
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def leave(_connection: Any, entry: ConnectionPoolEntry) -> None:  # noqa: ANN401
        held = entry.info.pop("gate", None)
        if held is not None:
            held.leave()


def open_for_request() -> None:
    """Bind this request's session: reading for a safe method, writing for the others."""
    name = "reading" if request.method in SAFE_METHODS else "default"
    db.session.close()
    db.session.bind = db.engines[name]


def settle(*, keep: bool) -> None:
    """End the request's transaction: commit what it changed, or undo it; what follows only reads.

    Raises `Full` or `Busy` when the store cannot take the change.
    """
    session = db.session
    if session.bind is not db.engine:
        return
    if keep:
        with refusals():
            session.commit()
    else:
        session.rollback()
    session.bind = db.engines["reading"]


def undo() -> None:
    """Leave this request's transaction after an error: PostgreSQL answers nothing more in it."""
    db.session.rollback()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a writing session of its own for a command or a job: committed at the end, or undone."""
    with refusals(), Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session of its own that can only read."""
    with Session(db.engines["reading"], expire_on_commit=False) as session:
        yield session


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a store that is full or busy into a refusal that a person can read."""
    try:
        yield
    except DBAPIError as error:
        refusal = refusal_for(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_for(error: BaseException) -> Refusal | None:
    """Return the refusal that a database error means for the person, if it means one."""
    said = str(error).lower()
    if "disk is full" in said or "no space left" in said or "disk i/o error" in said:
        return Full()
    if "database is locked" in said or "database table is locked" in said:
        return Busy()
    return None


def migrate() -> None:
    """Bring the schema to the newest version; raise `ConfigError` if the database cannot be opened.

    A context of its own gives the connection back afterwards.
    """
    url = db.engine.url.render_as_string(hide_password=True)
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ConfigError(
            f"The database {url} cannot be opened ({reason})."
            " Look at COMMONWEAL_DATABASE_URL, or at who may read and write the file."
        ) from error
    with current_app.app_context():
        alembic.upgrade()


def disconnect() -> None:
    """Give up every open connection and file; whoever needs one opens it anew."""
    for engine in db.engines.values():
        engine.dispose()
    gate: WriteGate | None = current_app.extensions.get("write_gate")
    if gate is not None:
        gate.close()
