"""A GET writes nothing, whatever its view tries: its engine cannot."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network import auth
from network.db import db, reading
from tests.conftest import post

WRITE = text("UPDATE network SET name = 'Written by a GET'")
READ = text("SELECT name FROM network")


@pytest.fixture
def careless(app: Flask) -> FlaskClient:
    """Somebody who meets views that write when they are only read."""

    def careless() -> str:
        db.session.execute(WRITE)
        db.session.commit()
        return "written"

    app.add_url_rule("/careless", view_func=auth.public(careless), methods=["GET", "POST"])
    return app.test_client()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_view_that_writes_on_a_safe_method_changes_nothing(careless: FlaskClient, method: str):
    careless.application.testing = False
    careless.application.config["PROPAGATE_EXCEPTIONS"] = False
    careless.open("/careless", method=method)
    with reading() as session:
        assert session.scalar(READ) == "Saltmarsh"


def test_the_same_view_writes_when_it_is_posted_to(careless: FlaskClient):
    assert post(careless, "/careless").status_code == 200
    with reading() as session:
        assert session.scalar(READ) == "Written by a GET"


def test_the_reading_engine_refuses_every_write(app: Flask):
    with (
        db.engines["reading"].connect() as connection,
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
    ):
        connection.execute(WRITE)
