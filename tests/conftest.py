from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, literal, select, text, union_all
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from network import create_app, passwords
from network.clock import utc_now
from network.columns import Base
from network.config import Settings
from network.db import db as database
from network.db import migrate, transaction
from network.members import current
from network.members.kinds import Part
from network.members.models import Member, Network
from network.members.services.accounts import start_sign_in
from network.members.services.joining import add_member
from network.members.services.profiles import change_purpose, write
from tests.applications import Lasting, dispose, settle
from tests.postgresql import cluster
from tests.sweep.fixtures import fresh, lagging, offers, own, pair, that_day  # noqa: F401

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "a long walk by the sea"
CHROMIUM = Path("/usr/bin/chromium")

passwords.make_cheap()
# How fast a machine draws and runs what it drew is no finding; `make bench` measures.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

# Compiling all routes is most of what an application costs: the same rule gives the same function.
compile_rule = Rule._compile_builder
COMPILED_RULES: dict[object, Callable[..., tuple[str, str]]] = {}


def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (tuple(rule._trace), str(rule.defaults), append_unknown)
    if key not in COMPILED_RULES:
        COMPILED_RULES[key] = compile_rule(rule, append_unknown)
    return COMPILED_RULES[key]


Rule._compile_builder = compile_once  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    settle()


def settings_for(instance: Path, database_url: str) -> Settings:
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key="a key for tests that is long enough to sign with",
        base_url="http://127.0.0.1:8000",
        testing=True,
    )


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str | None]:
    if os.environ.get("COMMONWEAL_TEST_DATABASE") != "postgresql":
        yield None
        return
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str | None) -> Path:
    """A folder with a database that the migrations have made, to be copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    app = create_app(settings_for(folder, postgresql_url or f"sqlite:///{folder / 'network.db'}"))
    with app.app_context():
        migrate()
        with transaction() as session:
            session.add(Network(id=1, name="Saltmarsh"))
        dispose(app)
    return folder


class Browser(FlaskClient):
    """A client whose every visit has a context of its own, as behind a server: nothing stays in
    `g`.
    """

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str | None) -> Lasting:
    """The application of this worker, which each test gets as if new."""
    return lasting_in(tmp_path_factory.mktemp("lasting") / "instance", postgresql_url)


def lasting_in(folder: Path, url: str | None) -> Lasting:
    return Lasting(settings_for(folder, url or f"sqlite:///{folder / 'network.db'}"), Browser)


@pytest.fixture
def instance(prepared: Path, lasting: Lasting) -> Path:
    """The folder of the application with nothing in it but an empty network."""
    lasting.fill(prepared)
    return lasting.folder


@pytest.fixture
def app(instance: Path, lasting: Lasting, postgresql_url: str | None) -> Iterator[Flask]:
    """The application on a database of its own."""
    here = lasting if instance == lasting.folder else lasting_in(instance, postgresql_url)
    app = here.ready()
    with app.app_context():
        yield app
        if postgresql_url:
            empty()
    dispose(app)


def empty() -> None:
    """Take out every row, and count anew. To truncate all tables takes longer than most tests."""
    database.session.rollback()
    tables = Base.metadata.sorted_tables
    filled = union_all(
        *(select(literal(each.name)).where(select(each).exists()) for each in tables)
    )
    with transaction() as session:
        session.execute(text("SET session_replication_role = replica"))
        for name in session.scalars(filled).all():
            session.execute(text(f'DELETE FROM "{name}"'))
        session.execute(text("SET session_replication_role = origin"))
        session.execute(text("SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence"))
        session.add(Network(id=1, name="Saltmarsh"))


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A writing session. What a request shall see has to be committed: use `people` or
    `transaction`.
    """
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, which root may run in a container only without its sandbox."""
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": str(CHROMIUM), "args": args}


@pytest.fixture
def ran(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[str]]:
    """Return the SQL statements that doing something runs, in this thread and no other.

    What is read anew is not for chance: rows are forgotten before it and at no other time, and the
    stewards' settings, which are kept for seconds, are kept for as long as a test takes.
    """
    monkeypatch.setattr(current, "SETTINGS_KEPT_S", 3600)

    def run(what: Callable[[], object]) -> list[str]:
        found: list[str] = []
        here = get_ident()

        def note(*args: object) -> None:
            if get_ident() == here:
                found.append(str(args[2]))

        current.forget_house()
        current.house()
        engines = list(database.engines.values())
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        gc.collect()
        gc.disable()
        try:
            what()
        finally:
            gc.enable()
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)
        return found

    return run


MakeMember = Callable[..., Member]


@pytest.fixture
def make_member(app: Flask, now: datetime) -> MakeMember:
    """Keep a member: `make_member("ama", purpose="...", offers="...", email=...)`."""

    def make(handle: str, **values: object) -> Member:
        sections = {
            part: values.pop(part)
            for part in list(values)
            if part in {"offers", "looking_for", "place", "languages", "themes", "roles", "story"}
            or part in {"problems", "learning", "sharing", "links", "contact", "stage"}
        }
        purpose = values.pop("purpose", f"I am {handle} and I care about quiet rooms.")
        values.setdefault("joined_at", now)
        with transaction() as session:
            member = Member(
                **{
                    "handle": handle,
                    "name": handle.capitalize() + " Example",
                    "email": f"{handle}@{handle}.example",
                    "password_hash": passwords.hashed(PASSWORD),
                    **values,
                }
            )
            add_member(session, member, now=now)
            if purpose:
                change_purpose(session, member, str(purpose), now=now)
            for part, body in sections.items():
                write(session, member, Part(part), str(body), now=now)
        return member

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Member], FlaskClient]:
    """Return a client signed in as a member; CSRF is left on, `post` fetches a token."""

    def enter(member: Member) -> FlaskClient:
        with transaction() as session:
            user = start_sign_in(session, member, device="test", now=utc_now())
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.token
            cookie["_fresh"] = True
        return client

    return enter


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def post(client: FlaskClient, url: str, data: dict | None = None, **kwargs: object) -> TestResponse:
    """Send a form as a browser would: with the token of a page shown to this very person."""
    token = TOKEN.search(client.get("/rules").text) or TOKEN.search(client.get("/signin").text)
    assert token is not None
    return client.post(url, data={"csrf_token": token[1], **(data or {})}, **kwargs)


# What differs each time the same page is shown to the same person.
DRAWN = re.compile(r'(X-CSRFToken": |csrf_token" value=|submission" value=)"[^"]*"')


def plain(answer: TestResponse) -> str:
    """Return a page without what differs each time it is shown."""
    return DRAWN.sub("", answer.text)


def names(text: str, name: str) -> bool:
    """Whether a text has a short name in it as a word. A token may have its letters by chance."""
    return re.search(rf"\b{name}\b", text) is not None
