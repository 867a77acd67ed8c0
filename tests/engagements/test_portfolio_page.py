from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from network.engagements.kinds import Period
from tests.conftest import NOON, post
from tests.engagements.portfolios import agree, cash, other, put, time


@pytest.fixture
def people(db, make_member):
    return [make_member(name) for name in ("ama", "oskar", "hanneke", "rui")]


@pytest.fixture
def page(people, sign_in, freeze):
    return lambda address="/portfolio": sign_in(people[0]).get(address)


def test_a_balance_with_nothing_in_it_teaches(people, sign_in):
    answer = sign_in(people[0]).get("/portfolio")
    assert answer.status_code == 200
    assert "Say how much room you have" in answer.text
