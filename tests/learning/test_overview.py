"""The page of learning."""

from __future__ import annotations

import re

import pytest
import time_machine

from network.circles.kinds import Door
from network.learning.kinds import Format, SeatState, SessionState
from network.learning.queries.overview import PAGE
from network.search.finding import PAGE as FOUND
from tests.things import (
    NOON,
    keep_circle,
    keep_entry,
    keep_need,
    keep_room,
    keep_session,
    learn_things,
    take_seat,
)

CARD = re.compile(r'data-(session|need|room|harvest)="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ama(make_member):
    return make_member("ama", time_zone="Asia/Kolkata")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


@pytest.fixture
def look(sign_in):
    def at(member, address="/learning", **kwargs):
        answer = sign_in(member).get(address, **kwargs)
        assert answer.status_code == 200
        return answer.text

    return at


def cards(page):
    return CARD.findall(page)


def keys(page):
    return [key for _kind, key in cards(page)]


@pytest.fixture
def one_of_each(app, rui):
    session = keep_session("Mending nets", host=rui)
    need, room = keep_need(rui, "I want to mend nets"), keep_room(rui, "Who mends nets?")
    entry = keep_entry(rui, session=session, words="Wet nets mend badly.")
    learn_things(app)
    return {"session": session.key, "need": need.key, "room": room.key, "harvest": entry.key}


def test_what_comes_up_stands_before_what_there_is(ama, rui, one_of_each, look):
    going = keep_session("Going", host=rui, days=9)
    take_seat(going, ama)
    page = look(ama)
    assert cards(page) == [("session", going.key), *one_of_each.items()]
    assert page.index("Coming up for you") < page.index("Sessions to come")
    assert "Hosted by Rui Example." in page


@pytest.mark.parametrize(
    ("seat", "words"),
    [
        (SeatState.GOING, "You are going."),
        (SeatState.WAITLISTED, "You are in line."),
        (SeatState.OFFERED, "A place is held for you. It waits for your answer."),
    ],
)
def test_ones_place_is_said(ama, rui, look, seat, words):
    take_seat(keep_session(host=rui), ama, seat)
    assert look(ama).count(words) == 1


def test_times_stand_on_the_readers_clock_and_places_nowhere(ama, rui, look):
    keep_session(host=rui, place="Harbour street", days=3)
    page = look(ama)
    assert "Tuesday, 24 November 2026, 17:30 to 18:30, Kolkata’s time</time>." in page
    assert "Harbour street" not in page


def test_a_session_of_ones_circle_says_so(ama, rui, look):
    circle = keep_circle("The Herons", people=[ama, rui])
    session = keep_session(host=rui, circle=circle)
    page = look(ama)
    assert keys(page) == [session.key]
    assert f'href="/circles/{circle.slug}">The Herons</a>' in page


def test_one_field_looks_through_all_kinds(ama, one_of_each, look):
    page = look(ama, "/learning?q=nets")
    assert sorted(cards(page)) == sorted(one_of_each.items())
    assert page.count("<mark>nets</mark>") == len(one_of_each)


@pytest.mark.parametrize("kind", ["session", "need", "room", "harvest"])
@pytest.mark.parametrize("words", ["", "q=nets&"])
def test_a_kind_narrows_to_itself(ama, one_of_each, look, kind, words):
    page = look(ama, f"/learning?{words}kind={kind}")
    assert cards(page) == [(kind, one_of_each[kind])]


def test_kinds_go_together_and_a_format_is_of_sessions(app, ama, rui, one_of_each, look):
    talk = keep_session("A talk", host=rui, format=Format.TALK)
    learn_things(app)
    both = look(ama, "/learning?kind=need&kind=room")
    assert {kind for kind, _key in cards(both)} == {"need", "room"}
    assert keys(look(ama, "/learning?format=talk")) == [talk.key]
    assert keys(look(ama, "/learning?format=talk&q=talk")) == [talk.key]
    assert keys(look(ama, "/learning?format=unheard&kind=nothing")) == keys(look(ama))


def test_htmx_gets_what_was_found_alone(ama, one_of_each, look):
    for address in ("/learning?q=nets", "/learning"):
        part = look(ama, address, headers={"HX-Request": "true"})
        assert part.lstrip().startswith('<section class="body" id="found"')
        assert part.strip() in look(ama, address)


def test_sessions_turn_their_pages(app, ama, rui, look):
    sessions = [keep_session(f"S{n}", host=rui, days=n + 1) for n in range(PAGE + 1)]
    keep_need(rui)
    first = look(ama)
    (further,) = re.findall(r'href="(/learning\?from=[^"]+)"', first)
    second = look(ama, further.replace("&amp;", "&"))
    assert [*keys(first)[:PAGE], *keys(second)] == [each.key for each in sessions]


def test_what_was_found_turns_its_pages(app, ama, rui, look):
    for n in range(FOUND + 1):
        keep_need(rui, f"To mend nets {n}")
    learn_things(app)
    first = look(ama, "/learning?q=nets&kind=need")
    (further,) = re.findall(r'href="(/learning\?from=[^"]+)"', first)
    second = look(ama, further.replace("&amp;", "&"))
    assert (len(keys(first)), len(keys(second))) == (FOUND, 1)
    assert not set(keys(first)) & set(keys(second))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/learning", "Nothing is planned yet."),
        ("/learning", "Nobody has said so yet."),
        ("/learning", "None is open just now."),
        ("/learning", "Nothing has been written down for all members yet."),
        ("/learning?q=nets", "Nothing’s words fit “nets”."),
        ("/learning?q=%21%3F", "There is no word in “!?” to look for."),
        ("/learning?kind=room", "There is nothing of this kind just now."),
        ("/learning?format=talk", "No session of this kind is planned."),
    ],
)
def test_an_empty_page_teaches(app, ama, look, address, words):
    learn_things(app)
    assert words in look(ama, address)


def test_an_index_that_is_away_is_said(ama, rui, look):
    keep_need(rui)
    page = look(ama, "/learning?q=nets")
    assert len(cards(page)) == 1
    assert "The search is being rebuilt" in page


def test_what_is_proposed_looks_for_a_host(app, ama, rui, look):
    keep_session("Nets", proposer_id=rui.id, state=SessionState.PROPOSED)
    learn_things(app)
    assert "it looks for a host" in look(ama, "/learning?q=nets")


@pytest.mark.parametrize("index", ["heard", "away"])
@pytest.mark.parametrize("address", ["/learning?q={}", "/learning?q={}&format=workshop"])
def test_inv_57_words_of_a_circles_sessions_get_what_nonsense_gets(
    app, ama, rui, sign_in, index, address
):
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    session = keep_session("Kingfisher", host=rui, circle=circle)
    if index == "heard":
        learn_things(app)
    client = sign_in(ama)
    pages = []
    for word in ("kingfisher", "zzzzzzzzzz"):
        text = client.get(address.format(word)).text
        pages.append(TOKEN.sub("", text.replace(word, "WORD")))
    assert pages[0] == pages[1]
    assert session.key in sign_in(rui).get(address.format("kingfisher")).text


def test_a_page_is_as_many_statements_at_any_size(app, ama, rui, sign_in, ran):
    client = sign_in(ama)
    circle = keep_circle(people=[ama, rui])
    addresses = (
        "/learning",
        "/learning?q=nets",
        "/learning?kind=need",
        "/learning?format=workshop",
    )

    def fill(many):
        for n in range(many):
            session = keep_session(f"Nets {n}", host=rui, days=n + 1)
            take_seat(session, ama) if n % 2 else None
            keep_session(f"Meeting {n}", host=rui, circle=circle, days=n + 1)
            keep_need(rui, f"To mend nets {n}")
            keep_room(rui, f"Nets {n}?")
            keep_entry(rui, session=session, words=f"Nets {n}.")
        learn_things(app)

    client.get("/learning")  # a first visit is noted
    counts = []
    for many in (2, 25):
        fill(many)
        counts.append([len(ran(lambda each=each: client.get(each))) for each in addresses])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
