from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import request
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from network import auth, passwords
from network import db as database
from network.db import WriteGate, db, reading, refusal_for, transaction
from network.errors import Busy, Full, Invalid, NotFound
from network.htmx import page, see_other
from network.members.models import Member, Network
from tests.conftest import NOON, PASSWORD, post

HTMX = {"HX-Request": "true"}
EMBEDDED = "the write gate and its settings are SQLite's"


@pytest.fixture
def embedded(app):
    if not app.config["SETTINGS"].embedded:
        pytest.skip(EMBEDDED)
    return app


def gate_is_free(app):
    """Whether another process could take the gate now."""
    probe = WriteGate(app.config["SETTINGS"].instance / "write-gate", deadline_s=0.01)
    try:
        probe.enter()
    except Busy:
        return False
    probe.leave()
    return True


def test_the_gate_is_held_from_the_first_statement_to_the_end_and_given_back(embedded):
    with transaction() as session:
        assert gate_is_free(embedded)
        session.get(Network, 1)
        assert not gate_is_free(embedded)
    assert gate_is_free(embedded)
    with reading() as session:
        session.get(Network, 1)
        assert gate_is_free(embedded)


@pytest.mark.parametrize(
    "statement", ["SELECT nonsense", "INSERT INTO network (id, name) VALUES (2, 'x')", "NOT SQL"]
)
def test_the_gate_is_given_back_after_an_error(embedded, statement):
    for _twice in range(2):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))
        assert gate_is_free(embedded)


def test_the_gate_is_given_back_when_the_database_is_locked_by_others(embedded):
    with db.engines["reading"].connect() as other:
        raw = other.connection.driver_connection
        raw.execute("PRAGMA query_only=OFF")
        other.exec_driver_sql("ROLLBACK")
        raw.execute("BEGIN IMMEDIATE")
        with db.engine.connect() as writer:
            writer.connection.driver_connection.execute("PRAGMA busy_timeout=50")
        with pytest.raises(Busy), transaction() as session:
            session.get(Network, 1)
        assert gate_is_free(embedded)
        raw.execute("ROLLBACK")
        raw.execute("PRAGMA query_only=ON")
        raw.execute("BEGIN")


def test_the_embedded_database_has_its_settings(embedded):
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    for engine, query_only in ((db.engine, 0), (db.engines["reading"], 1)):
        with engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in (*expected, "query_only")
            }
        assert found == {**expected, "query_only": query_only}


def test_what_only_reads_cannot_write(app):
    with reading() as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE network SET name = 'x'"))
    with reading() as session:
        assert session.get_one(Network, 1).name == "Saltmarsh"


def test_a_transaction_is_kept_whole_or_not_at_all(app):
    with pytest.raises(NotFound):
        change_half()
    with reading() as session:
        assert session.get_one(Network, 1).name == "Saltmarsh"
    with transaction() as session:
        session.get_one(Network, 1).name = "Whole"
    with reading() as session:
        assert session.get_one(Network, 1).name == "Whole"


def change_half():
    with transaction() as session:
        session.get_one(Network, 1).name = "Half"
        session.flush()
        raise NotFound


def test_a_savepoint_undoes_its_part_alone(app):
    with transaction() as session:
        network = session.get_one(Network, 1)
        network.about = "kept"
        point = session.begin_nested()
        network.name = "undone"
        session.flush()
        point.rollback()
    with reading() as session:
        network = session.get_one(Network, 1)
        assert (network.about, network.name) == ("kept", "Saltmarsh")


@pytest.fixture
def views(app):
    """Add addresses that change the network's name and answer in every way there is."""

    def rename():
        db.session.get_one(Network, 1).name = request.values.get("name", "Renamed")
        db.session.flush()

    def answer(how):
        rename()
        if how == "refused":
            raise Invalid("No.")
        if how == "forbidden":
            raise Forbidden
        if how == "broken":
            raise RuntimeError
        if how == "other":
            return see_other("today.rules")
        if how == "bad form":
            return page("house/rules.html", status=422)
        if how == "cannot be shown":
            return page("no/such.html")
        return page("house/rules.html") if how == "page" else ("plain", int(how))

    view = auth.public(answer)
    app.add_url_rule("/test/<how>", "test", view, methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def name():
    with reading() as session:
        return session.get_one(Network, 1).name


WAYS = {
    "page": (200, True),
    "other": (303, True),
    "200": (200, True),
    "303": (303, True),
    "399": (399, True),
    "400": (400, False),
    "404": (404, False),
    "503": (503, False),
    "bad form": (422, False),
    "refused": (422, False),
    "forbidden": (403, False),
    "broken": (500, False),
    "cannot be shown": (500, True),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_change_is_kept_below_400_and_undone_from_400_on(embedded_or_not, views, way):
    status, kept = WAYS[way]
    for headers, new in (({}, "Once"), (HTMX, "Twice")):
        before = name()
        answer = post(views, f"/test/{way}", {"name": new}, headers=headers)
        assert answer.status_code == (204 if way == "other" and headers else status)
        assert name() == (new if kept else before)


@pytest.fixture
def embedded_or_not(app):
    yield
    if app.config["SETTINGS"].embedded:
        assert gate_is_free(app)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_safe_request_cannot_write(embedded_or_not, views, method):
    assert views.open("/test/page", method=method).status_code == 500
    assert name() == "Saltmarsh"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_other_unsafe_methods_write(app, views, method):
    app.config["WTF_CSRF_ENABLED"] = False
    assert views.open("/test/page", method=method).status_code == 200
    assert name() == "Renamed"


def test_after_an_answer_the_next_request_begins_anew(views):
    post(views, "/test/400", {"name": "One"})
    post(views, "/test/200", {"name": "Two"})
    post(views, "/test/broken", {"name": "Three"})
    assert name() == "Two"


class Probing:
    """Hashes like the hasher it stands before, and notes whether the gate was free meanwhile."""

    def __init__(self, app, hasher):
        self.app, self.hasher, self.free = app, hasher, []

    def hash(self, password):
        self.free.append(gate_is_free(self.app))
        return self.hasher.hash(password)

    def verify(self, stored, password):
        self.free.append(gate_is_free(self.app))
        return self.hasher.verify(stored, password)


@pytest.fixture
def probing(embedded, monkeypatch):
    passwords.matches("", "warm up")
    probe = Probing(embedded, passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", probe)
    return probe


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/signin", {"email": "ama@ama.example", "password": PASSWORD}),
        ("/signin", {"email": "ama@ama.example", "password": "another one"}),
        ("/signin", {"email": "no@body.example", "password": PASSWORD}),
        ("/me/account/password", {"password": "quite another long one"}),
        ("/signin/again", {"password": PASSWORD}),
    ],
)
def test_nothing_is_hashed_while_the_gate_is_held(
    probing, client, make_member, sign_in, path, data
):
    ama = make_member("ama")
    probing.free.clear()
    answer = post(sign_in(ama) if "/me" in path or "again" in path else client, path, data)
    assert answer.status_code < 500
    assert probing.free
    assert all(probing.free)


def test_nobody_waits_at_the_gate_to_read(embedded, client):
    with transaction() as session:
        session.get(Network, 1)
        began = time.monotonic()
        assert client.get("/signin").status_code == 200
        assert client.get("/health/ready").status_code == 200
        assert time.monotonic() - began < 3


MOMENTS = {
    "utc": datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    "east": datetime(2026, 11, 21, 21, 0, tzinfo=timezone(timedelta(hours=9))),
    "west": datetime(2026, 11, 20, 23, 30, tzinfo=timezone(-timedelta(hours=12, minutes=30))),
}


@pytest.mark.parametrize("zone", MOMENTS)
def test_a_time_comes_back_as_the_same_instant_in_utc(app, make_member, zone):
    ama = make_member("ama", joined_at=MOMENTS[zone])
    with reading() as session:
        kept = session.scalar(select(Member.joined_at).where(Member.id == ama.id))
        assert session.scalar(select(Member.id).where(Member.joined_at == MOMENTS[zone])) == ama.id
        assert session.scalar(select(Member.id).where(Member.joined_at < MOMENTS[zone])) is None
    assert kept == MOMENTS["utc"]
    assert kept.tzinfo is UTC


def test_microseconds_are_kept(app, make_member):
    moment = NOON + timedelta(microseconds=123456)
    ama = make_member("ama", joined_at=moment)
    with reading() as session:
        assert session.get_one(Member, ama.id).joined_at == moment


NAIVE = NOON.replace(tzinfo=None)


@pytest.mark.parametrize(
    "statement",
    [
        update(Member).values(joined_at=NAIVE),
        select(Member.id).where(Member.joined_at < NAIVE),
    ],
    ids=["kept", "compared"],
)
def test_a_time_without_a_zone_is_refused(app, statement):
    with pytest.raises(StatementError, match="a time without a zone"), transaction() as session:
        session.execute(statement)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "x" * 81),
        ("name", "\N{GRINNING FACE}" * 81),
        ("email", "x" * 255),
        ("handle", "x" * 31),
        ("state", "asleep"),
        ("handle", None),
    ],
)
def test_what_may_never_be_is_refused_by_the_database_itself(app, make_member, column, value):
    ama = make_member("ama")
    statement = text(f"UPDATE member SET {column} = :value WHERE id = :id")
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(statement, {"value": value, "id": ama.id})
    with transaction() as session:
        session.get_one(Member, ama.id).name = "\N{GRINNING FACE}" * 80


def test_nothing_refers_to_what_is_not_there(app, make_member):
    ama = make_member("ama")
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("UPDATE section SET member_id = 999999"))
    with transaction() as session:
        session.execute(text("DELETE FROM member WHERE id = :id"), {"id": ama.id})
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM section")).scalar() == 0


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("database or disk is full", Full),
        ("disk I/O error", Full),
        ("could not extend file: No space left on device", Full),
        ("database is locked", Busy),
        ("database table is locked: member", Busy),
        ("no such table: member", type(None)),
        ("UNIQUE constraint failed", type(None)),
    ],
)
def test_what_the_store_says_is_turned_into_what_a_person_reads(said, refusal):
    error = OperationalError("INSERT", {}, Exception(said))
    assert isinstance(refusal_for(error), refusal)


def test_a_refusal_of_the_store_reaches_a_command_as_a_sentence(app):
    with pytest.raises(Full), transaction():
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))


def test_connections_go_back_to_the_pool(app, client, make_member, sign_in):
    hers = sign_in(make_member("ama"))
    for _ in range(5):
        hers.get("/")
        post(hers, "/me/boundaries/shields", {"against": "x.example"})
    db.session.close()
    for engine in db.engines.values():
        assert engine.pool.checkedout() == 0


def test_a_request_starts_no_thread(app, client, monkeypatch):
    monkeypatch.delattr(threading.Thread, "start")
    assert client.get("/rules").status_code == 200


def test_a_request_uses_one_connection_of_each_kind_at_most(app, make_member, sign_in):
    hers, taken = sign_in(make_member("ama")), []
    for one in db.engines.values():
        event.listen(one, "checkout", lambda *_, one=one: taken.append(one))
    hers.get("/asks")
    assert len(taken) <= 3


def test_a_session_of_a_command_is_its_own(app):
    with transaction() as session:
        assert isinstance(session, Session)
        assert session is not database.db.session


def test_what_somebody_wrote_is_in_no_error_of_the_database(app):
    with pytest.raises(DBAPIError) as failed, db.engine.connect() as connection:
        connection.execute(
            text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "a private word"}
        )
    assert "a private word" not in str(failed.value)
