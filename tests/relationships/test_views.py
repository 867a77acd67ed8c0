from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from markupsafe import escape
from sqlalchemy import func, select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.members.kinds import Audience, Part, WhoMayAsk
from network.members.models import Block, Connection, Member, Participation
from network.members.services import boundaries, participation, profiles
from network.relationships.kinds import CONNECTION
from network.relationships.queries import map as relationship_map
from tests.conftest import plain, post

HTMX = {"HX-Request": "true"}
REASON = "Your sentence about kitchens has stayed with me."
WORDS = {
    Part.PURPOSE: (Audience.WEB, "Words for anyone."),
    Part.OFFERS: (Audience.MEMBERS, "Words for members."),
    Part.CONTACT: (Audience.CONNECTIONS, "Words for connections."),
    Part.STORY: (Audience.ME, "Words for me."),
}


@pytest.fixture
def rui(make_member, now):
    member = make_member("rui", name="Rui Costa", purpose="")
    with transaction() as db:
        mine = db.get_one(Member, member.id)
        for part, (audience, words) in WORDS.items():
            profiles.save(db, mine, part, body=words, audience=audience, now=now)
    return member


@pytest.fixture
def ama(make_member):
    return make_member("ama", name="Ama Lindgren")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def his(rui, sign_in):
    return sign_in(rui)


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


def ask(asker, addressee, now, *, days_ago=0, then=None):
    with transaction() as db:
        one, other = db.get_one(Member, asker.id), db.get_one(Member, addressee.id)
        at = now - timedelta(days=days_ago)
        sent = asks.send(
            db, CONNECTION, asker=one, addressee=other, reason=REASON, submission="one", now=at
        )
        if then == "declined":
            asks.decline(db, sent, CONNECTION, actor=other, now=at)
        if then == "accepted":
            asks.accept(db, sent, CONNECTION, actor=other, now=at)
        if then == "withdrawn":
            asks.withdraw(db, sent, actor=one, now=at)
    return sent


def shown(answer):
    assert answer.status_code == 200
    return [words for _audience, words in WORDS.values() if words in answer.text]


@pytest.mark.parametrize(("who", "level"), [("nobody", 1), ("member", 2), ("connection", 3)])
def test_each_sees_what_is_meant_for_them(client, rui, ama, hers, now, who, level):
    if who == "connection":
        ask(ama, rui, now, then="accepted")
    page = (client if who == "nobody" else hers).get("/people/rui")
    assert shown(page) == [words for _audience, words in list(WORDS.values())[:level]]
    assert '<article class="doc" data-member="rui"' in page.text


def test_ones_own_page_shows_everything_and_the_ways_to_change_it(rui, his):
    page = his.get("/people/rui")
    assert len(shown(page)) == 4
    assert "This is you" in page.text
    assert 'id="reach"' not in page.text


def test_on_the_web_there_is_no_way_to_ask_and_only_what_was_meant_for_it(rui, client):
    page = client.get("/people/rui")
    assert 'id="reach"' not in page.text
    assert 'name="robots" content="all"' in page.text
    assert client.get("/people/rui/end").status_code == 303


def test_nobody_is_on_the_web_who_put_nothing_there(ama, rui, client, hers):
    unknown = client.get("/people/no-such-person")
    assert (unknown.status_code, plain(client.get("/people/ama"))) == (404, plain(unknown))
    assert 'content="noindex"' in hers.get("/people/rui").text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("may ask", "Ask Rui Costa to connect"),
        ("mine waits", "You asked on 20 November. It is open until 20 December."),
        ("theirs waits", "Rui Costa has asked you to connect. It waits for your answer."),
        ("too soon", "You can ask again from 19 January 2027."),
        ("took back", "You can ask again from 18 February 2027."),
        ("long ago", "Ask Rui Costa to connect"),
        ("not open", "Rui Costa is not taking new asks of this kind just now."),
        ("connected", "You have been connected since 20 November. You asked, with these words:"),
        (
            "they asked",
            "You have been connected since 20 November. Rui Costa asked, with these words:",
        ),
    ],
)
def test_the_page_offers_what_can_be_done_now(ama, rui, hers, now, state, says):
    if state in {"mine waits", "took back"}:
        ask(ama, rui, now, days_ago=1, then="withdrawn" if state == "took back" else None)
    if state in {"theirs waits", "they asked"}:
        ask(rui, ama, now, days_ago=1, then="accepted" if state == "they asked" else None)
    if state in {"too soon", "long ago"}:
        ask(ama, rui, now, days_ago=31 if state == "too soon" else 90)
    if state == "connected":
        ask(ama, rui, now, days_ago=1, then="accepted")
    if state == "not open":
        with transaction() as db:
            db.get_one(Participation, rui.id).who_may_connect = WhoMayAsk.NOBODY
    page = hers.get("/people/rui")
    assert says in " ".join(re.sub(r"<[^>]+>", "", page.text).split())
    assert ('action="/people/rui/connect"' in page.text) == says.startswith("Ask Rui")
    assert ("/people/rui/end" in page.text) == ("connected since" in says)
    assert "/people/rui/block" in page.text


@pytest.mark.parametrize("days_ago", [0, 20, 31, 89, 90])
def test_inv_14_a_no_is_silence_byte_for_byte(ama, rui, hers, make_member, sign_in, now, days_ago):
    ask(ama, rui, now, days_ago=days_ago, then="declined")
    no = plain(hers.get("/people/rui"))
    with transaction() as db:
        db.query(Ask).update({"state": AskState.WAITING, "ended_at": None})
    assert plain(hers.get("/people/rui")) == no


def test_inv_14_a_person_who_was_asked_by_nobody_looks_the_same_to_others(
    ama, rui, make_member, sign_in, now
):
    theirs = sign_in(make_member("dara"))
    before = plain(theirs.get("/people/rui"))
    ask(ama, rui, now)
    assert plain(theirs.get("/people/rui")) == before


def asked():
    with reading() as db:
        return [tuple(row) for row in db.execute(select(Ask.reason, Ask.state))]


def test_an_ask_is_sent_with_its_reason_and_said_on_the_next_page(ama, rui, hers, his):
    data = {"reason": f" {REASON}\r\nAnd a second line. ", "submission": "a1"}
    answer = post(hers, "/people/rui/connect", data)
    assert (answer.status_code, answer.location) == (303, "/people/rui")
    assert asked() == [(f"{REASON}\nAnd a second line.", AskState.WAITING)]
    page = hers.get("/people/rui").text
    assert "Your ask is with Rui Costa. You can take it back under Asks." in page
    assert "It waits for your answer." in his.get("/people/ama").text


def test_with_htmx_the_way_on_is_a_header(rui, hers):
    answer = post(hers, "/people/rui/connect", {"reason": REASON}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/people/rui")
    assert len(asked()) == 1


def test_inv_20_pressing_twice_is_one_ask(rui, hers):
    for _twice in range(2):
        data = {"reason": REASON, "submission": "the same form"}
        assert post(hers, "/people/rui/connect", data).status_code == 303
    assert len(asked()) == 1
    with reading() as db:
        assert db.scalar(select(func.count()).where(Event.kind == "asks:sent")) == 1
        assert db.scalar(select(func.count()).where(Delivery.channel == "mail")) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_a_reason_that_says_nothing_or_too_much_is_given_back(rui, hers, headers):
    for reason in ("", " \u200b ", "Hi there!", "<b>Hi</b>", "x" * 2001):
        data = {"reason": reason, "submission": "a1"}
        answer = post(hers, "/people/rui/connect", data, headers=headers)
        assert (answer.status_code, asked()) == (422, [])
        assert 'aria-invalid="true"' in answer.text
        assert str(escape(reason.strip(" \u200b"))) in answer.text
        assert 'name="submission" value="a1"' in answer.text
        assert ("<!doctype html>" in answer.text) != bool(headers)


@pytest.mark.parametrize("state", ["mine waits", "too soon", "connected", "not open", "myself"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_an_ask_that_cannot_be_sent_is_refused_with_the_words_kept(
    ama, rui, hers, now, state, headers
):
    who = "ama" if state == "myself" else "rui"
    if state == "not open":
        with transaction() as db:
            db.get_one(Participation, rui.id).who_may_connect = WhoMayAsk.INTRODUCED
    elif state != "myself":
        then = "accepted" if state == "connected" else None
        ask(ama, rui, now, days_ago=40 if state == "too soon" else 1, then=then)
    before = asked()
    words = "Words that took me an evening."
    data = {"reason": words, "submission": "two"}
    answer = post(hers, f"/people/{who}/connect", data, headers=headers)
    assert answer.status_code in ({403} if state in {"not open", "myself"} else {409})
    assert asked() == before
    if not headers:
        assert words in answer.text
    else:
        assert answer.headers["HX-Retarget"] == "#live"


def test_crossing_asks_connect_at_once(ama, rui, hers, his, now):
    ask(rui, ama, now)
    assert post(hers, "/people/rui/connect", {"reason": REASON}).status_code == 303
    assert "Rui Costa had asked you too. You are connected." in hers.get("/people/rui").text
    assert "You are connected." not in his.get("/people/ama").text.split('id="live"')[1]
    assert "You have been connected since" in his.get("/people/ama").text


@pytest.fixture
def tie(ama, rui, now):
    ask(ama, rui, now, days_ago=3, then="accepted")


def live():
    with reading() as db:
        return db.scalar(select(func.count()).where(Connection.ended_at.is_(None)))


def test_ending_is_asked_once_more_and_then_done_quietly(tie, hers, his):
    page = hers.get("/people/rui/end")
    assert "End your connection with Rui Costa?" in page.text
    assert 'action="/people/rui/end" method="post"' in page.text
    assert live() == 1
    answer = post(hers, "/people/rui/end")
    assert (answer.status_code, answer.location, live()) == (303, "/connections", 0)
    assert "The connection has ended. Rui Costa is not told." in hers.get("/connections").text
    assert shown(hers.get("/people/rui")) == ["Words for anyone.", "Words for members."]
    assert "ended" not in plain(his.get("/asks")) + plain(his.get("/"))
    with reading() as db:
        kinds = select(Event.kind).join(Delivery).where(Delivery.channel == "mail")
        assert "relationships:connection:ended" not in db.scalars(kinds).all()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("whose", ["stranger", "twice"])
def test_where_there_is_no_connection_there_is_none_to_end(
    tie, hers, rui, make_member, sign_in, headers, method, whose
):
    client = sign_in(make_member("dara")) if whose == "stranger" else hers
    if whose == "twice":
        post(client, "/people/rui/end")
    before = live()
    if method == "GET":
        answer = client.get("/people/rui/end", headers=headers)
    else:
        answer = post(client, "/people/rui/end", headers=headers)
    assert (answer.status_code, live()) == (404, before)


@pytest.mark.parametrize("who", ["connected", "stranger"])
def test_blocking_is_asked_once_more_and_then_both_are_gone_for_each_other(
    ama, rui, hers, his, now, who
):
    if who == "connected":
        ask(ama, rui, now, then="accepted")
    page = hers.get("/people/rui/block")
    assert "Block Rui Costa?" in page.text
    assert 'action="/people/rui/block" method="post"' in page.text
    answer = post(hers, "/people/rui/block")
    assert (answer.status_code, answer.location) == (303, "/me/boundaries")
    assert "From now on you and Rui Costa are not here for each other." in (
        hers.get("/me/boundaries").text
    )
    for client, other in ((hers, "rui"), (his, "ama")):
        nobody = client.get("/people/no-such-person")
        assert plain(client.get(f"/people/{other}")) == plain(nobody)
        assert f'data-member="{other}"' not in client.get("/connections").text
    assert live() == 0


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("path", ["connect", "end", "block"])
def test_inv_09_the_blocked_can_do_nothing_to_each_other(tie, ama, rui, hers, his, headers, path):
    post(hers, "/people/rui/block")
    for client, other in ((hers, "rui"), (his, "ama")):
        answer = post(client, f"/people/{other}/{path}", {"reason": REASON}, headers=headers)
        assert answer.status_code == 404
    with reading() as db:
        assert db.query(Block).count() == 1
        assert db.scalar(select(func.count()).where(Event.kind == "members:blocked")) == 1


@pytest.mark.parametrize("path", ["end", "block"])
def test_one_does_nothing_of_the_kind_to_oneself(hers, path):
    assert hers.get(f"/people/ama/{path}").status_code == 403
    assert post(hers, f"/people/ama/{path}").status_code == 403


def test_reading_the_pages_changes_nothing(tie, hers):
    with reading() as db:
        before = db.scalar(select(func.count(Event.id)))
    for path in ("/people/rui", "/people/rui/end", "/people/rui/block", "/connections"):
        assert hers.get(path).status_code == 200
    with reading() as db:
        assert db.scalar(select(func.count(Event.id))) == before


def test_connections_are_listed_with_how_they_came_about(tie, hers, his):
    for client, other, words in ((hers, "rui", "You asked:"), (his, "ama", "They asked:")):
        page = client.get("/connections").text
        assert f'<article data-member="{other}">' in page
        assert words in page
        assert REASON in page
        assert "Since 18 November." in page


def test_without_connections_the_page_says_how_to_find_people(hers):
    page = hers.get("/connections").text
    assert "You are not connected with anybody yet." in page
    assert 'href="/people"' in page


@pytest.mark.parametrize("hides", ["shield", "pause"])
def test_inv_10_a_connection_behind_a_shield_is_not_listed_a_paused_one_is(
    tie, rui, hers, now, hides
):
    with transaction() as db:
        member = db.get_one(Member, rui.id)
        if hides == "shield":
            boundaries.raise_shield(db, member, against="ama.example", now=now)
        else:
            participation.pause(db, member, until=None, now=now)
    assert ('data-member="rui"' in hers.get("/connections").text) == (hides == "pause")


def test_many_connections_are_turned_over_page_by_page(ama, hers, make_member, now, monkeypatch):
    monkeypatch.setattr(relationship_map, "PAGE", 3)
    for number in range(7):
        other = make_member(f"p{number}", name=f"Person {number}", purpose="")
        with transaction() as db:
            values = {"low_id": ama.id, "high_id": other.id, "asker_id": ama.id, "since": now}
            db.add(Connection(**values, reason=REASON))
    pages = [re.findall(r'data-member="(\w+)"', hers.get(f"/connections?from={n}").text)
             for n in (0, 3, 6)]  # fmt: skip
    assert pages == [["p0", "p1", "p2"], ["p3", "p4", "p5"], ["p6"]]
    assert 'href="/connections?from=6">Further names' in hers.get("/connections?from=3").text
    assert "This is where it ends" in hers.get("/connections?from=6").text
    for garbage in ("-1", "x", "²", "9" * 40, ""):
        answer = hers.get("/connections", query_string={"from": garbage})
        assert 'data-member="p0"' in answer.text


def test_signed_out_nobody_gets_further_than_the_web(rui, client):
    for path in ("/people/rui/end", "/people/rui/block", "/connections"):
        assert client.get(path).location == "/signin"
    for path in ("connect", "end", "block"):
        answer = post(client, f"/people/rui/{path}", {"reason": REASON})
        assert (answer.status_code, answer.location) == (303, "/signin")
    assert asked() == []


@pytest.mark.parametrize("who", ["stranger", "own", "nobody"])
def test_a_persons_page_answers_htmx_too(rui, hers, his, client, who):
    visitor = {"stranger": hers, "own": his, "nobody": client}[who]
    answer = visitor.get("/people/rui", headers=HTMX)
    assert answer.status_code == 200
    assert ("to connect" in answer.text) == (who == "stranger")
