"""Every form that the pages offer, sent as nobody meant it: without its token, and with fields of
the tables.
"""

from __future__ import annotations

from itertools import product

from sqlalchemy import Boolean, DateTime, Enum, Integer, LargeBinary
from werkzeug.test import TestResponse

from network.columns import Base
from tests.sweep.crawl import HTMX, filled, unsafe_rules
from tests.sweep.forms import Offered, not_offered
from tests.sweep.seed import MASS, World, dump

# Offered only where there is something to offer: a demo, words that have stood for half a year, an
# ask that was put off and whose day has come.
RARELY_OFFERED = {"demo.enter", "profile.confirm", "participation.confirm", "asks.let_go"}
# What only asks something, and changes nothing for anybody.
ONLY_ASKS = {"shields.check", "portfolio.check"}
# What ends something that other forms are about.
LAST = (
    *("account.end_others", "account.set_password", "circles.release", "circles.rework"),
    *("relationships.block", "rounds.begin", "rounds.end"),
    *("conversations.leave", "signing_in.sign_out", "calendar.revoke", "sessions.cancel"),
    *("circles.archive", "circles.close", "circles.put_to_rest", "circles.set_aside"),
    *("keeping.close_harvest", "needs.let_go", "organisations.end", "organisations.take_back"),
    *("work_needs.close", "work_needs.take_down", "work_needs.take_back", "alumni.end"),
    *("approaches.withdraw", "approaches.tell_no", "referrals.withdraw", "organisations.change"),
    *("terms.close", "terms.leave", "terms.take_back", "terms.withdraw", "writing.set_aside"),
    *("work.cancel", "work.end", "work.pause", "work.complete", "portfolio.take_out"),
    *("testimony.take_back", "showing.take_back"),
)


def send(
    world: World, offer: Offered, data: list[tuple[str, str]], **kwargs: object
) -> TestResponse:
    token = world.token(offer.viewer)
    sent = [(name, token if name == "csrf_token" else value) for name, value in data]
    body = {name: [value for each, value in sent if each == name] for name, _ in sent}
    return world.client(offer.viewer).post(offer.form.action, data=body, **kwargs)


def test_every_route_that_changes_something_is_offered_by_a_page(
    fresh: World, offers: list[Offered]
) -> None:
    assert not_offered(fresh.app, offers) == RARELY_OFFERED


def test_nothing_changes_without_the_token_of_this_very_person(
    pair: tuple[World, World], offers: list[Offered]
) -> None:
    world, before, tried = pair[0], dump(pair[0]), 0
    tokens = ({}, {"csrf_token": "made up"}, {"csrf_token": world.token("second")})
    known = {each.rule.endpoint: each for each in offers}
    for rule in unsafe_rules(world.app):
        offer = known.get(rule.endpoint)
        path = offer.form.action if offer else next(filled(rule, {}))
        sent = dict(offer.form.without("csrf_token").data) if offer else {}
        for token, headers in product(tokens, ({}, HTMX, {"Content-Type": "application/json"})):
            client = world.client(offer.viewer if offer else "owner1")
            answer = client.post(path, data={**sent, **token}, headers=headers)
            assert answer.status_code in {400, 404}, (rule.rule, answer.status)
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
                values[column.name] = "2020-01-01" if dated else MASS
    return values


def test_no_column_can_be_set_by_adding_it_to_a_form(
    pair: tuple[World, World], offers: list[Offered]
) -> None:
    plain, laden = pair
    before, taken = dump(plain), set()
    for offer in sorted(offers, key=lambda each: each.rule.endpoint in LAST):
        asked = {name for name, _ in offer.form.data} | offer.form.unchecked
        more = {name: value for name, value in extras().items() if name not in asked}
        first = send(plain, offer, offer.form.data)
        in_path = {} if "?" in offer.form.action else {"query_string": more}
        second = send(laden, offer, [*offer.form.data, *more.items()], **in_path)
        assert first.status_code == second.status_code < 500, offer
        after = dump(plain)
        assert after == dump(laden), offer.rule.endpoint
        taken |= {offer.rule.endpoint} if after != before and first.status_code < 400 else set()
        before = after
    # One that is taken may spoil another: a password that is changed ends the links that were sent.
    changing = {each.rule.endpoint for each in offers} - ONLY_ASKS
    assert len(taken) > 0.8 * len(changing), changing - taken
