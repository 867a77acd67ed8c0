"""Every form that the pages offer, sent as nobody meant it: without its token, and with fields of
the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Boolean, DateTime, Enum, Integer, LargeBinary
from werkzeug.test import TestResponse

from network.columns import Base
from tests.conftest import TOKEN
from tests.sweep.crawl import HTMX, filled, unsafe_rules
from tests.sweep.forms import Offered, not_offered, offered
from tests.sweep.seed import World, close, dump, twin

VIEWERS = ("", "invited", "owner1", "asked", "steward", "waiting", "connection", "resting", "stranger")
# Offered only where there is something to offer: a demo, or words that have stood for half a year.
RARELY_OFFERED = {"demo.enter", "profile.confirm", "participation.confirm"}
LAST = ("signing_in.sign_out",)


@pytest.fixture
def pair(fresh: World, tmp_path: Path) -> Iterator[tuple[World, World]]:
    worlds = twin(fresh, tmp_path / "one"), twin(fresh, tmp_path / "other")
    yield worlds
    for world in worlds:
        close(world)


@pytest.fixture
def offers(fresh: World) -> list[Offered]:
    near = [fresh.story.people[label].handle for label in ("owner1", "owner3", "stranger")]
    return offered(fresh, VIEWERS, near)


def send(world: World, offer: Offered, data: list[tuple[str, str]], **kwargs: object) -> TestResponse:
    client = world.client(offer.viewer)
    token = TOKEN.search(client.get("/signin").text + client.get("/rules").text)[1]
    sent = [(name, token if name == "csrf_token" else value) for name, value in data]
    names = dict.fromkeys(name for name, _ in sent)
    body = {name: [value for each, value in sent if each == name] for name in names}
    return client.post(offer.form.action, data=body, **kwargs)


def test_every_route_that_changes_something_is_offered_by_a_page(
    fresh: World, offers: list[Offered]
) -> None:
    assert not_offered(fresh.app, offers) == RARELY_OFFERED


@pytest.mark.parametrize("token", ["none", "of somebody else", "made up"])
def test_nothing_changes_without_the_token_of_this_very_person(
    fresh: World, pair: tuple[World, World], offers: list[Offered], token: str
) -> None:
    world, before, tried = pair[0], dump(pair[0]), 0
    others = TOKEN.search(world.client("second").get("/signin/again").text)[1]
    data = {"none": {}, "of somebody else": {"csrf_token": others}, "made up": {"csrf_token": "x"}}
    known = {each.rule.endpoint: each for each in offers}
    for rule in unsafe_rules(world.app):
        offer = known.get(rule.endpoint)
        path = offer.form.action if offer else next(filled(rule, {}))
        sent = dict(offer.form.without("csrf_token").data) if offer else {}
        for viewer in {offer.viewer if offer else "owner1", "stranger"}:
            for headers in ({}, HTMX, {"Content-Type": "application/json"}):
                client = world.client(viewer)
                answer = client.post(path, data={**sent, **data[token]}, headers=headers)
                assert answer.status_code in {400, 404}, (rule.rule, viewer, answer.status)
                tried += 1
    assert dump(world) == before
    assert tried > 200


def extras() -> dict[str, str]:
    """Return every column of every table with a value that would matter."""
    values = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if isinstance(kind, Enum):
                values[column.name] = kind.enums[-1]
            elif isinstance(kind, Boolean | Integer):
                values[column.name] = "1"
            elif not isinstance(kind, LargeBinary):
                dated = isinstance(getattr(kind, "impl", kind), DateTime)
                values[column.name] = "2020-01-01" if dated else "zzmass"
    return values


def test_no_column_can_be_set_by_adding_it_to_a_form(
    pair: tuple[World, World], offers: list[Offered]
) -> None:
    plain, laden = pair
    for offer in sorted(offers, key=lambda each: each.rule.endpoint in LAST):
        asked = {name for name, _ in offer.form.data}
        more = {name: value for name, value in extras().items() if name not in asked}
        first = send(plain, offer, offer.form.data)
        second = send(laden, offer, [*offer.form.data, *more.items()], query_string=more)
        assert first.status_code == second.status_code < 500, offer
        assert dump(plain) == dump(laden), offer.rule.endpoint


def test_the_forms_that_are_offered_are_taken(
    pair: tuple[World, World], offers: list[Offered]
) -> None:
    world, refused = pair[0], {}
    for offer in sorted(offers, key=lambda each: each.rule.endpoint in LAST):
        before = dump(world)
        answer = send(world, offer, offer.form.data)
        if answer.status_code >= 400 or dump(world) == before:
            refused[offer.rule.endpoint] = answer.status_code
    # No picture was chosen; the password was changed before it was asked for; none is known to
    # whoever enters.
    assert set(refused) <= {"profile.set_portrait", "signing_in.enter", "signing_in.enter_again"}
