"""The doors: who is turned away, what every answer bears, what reading may not do, what garbage
gets.
"""

from __future__ import annotations

import gc
import io
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

import network
from network import create_app
from network.columns import Base
from network.db import db, migrate, reading, transaction
from network.members.models import Member, Network
from tests.conftest import TOKEN, MakeMember, dispose, settings_for
from tests.sweep.crawl import HTMX, UNKNOWN, every_value, filled, rules, unsafe_rules
from tests.sweep.forms import Offered
from tests.sweep.seed import NOW, World, dump

PUBLIC = frozenset(
    {
        *("health.live", "health.ready"),
        *("today.home", "today.rules", "today.who_sees_what", "today.accessibility"),
        "today.software",
        *("joining.door", "joining.ask", "joining.asked", "joining.invited"),
        "joining.use_invitation",
        *("signing_in.sign_in", "signing_in.enter", "signing_in.ask_for_link"),
        *("signing_in.link", "signing_in.use_link"),
        *("account.new_address", "account.change_address"),
        # What their owners show to anyone; nothing else is found at these addresses.
        *("relationships.person", "people.portrait", "organisations.page"),
        "readiness.answers",
        # By a secret of 256 bits in the address, for its owner's own calendar.
        "calendar.feed",
        # Open to be quiet: to everybody but stewards there is nothing here.
        *("stewardship.desk", "stewardship.welcome", "stewardship.turn_down"),
        *("stewardship.invite", "stewardship.withdraw_invitation", "stewardship.set_network"),
        *("organisations_desk.desk", "organisations_desk.answer"),
        "organisations_desk.answer_claim",
        # By the sealed key of a letter, for whoever got it.
        *("referrals.outside_letter", "referrals.answer_letter"),
        # Only in a network made by `commonweal demo`.
        *("demo.faces", "demo.enter", "demo.letters"),
    }
)
DOOR = "/signin"
MEGABYTE = 1024 * 1024


# Who comes in


def test_every_public_view_is_named_here(app: Flask) -> None:
    marked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "is_public", False)
    }
    assert marked == PUBLIC


@pytest.mark.parametrize("viewer", ["", "suspended_viewer", "departed_viewer", "a cookie made up"])
def test_everything_else_turns_a_stranger_away_and_changes_nothing(own: World, viewer: str) -> None:
    if viewer.startswith("a cookie"):
        own.cookies[viewer] = "made-up"
    before, values = dump(own), every_value(own.app)
    values = {name: found[:2] for name, found in values.items()}
    for rule in own.app.url_map.iter_rules():
        if rule.endpoint in {*PUBLIC, "static"}:
            continue
        for path in filled(rule, values):
            for method in rule.methods - {"OPTIONS"}:
                sent = {"data": {"csrf_token": own.token(viewer)}} if method == "POST" else {}
                plain = own.client(viewer).open(path, method=method, **sent)
                assert (plain.status_code, plain.headers["Location"]) == (303, DOOR), path
                part = own.client(viewer).open(path, method=method, headers=HTMX, **sent)
                assert (part.status_code, part.headers["HX-Redirect"]) == (401, DOOR), path
                assert part.data == b""
    assert dump(own) == before


def test_a_view_that_nobody_marked_is_closed(instance: Path) -> None:
    app = create_app(settings_for(instance, f"sqlite:///{instance / 'network.db'}"))
    app.add_url_rule("/new-page", "new_page", lambda: "private")
    assert app.test_client().get("/new-page").status_code == 303
    dispose(app)


# What every answer bears


def answers(own: World) -> Iterator[tuple[str, TestResponse]]:
    """Yield one answer of every route and of every refusal, to members and to nobody."""
    values = {name: found[:1] for name, found in every_value(own.app).items()}
    for viewer in ("", "owner1", "steward"):
        client = own.client(viewer)
        for rule in rules(own.app, "GET"):
            for path in filled(rule, values):
                yield f"{rule.endpoint} of {viewer or 'nobody'}", client.get(path)
                yield f"{rule.endpoint} by htmx", client.get(path, headers=HTMX)
        yield "no such page", client.get("/no/such/page")
        yield "no such method", client.put("/rules")
        yield "no token", client.post("/signin")
        yield "too large", client.post("/signin", data=b"x" * 7 * MEGABYTE)
        yield "options", client.options("/rules")


def test_every_answer_bears_the_headers_that_keep_it_safe(own: World) -> None:
    for what, answer in answers(own):
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'", what
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", what
        assert policy["form-action"] == "'self'", what
        assert {*policy.values()} <= {"'none'", "'self'"}, what
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert answer.headers["Referrer-Policy"] == "same-origin", what
        assert "HX-Request" in answer.headers.get("Vary", ""), what


def test_no_answer_for_a_person_is_kept_by_a_browser_or_on_the_way(own: World) -> None:
    kept = {
        what.partition(" ")[0]
        for what, answer in answers(own)
        if not {"no-store", "private"} <= set(re.split(r",\s*", answer.headers["Cache-Control"]))
    }
    assert kept == set()


def test_a_file_is_kept_for_a_year_and_is_nothing_but_a_file(client: FlaskClient) -> None:
    with client.get("/static/css/ground.css") as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/instance/network.db", "/static/../network.db", "/network.db"])
def test_the_instance_folder_is_not_reachable(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_over_https_the_cookie_is_bound_to_the_host_and_https_stays(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    there = create_app(replace(settings, base_url="https://network.example"))
    answer = there.test_client().get("/signin", base_url="https://network.example")
    dispose(there)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_signing_out_clears_the_browser(own: World) -> None:
    client = own.client("owner1")
    answer = client.post("/signout", data={"csrf_token": own.token("owner1")})
    assert '"cookies"' in answer.headers["Clear-Site-Data"]
    assert client.get("/me/account").status_code == 303


def test_a_poisoned_host_leads_nobody_anywhere(own: World) -> None:
    client, evil = own.app.test_client(), "http://evil.example"
    for path in ("/", "/people", "/join", "/signin"):
        answer = client.get(path, base_url=evil)
        assert "evil.example" not in answer.text + answer.headers.get("Location", "")
    token = TOKEN.search(answer.text)[1]
    data = {"csrf_token": token, "email": own.story.people["owner1"].email}
    assert client.post("/signin/link", data=data, base_url=evil).status_code == 200
    known = set(own.letters())
    own.run_worker()
    (letter,) = (path.read_text() for path in set(own.letters()) - known)
    assert "evil.example" not in letter
    assert "http://127.0.0.1:8000/signin/link/" in letter.replace("=\n", "")


# Reading never writes


WRITES = (
    "INSERT INTO block (blocker_id, blocked_id, at) VALUES (1, 2, '2026-11-21 12:00:00')",
    "UPDATE member SET steward = true",
    "DELETE FROM event",
    "DROP TABLE ask",
    "CREATE TABLE other (id INTEGER)",
)


@pytest.mark.parametrize("statement", WRITES)
def test_the_reading_engine_refuses_to_write(
    app: Flask, make_member: MakeMember, statement: str
) -> None:
    make_member("ama")
    with reading() as session, pytest.raises(DBAPIError, match=r"(?i)readonly|read.only"):
        session.execute(text(statement))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_view_cannot_write_while_it_is_only_asked(
    app: Flask, make_member: MakeMember, method: str
) -> None:
    ama = make_member("ama")

    def view() -> str:
        db.session.get_one(Member, ama.id).steward = True
        db.session.flush()
        return "written"

    view.is_public = True  # type: ignore[attr-defined]
    app.add_url_rule("/w", "w", view, methods=["GET", "HEAD", "OPTIONS"])
    with pytest.raises(DBAPIError):
        app.test_client().open("/w", method=method)
    with reading() as session:
        assert session.get_one(Member, ama.id).steward is False


def test_nothing_is_written_by_looking_at_every_page(own: World) -> None:
    before, values = dump(own), every_value(own.app)
    for viewer in ("", "owner1", "steward", "waiting"):
        client = own.client(viewer)
        values["token"] = [UNKNOWN, *own.links.get(viewer, [])]
        for rule in rules(own.app, "GET"):
            for path in islice(filled(rule, values), 2):
                assert client.get(path).status_code < 500, path
            assert client.head(path).status_code < 500, path
    assert dump(own) == before


# Garbage

SCRIPT, SUM = "<script>alert(1)</script>", "{{ 1337 * 1337 }}"
GARBAGE = (
    *("", " ", "\x00", "a\x00b", "%", "\\", "'", '"', "0", "-1", "9" * 30, str(2**63), "NaN"),
    *("1e309", "٣", "2026-02-30", "0000-00", "9999-12-31", "x" * 10_000, "wort " * 400),
    *("a\r\nSet-Cookie: x=1", "' OR 1=1 --", '"; DROP TABLE member; --', SUM, SCRIPT),
    *("{% for x in ().__class__.__mro__ %}", "<svg onload=alert(1)>", "javascript:alert(1)"),
    *("*", "?", "a*", "[a-z]*", "a~2", 'purpose:(a OR b) AND NOT "c', '"open', "((((", "\u201c"),
    *("AND OR NOT", "TO [a TO b]", "__proto__", "constructor", "../../etc/passwd", "..%2f.."),
    *("//evil.example", "/\\evil.example", "https:evil.example", "/\tevil.example"),
    *("\u202e\u200b\ufeff", "İıẞǅ", "\U0001d56c" * 300, "a\u0300" * 500, "\ufffe", "\udcff"),
)
ARGUMENT = re.compile(r'(?:args|form|values)\.get(?:list)?\(\s*"([^"]+)"')
FIELD = re.compile(r"^    (\w+) = (?:\w*Field|address|zone)\(", re.MULTILINE)


def names(offers: Sequence[Offered] = ()) -> list[str]:
    """Return every name that a query or a form could have a meaning by."""
    sources = [path.read_text() for path in Path(network.__file__).parent.rglob("*.py")]
    found = {
        name for source in sources for name in ARGUMENT.findall(source) + FIELD.findall(source)
    }
    found |= {name for offer in offers for name, _ in offer.form.data}
    found |= {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    return sorted(found - {"csrf_token"})


def percent(value: str) -> str:
    return quote(value.encode("utf-8", "surrogateescape"), safe="")


def check(answer: TestResponse, what: str) -> None:
    """Whatever was sent: no failure of ours, nothing executed, nobody led away."""
    assert answer.status_code < 500, what
    assert SCRIPT.encode() not in answer.data, what
    assert b"1787569" not in answer.data, what
    for name in ("Location", "HX-Redirect", "HX-Push-Url"):
        if target := answer.headers.get(name):
            local = target.removeprefix("http://localhost")  # Werkzeug's own, for doubled slashes
            assert re.match(r"/(?![/\\])", local), f"{what} leads to {target}"
            assert target.isprintable(), what


def quickly(send: Callable[[], TestResponse], what: str) -> TestResponse:
    """Send something, which takes less than two seconds: not counting the collection of what
    hundreds of other tests have left.
    """
    gc.disable()
    try:
        began = time.process_time()
        answer = send()
        took = time.process_time() - began
    finally:
        gc.enable()
    assert took < 2, f"{what} took too long"
    return answer


def test_no_garbage_in_an_address_breaks_a_page(fresh: World) -> None:
    with time_machine.travel(NOW, tick=False):
        clients, tried = [fresh.client("steward"), fresh.client("")], 0
        for rule in rules(fresh.app, "GET"):
            values: dict[str, str] = dict.fromkeys(rule.arguments, UNKNOWN)
            for name in rule.arguments:
                for value in GARBAGE:
                    path = re.sub(rf"<{name}>", percent(value), rule.rule)
                    for other in values:
                        path = path.replace(f"<{other}>", UNKNOWN)
                    for client in clients if rule.endpoint in PUBLIC else clients[:1]:
                        check(quickly(lambda: client.get(path), path), path)  # noqa: B023
                        tried += 1
    sys.stdout.write(f"{tried} addresses tried\n")
    assert tried > 300


def test_no_garbage_in_a_query_breaks_a_page(fresh: World) -> None:
    tried, known = 0, names()
    pages = {name: found[:1] for name, found in every_value(fresh.app).items()}
    with time_machine.travel(NOW, tick=False):
        client = fresh.client("steward")
        for rule in rules(fresh.app, "GET"):
            path = next(filled(rule, pages))
            for shift in range(0, len(GARBAGE), 1 if rule.endpoint == "people.search" else 11):
                garbage = cycle(GARBAGE[shift:] + GARBAGE[:shift])
                twice = [f"{name}={percent(next(garbage))}" for name in [*known, *known]]
                what = f"{path}?{'&'.join(twice)}"[:30_000]
                check(quickly(lambda: client.get(what), path), f"{path} {shift}")  # noqa: B023
                tried += len(twice)
    sys.stdout.write(f"{tried} query parameters tried\n")
    assert tried > 5_000


# Forms in which there is nothing to get wrong, and those that are read over or only ask something.
TAKES_ANYTHING = {
    *("signing_in.ask_for_link_again", "calendar.make", "calendar.rotate"),
    *("circles.write_note", "circles.change_note", "shields.check", "portfolio.check"),
}


def test_no_garbage_in_a_form_breaks_anything(own: World, offers: list[Offered]) -> None:
    known = {offer.rule.endpoint: offer for offer in offers}
    every, tried = names(offers), 0
    for rule in unsafe_rules(own.app):
        offer = known.get(rule.endpoint)
        path = offer.form.action if offer else next(filled(rule, {}))
        asked = [name for name, _ in offer.form.data] if offer else []
        viewer = offer.viewer if offer else "steward"
        for shift in range(0, len(GARBAGE), 9):
            garbage = cycle(GARBAGE[shift:] + GARBAGE[:shift])
            data = {name: [next(garbage), next(garbage)] for name in {*asked, *every}}
            answer = sent(own, viewer, path, data, HTMX if shift % 2 else {})
            what = f"{rule.endpoint} {shift}"
            check(answer, what)
            good = {303, 204, 401} | (
                {200} if rule.endpoint in TAKES_ANYTHING or shift % 2 else set()
            )
            assert answer.status_code in good or 400 <= answer.status_code < 500, what
            tried += 2 * len(data)
    sys.stdout.write(f"{tried} form fields tried\n")
    assert tried > 30_000


def sent(
    world: World, viewer: str, path: str, data: Mapping[str, list[str]], headers: Mapping[str, str]
) -> TestResponse:
    pairs = [
        ("csrf_token", world.token(viewer)),
        *((n, v) for n, both in data.items() for v in both),
    ]
    body = "&".join(f"{name}={percent(value)}" for name, value in pairs)
    return quickly(
        lambda: world.client(viewer).post(
            path, data=body, content_type="application/x-www-form-urlencoded", headers=headers
        ),
        path,
    )


def test_a_form_that_is_not_taken_hands_back_every_word(own: World, offers: list[Offered]) -> None:
    tried = 0
    for offer in offers:
        typed = [n for n, value in offer.form.data if value.startswith("A sentence") and n != "q"]
        for wrong in set(typed) - {"handle"}:  # an address of somebody, and not words
            words = {name: f"Words for {name} that took an evening." for name in typed}
            words[wrong] = "y" * 9_000
            data = {n: [words.get(n, v)] for n, v in offer.form.data if n != "csrf_token"}
            answer = sent(own, offer.viewer, offer.form.action, data, {})
            if answer.status_code < 400:
                continue  # it was long, and taken
            lost = [words[name] for name in typed if words[name] not in answer.text]
            assert lost == [], f"{offer.rule.endpoint} with too much in {wrong}"
            tried += 1
    assert tried > 5


class Poured(io.RawIOBase):
    """A body that never ends, and counts how much of it was taken."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def pour(client: FlaskClient, path: str, kind: str, **environ: object) -> tuple[int, int]:
    """Send an endless body; return the status and how much was read before it."""
    body = Poured()
    poured = {"wsgi.input": body, "CONTENT_TYPE": kind, **environ}
    return client.post(path, environ_overrides=poured).status_code, body.taken


KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("viewer", ["", "owner1"])
def test_a_body_of_10_mb_is_a_quick_413(own: World, kind: str, viewer: str) -> None:
    # Whoever is turned away, or sent no form at all, is so before the body is looked at.
    early = {303, 404} | ({400} if kind == "text/plain" else set())
    for rule in unsafe_rules(own.app):
        path, long = next(filled(rule, {})), str(10 * MEGABYTE)
        status, taken = pour(own.client(viewer), path, kind, CONTENT_LENGTH=long)
        assert status in {413, *early}, rule.rule
        assert taken < MEGABYTE, rule.rule


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_body_that_does_not_say_how_long_it_is_ends_too(client: FlaskClient, kind: str) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    status, taken = pour(client, "/signin", kind, **chunked)
    assert status in {400, 413}  # a form that is cut off has no token
    assert taken < 8 * MEGABYTE


# Limits

CREDENTIALS = (
    "signing_in.enter",
    "signing_in.ask_for_link",
    "signing_in.use_link",
    "signing_in.enter_again",
    "signing_in.ask_for_link_again",
    "joining.ask",
    "joining.use_invitation",
    "account.ask_to_change_address",
    "account.change_address",
    "account.set_password",
    "stewardship.invite",
)


@pytest.fixture
def limited(own: World) -> Iterator[World]:
    """The copy again, behind an application that counts as it does for people."""
    settings = replace(own.app.config["SETTINGS"], testing=False)
    app = create_app(settings)
    yield replace(own, app=app)
    dispose(app)
    create_app(replace(settings, testing=True))  # leaves nothing counting for the tests to come


def statuses(
    own: World, path: str, times: int, *, viewer: str = "", one: str = "", ip: str = "10.0.0.1"
) -> list[int]:
    """Return what so many tries get: with an address each, or all with one and from everywhere."""
    found = []
    for number in range(times):
        data = {"csrf_token": own.token(viewer), "email": one or f"n{number}@outside.example"}
        data |= {"password": "not the right one", "name": "Somebody"}
        found.append(
            own.client(viewer)
            .post(
                path,
                data=data,
                environ_base={"REMOTE_ADDR": f"10.1.{number}.1" if one else ip},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            )
            .status_code
        )
        if found[-1] == 429:
            break
    return found


@pytest.mark.parametrize("endpoint", CREDENTIALS)
def test_every_credential_route_is_limited_whatever_the_forwarded_address_says(
    limited: World, endpoint: str
) -> None:
    (rule,) = limited.app.url_map.iter_rules(endpoint)
    viewer = "steward" if rule.rule.startswith(("/me", "/steward", "/signin/again")) else ""
    viewer = "" if "token" in rule.arguments else viewer
    got = statuses(limited, next(filled(rule, {})), 61, viewer=viewer)
    assert got[0] != 429
    assert got[-1] == 429


@pytest.mark.parametrize("path", ["/signin", "/signin/link", "/join"])
def test_one_account_is_tried_slowly_from_everywhere(limited: World, path: str) -> None:
    known = limited.story.people["owner1"].email
    got = {one: statuses(limited, path, 12, one=one) for one in (known, "nobody@outside.example")}
    assert got[known][-1] == 429
    assert got[known] == got["nobody@outside.example"], (
        "the limit tells whether an address is known"
    )


def test_looking_is_never_limited(limited: World) -> None:
    client = limited.client("")
    assert {client.get("/signin").status_code for _ in range(100)} == {200}


def test_limits_hold_when_another_application_is_made_in_the_process(
    limited: World, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = create_app(settings_for(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'n.db'}"))
    assert statuses(limited, "/signin", 12, one="ama@outside.example")[-1] == 429
    dispose(other)


def test_no_token_is_good_for_anything_but_its_own_door(own: World) -> None:
    sign_in, address = own.links["owner2"]
    doors = [r for r in rules(own.app, "GET") if "token" in r.arguments]
    opened = {
        (rule.endpoint, number)
        for rule in doors
        for number, token in enumerate((sign_in, address, own.links["invited"][0]))
        if own.client("").get(next(filled(rule, {"token": [token]}))).status_code == 200
    }
    assert opened == {("signing_in.link", 0), ("account.new_address", 1), ("joining.invited", 2)}


def test_a_network_without_a_row_or_an_index_still_answers(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path / 'network.db'}"))
    with app.app_context():
        migrate()
    assert app.test_client().get("/").status_code == 200
    assert "index: missing" in app.test_client().get("/health/ready").text
    with app.app_context(), transaction() as session:
        session.add(Network(id=1, name="Saltmarsh"))
    dispose(app)
