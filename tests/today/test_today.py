from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from network.asks import services as asks
from network.composition import PEOPLE
from network.db import reading, transaction
from network.members.kinds import Audience, Part, State
from network.members.models import Connection, Member
from network.members.services import accounts, boundaries, participation, profiles
from network.relationships.kinds import CONNECTION
from network.search import backend, indexer
from network.today import queries

REASON = "Your sentence about kitchens has stayed with me."
PURPOSE = "I keep night wards calm for grieving families."


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ama(make_member, now):
    joined = now - timedelta(days=400)
    return make_member("ama", name="Ama Lindgren", purpose=PURPOSE, joined_at=joined)


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def learn(app):
    return lambda: indexer.rebuild(backend.index(app), PEOPLE)


def section(page, heading):
    """Return the part of a page from this heading to the next."""
    found = re.search(rf'<h2 id="{heading}".*?(?=<h2 id=|</main>)', page.text, re.DOTALL)
    return found[0] if found else ""


def listed(text):
    return re.findall(r'data-member="([^"]+)"', text)


def change(member, do, **values):
    with transaction() as db:
        do(db, db.get_one(Member, member.id), **values)


def connect(one, other, now):
    low, high = sorted((one.id, other.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))


HIDINGS = {
    "pause": lambda m, v, now: change(m, participation.pause, until=None, now=now),
    "audience": lambda m, v, now: change(
        m, profiles.set_audience, part=Part.PURPOSE, audience=Audience.ME, now=now
    ),
    "block": lambda m, v, now: change(m, boundaries.block, blocked_id=v.id, now=now),
    "shield": lambda m, v, now: change(
        m, boundaries.raise_shield, against=f"{v.handle}.example", now=now
    ),
    "leaving": lambda m, v, now: change(m, put, state=State.LEAVING),
    "suspended": lambda m, v, now: change(m, put, state=State.SUSPENDED),
    "departed": lambda m, v, now: change(m, put, state=State.DEPARTED),
}


def put(_db, member, *, state):
    member.state = state


def test_one_is_greeted_by_the_hour_where_one_is(ama, sign_in, now):
    for zone, hour, words in (
        ("UTC", 5, "Good morning, Ama Lindgren."),
        ("UTC", 12, "Good afternoon, Ama Lindgren."),
        ("UTC", 18, "Good evening, Ama Lindgren."),
        ("Asia/Tokyo", 12, "Good evening, Ama Lindgren."),
        ("America/Los_Angeles", 12, "Good morning, Ama Lindgren."),
        ("Asia/Tokyo", 20, "Good morning, Ama Lindgren."),
    ):
        change(ama, accounts.set_time_zone, time_zone=zone, now=now)
        with time_machine.travel(datetime(2026, 11, 21, hour, 30, tzinfo=UTC), tick=False):
            page = sign_in(ama).get("/").text
        assert f"<h1>{words}</h1>" in page
        assert ("Sunday, 22 November" in page) == (zone == "Asia/Tokyo" and hour == 20)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_waits_for_an_answer_can_be_answered_here(ama, hers, make_member, now, count):
    for number in range(count):
        other = make_member(f"p{number}", name=f"Person {number}")
        with transaction() as db:
            people = {
                "asker": db.get_one(Member, other.id),
                "addressee": db.get_one(Member, ama.id),
            }
            asks.send(db, CONNECTION, **people, reason=REASON, submission="one", now=now)
    page = hers.get("/").text
    assert page.count('<form class="answers" action="/asks/') == count
    assert ("Nothing waits for you." in page) == (count == 0)
    assert ("Person 0 has asked you something." in page) == (count == 1)
    assert ("Some people have asked you something." in page) == (count == 2)


def test_purposes_near_mine_show_the_shared_words_marked(hers, make_member, learn):
    make_member("rui", purpose="Calm wards, and somebody awake beside you.")
    make_member("kai", purpose="I keep a kiln.")
    learn()
    near = section(hers.get("/"), "near")
    assert listed(near) == ["rui"]
    assert "<mark>Calm wards</mark>, and somebody" in near


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_01_03_who_hides_is_not_suggested_and_not_new(
    ama, hers, make_member, learn, now, hides
):
    rui = make_member("rui", purpose="Calm wards, and somebody awake beside you.")
    learn()
    page = hers.get("/")
    assert [listed(section(page, heading)) for heading in ("near", "new")] == [["rui"], ["rui"]]
    HIDINGS[hides](rui, ama, now)
    page = hers.get("/")
    assert listed(page.text) == []
    assert "somebody awake beside you" not in page.text


def test_without_the_index_nothing_is_suggested_and_the_page_stands(hers, make_member):
    make_member("rui", purpose="Calm wards, and somebody awake beside you.")
    page = hers.get("/")
    assert page.status_code == 200
    assert "Nobody’s purpose shares two words with yours just now." in section(page, "near")


def test_without_a_purpose_the_page_says_how_to_begin(make_member, sign_in, learn):
    newcomer = make_member("new", purpose="")
    learn()
    page = sign_in(newcomer).get("/")
    assert "What are you for, these days?" in page.text
    assert 'href="/me/profile#purpose"' in page.text
    assert "When you have said your purpose" in section(page, "near")


def new(viewer, now):
    with reading() as db:
        member = db.get_one(Member, viewer.id)
        _purpose, voices = queries.purpose_and_newcomers(db, member, now)
        return [voice.member.handle for voice in voices]


def test_newcomers_are_those_of_two_weeks_the_newest_first_and_four_at_most(ama, make_member, now):
    for days in (15, 14, 13, 3, 5, 9, 1):
        make_member(f"d{days}", joined_at=now - timedelta(days=days))
    assert new(ama, now) == ["d1", "d3", "d5", "d9"]
    assert new(ama, now + timedelta(days=5)) == ["d1", "d3", "d5"]


def test_who_has_said_nothing_yet_is_not_shown_as_new(ama, make_member, now):
    make_member("silent", purpose="")
    assert new(ama, now) == []
    assert new(make_member("new"), now) == []


def test_a_purpose_for_connections_is_new_to_them_alone(ama, make_member, now):
    rui, friend = make_member("rui"), make_member("friend", purpose="")
    change(rui, profiles.set_audience, part=Part.PURPOSE, audience=Audience.CONNECTIONS, now=now)
    connect(rui, friend, now)
    assert (new(ama, now), new(friend, now)) == ([], ["rui"])


@pytest.mark.parametrize("lit", [True, False])
def test_the_page_says_whether_the_lamp_is_lit(ama, hers, now, lit):
    if not lit:
        change(ama, participation.pause, until=now + timedelta(days=3), now=now)
    page = hers.get("/").text
    assert ("Your lamp is lit" in page, "Your lamp is out" in page) == (lit, not lit)
    if not lit:
        with time_machine.travel(now + timedelta(days=3), tick=False):
            assert "Your lamp is lit" in hers.get("/").text


def to_anyone(member, now):
    profile = {"part": Part.PURPOSE, "audience": Audience.WEB, "widen_words": True}
    change(member, profiles.set_audience, **profile, now=now)


def test_the_cover_shows_purposes_meant_for_anyone_and_nothing_else(client, make_member, now):
    rui = make_member("rui", purpose="Words for anyone.", offers="Words for members.")
    make_member("kai", purpose="Words for members too.")
    to_anyone(rui, now)
    page = client.get("/")
    assert listed(page.text) == ["rui"]
    assert "Words for anyone." in page.text
    assert "Words for members" not in page.text
    assert 'content="index"' in page.text


@pytest.mark.parametrize("hides", ["pause", "leaving", "suspended", "departed", "audience"])
def test_inv_03_who_hides_is_not_on_the_cover(client, make_member, now, hides):
    rui = make_member("rui", purpose="Words for anyone.")
    to_anyone(rui, now)
    HIDINGS[hides](rui, rui, now)
    assert listed(client.get("/").text) == []


def test_the_cover_turns_from_day_to_day(app, make_member, now):
    for number in range(8):
        to_anyone(make_member(f"p{number}"), now)
    with reading() as db:
        days = [queries.voices_for_the_web(db, now + timedelta(days=day)) for day in range(40)]
        shown = [tuple(voice.member.handle for voice in voices) for voices in days]
    assert {len(handles) for handles in shown} == {3}
    assert {handle for handles in shown for handle in handles} == {f"p{n}" for n in range(8)}


def test_the_cover_leads_to_the_door(client):
    page = client.get("/").text
    assert 'href="/join"' in page
    assert 'href="/demo"' not in page
    assert "Sign in" in page
