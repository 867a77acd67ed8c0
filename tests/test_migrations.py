from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from alembic.operations import Operations
from sqlalchemy import delete, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from network import create_app
from network.columns import Base
from network.config import ConfigError
from network.db import alembic, db, migrate, reading, transaction
from network.demo.story import write_story
from network.members.models import Member, Network
from tests.conftest import dispose, settings_for


def rows():
    with reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def version():
    with reading() as session:
        return list(session.scalars(text("SELECT version_num FROM alembic_version")))


def test_the_schema_comes_from_the_migrations_and_stands_at_the_newest(app):
    assert tables() == set(Base.metadata.tables)
    assert version() == [each.revision for each in alembic.heads()]
    with app.app_context():
        assert alembic.compare_metadata() == []


def test_migrating_again_changes_nothing(app, make_member):
    make_member("ama", offers="Glaze.")
    before = rows(), version()
    for _twice in range(2):
        migrate()
    assert (rows(), version()) == before


@pytest.fixture
def told(app, now):
    """The network of the demo: every kind of row that there is so far."""
    with transaction() as session:
        session.execute(delete(Network))
        write_story(session, now=now, secret="of a demo")
    return rows()


def test_everything_goes_down_and_up_again_and_can_be_lived_in_anew(app, told, now):
    with app.app_context():
        alembic.downgrade("base")
    assert tables() == set()
    migrate()
    assert set(rows().values()) == {0}
    with transaction() as session:
        write_story(session, now=now, secret="of a demo")
    assert rows() == told


@pytest.mark.parametrize("older", ["0001", "0002", "0003", "0004", "0005", "0006"])
def test_an_older_network_goes_up_without_losing_a_row(app, told, older):
    with app.app_context():
        alembic.downgrade(older)
    held = there()
    assert held["member"]
    assert held.get("message", 1)
    migrate()
    assert {name: count for name, count in there().items() if name in held} == held


def there():
    with reading() as session:
        return {
            name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in sorted(tables())
        }


def test_after_going_up_again_the_guards_stand(app, told):
    with app.app_context():
        alembic.downgrade("base")
    migrate()
    with transaction() as session:
        session.add(Network(id=1, name="Saltmarsh"))
    for statement in (
        "UPDATE network SET id = 2",
        "UPDATE network SET joining = 'whoever likes'",
        "UPDATE network SET name = NULL",
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_the_steps_of_a_migration_are_one(app, make_member, monkeypatch):
    make_member("ama")

    def breaks(_self, table, *_args, **_kwargs):
        if table == "member":
            raise RuntimeError("the power went")
        return original(_self, table, *_args, **_kwargs)

    original = Operations.drop_table
    monkeypatch.setattr(Operations, "drop_table", breaks)
    before = rows()
    with app.app_context(), pytest.raises(RuntimeError, match="the power went"):
        alembic.downgrade("base")
    monkeypatch.undo()
    assert (rows(), tables()) == (before, set(Base.metadata.tables))


@pytest.fixture
def fresh(app, tmp_path):
    """Settings of a network that was never opened, in a file of its own."""
    if not app.config["SETTINGS"].embedded:
        pytest.skip("a database file of one's own is SQLite's")
    folder = tmp_path / "fresh"
    folder.mkdir()
    return settings_for(folder, f"sqlite:///{folder / 'network.db'}")


def test_threads_that_open_a_network_at_once_make_it_once(fresh):
    apps, failed = [create_app(fresh) for _ in range(4)], []

    def begin(app, barrier):
        with app.app_context():
            barrier.wait()
            try:
                migrate()
            except BaseException as error:  # noqa: BLE001  # whatever ended the thread is the finding
                failed.append(error)

    barrier = threading.Barrier(len(apps))
    threads = [threading.Thread(target=begin, args=(app, barrier)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with apps[0].app_context():
        assert (tables(), version()) == (
            set(Base.metadata.tables),
            [each.revision for each in alembic.heads()],
        )
    for app in apps:
        dispose(app)


def test_processes_that_open_a_network_at_once_make_it_once(fresh):
    environ = {
        "COMMONWEAL_INSTANCE": str(fresh.instance),
        "COMMONWEAL_SECRET_KEY": fresh.secret_key,
        "PATH": "",
    }
    command = [sys.executable, "-m", "network.cli", "reindex"]
    running = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    said = [process.communicate()[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert all("0 people can be found." in each for each in said)


def test_migrating_gives_everything_back_that_it_took(fresh):
    app = create_app(fresh)
    with app.app_context():
        migrate()
        for engine in db.engines.values():
            assert engine.pool.checkedout() == 0
        with transaction() as session:
            assert session.scalar(select(func.count(Member.id))) == 0
    dispose(app)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////no/such/folder/network.db", "/no/such/folder/network.db cannot be opened"),
        ("postgresql+psycopg://me:hunter2@127.0.0.1:9/net", "127.0.0.1:9/net cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_without_its_password(app, url, words):
    other = create_app(replace(app.config["SETTINGS"], database_url=url))
    with other.app_context(), pytest.raises(ConfigError) as refused:
        migrate()
    assert words in str(refused.value)
    assert "COMMONWEAL_DATABASE_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    dispose(other)
