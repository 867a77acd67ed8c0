"""The page of circles."""

from __future__ import annotations

import re

import pytest
import time_machine

from network.circles.kinds import Door, Form, Life
from network.circles.queries.overview import circles_of
from network.db import reading
from network.members.kinds import MembershipState
from network.members.models import Member
from network.search.finding import PAGE
from tests.conftest import DRAWN
from tests.things import NOON, keep_circle, learn_things, place_in

CARD = re.compile(r'data-circle="([^"]+)"')


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


@pytest.fixture
def look(sign_in):
    def at(member, address="/circles", **kwargs):
        answer = sign_in(member).get(address, **kwargs)
        assert answer.status_code == 200
        return answer.text

    return at


def slugs(page):
    return CARD.findall(page)


def test_ones_own_circles_come_first_with_what_one_is_in_them(app, ama, rui, look):
    states = {
        "Facilitating": (MembershipState.MEMBER, {"facilitates": True}, "You facilitate it."),
        "In": (MembershipState.MEMBER, {}, "You are in it."),
        "Rests": (MembershipState.RESTING, {}, "You are in it, and rest just now."),
        "Asked": (MembershipState.INVITED, {}, "It waits for your answer."),
        "Line": (MembershipState.QUEUED, {}, "You are in line for a place."),
        "Wants": (MembershipState.APPLIED, {}, "You asked to come in."),
    }
    other = keep_circle("A stranger", people=[rui])
    mine = [keep_circle(name, door=Door.HIDDEN) for name in states]
    for circle in mine:
        state, values, _words = states[circle.name]
        place_in(circle, ama, state, **values)
    learn_things(app)
    page = look(ama)
    assert slugs(page) == [*(circle.slug for circle in mine), other.slug]
    for _state, _values, words in states.values():
        assert page.count(words) == 1


def test_what_is_over_is_nobodys_circle(ama):
    for state in (MembershipState.LEFT, MembershipState.REMOVED, MembershipState.WITHDRAWN):
        place_in(keep_circle(), ama, state)
    place_in(keep_circle(), ama, MembershipState.INVITED, expires_at=NOON)
    keep_circle(life=Life.ARCHIVED, people=[ama])
    closing = keep_circle(life=Life.CLOSING, people=[ama])
    with reading() as db:
        listed = circles_of(db, db.get_one(Member, ama.id), NOON)
        assert [each.circle.id for each in listed] == [closing.id]


def test_a_search_goes_over_ones_own_circles_too_and_marks_the_words(app, ama, look):
    mine = keep_circle("Nets", purpose="We mend nets.", people=[ama])
    keep_circle("Sails")
    learn_things(app)
    page = look(ama, "/circles?q=nets")
    assert slugs(page) == [mine.slug]
    assert "We mend <mark>nets</mark>." in page
    assert "You are in it." in page


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/circles?form=team", {"Team", "Shut"}),
        ("/circles?form=team&door=open", {"Team"}),
        ("/circles?form=team&form=practice", {"Team", "Shut", "Practice"}),
        ("/circles?q=shores&door=open", {"Team", "Practice"}),
        ("/circles?form=unheard&door=hidden", {"Team", "Shut", "Practice"}),
        ("/circles?q=shores&form=mastermind", set()),
    ],
)
def test_form_and_door_narrow(app, ama, look, address, names):
    circles = [
        keep_circle("Team", form=Form.TEAM, door=Door.OPEN),
        keep_circle("Shut", form=Form.TEAM, door=Door.INVITATION),
        keep_circle("Practice", form=Form.PRACTICE, door=Door.OPEN),
    ]
    learn_things(app)
    named = {circle.slug: circle.name for circle in circles}
    assert {named[slug] for slug in slugs(look(ama, address))} == names


def test_what_it_is_narrowed_to_can_be_taken_out(app, ama, look):
    page = look(ama, "/circles?q=nets&form=team&door=open")
    assert 'href="/circles?q=nets&amp;door=open">Team' in page
    assert 'href="/circles?q=nets&amp;form=team">Open to come into' in page


def test_htmx_gets_what_was_found_alone(app, ama, look):
    keep_circle()
    learn_things(app)
    part = look(ama, "/circles?q=shores", headers={"HX-Request": "true"})
    assert part.lstrip().startswith('<section class="body" id="found"')
    assert "<h1" not in part
    whole = look(ama, "/circles?q=shores")
    assert part.strip() in whole


def test_pages_turn_and_keep_the_search(app, ama, look):
    for n in range(PAGE + 1):
        keep_circle(f"Circle {n}", door=Door.OPEN)
    learn_things(app)
    first = look(ama, "/circles?q=shores&door=open")
    (further,) = re.findall(r'href="(/circles\?from=[^"]+)"', first)
    second = look(ama, further.replace("&amp;", "&"))
    assert (len(slugs(first)), len(slugs(second))) == (PAGE, 1)
    assert not set(slugs(first)) & set(slugs(second))


@pytest.mark.parametrize("place", ["x", "-1", "9" * 20, "²", "500"])
def test_a_place_that_is_none_is_the_beginning(app, ama, look, place):
    circle = keep_circle()
    learn_things(app)
    assert slugs(look(ama, f"/circles?from={place}")) == [circle.slug]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/circles", "Nobody has begun a circle yet."),
        ("/circles?q=nets", "No circle’s words fit “nets”."),
        ("/circles?q=%21%3F", "There is no word in “!?” to look for."),
        ("/circles?door=open", "No circle is like this just now."),
    ],
)
def test_an_empty_page_says_what_is_so_and_one_way_on(app, ama, look, address, words):
    learn_things(app)
    assert words in look(ama, address)


def test_an_index_that_is_away_is_said(ama, look):
    circle = keep_circle()
    page = look(ama, "/circles?q=shores")
    assert slugs(page) == [circle.slug]
    assert "The search is being rebuilt" in page


@pytest.mark.parametrize("index", ["heard", "away"])
@pytest.mark.parametrize(
    "address", ["/circles?q={}", "/circles?q={}&form=mastermind", "/circles?q={}+marsh"]
)
def test_inv_57_the_words_of_a_hidden_circle_get_what_nonsense_gets(
    app, ama, rui, sign_in, index, address
):
    keep_circle("Marsh", purpose="A marsh for all.", form=Form.MASTERMIND)
    circle = keep_circle("Kingfisher", purpose="Kingfisher marsh.", door=Door.HIDDEN, people=[rui])
    if index == "heard":
        learn_things(app)
    client = sign_in(ama)
    pages = {}
    for word in ("kingfisher", "kingfishe", "zzzzzzzzzz", "zzzzzzzzz"):
        for headers in ({}, {"HX-Request": "true"}):
            text = client.get(address.format(word), headers=headers).text
            pages[word, bool(headers)] = DRAWN.sub("", text.replace(word, "WORD"))
    for part in (False, True):
        assert pages["kingfisher", part] == pages["zzzzzzzzzz", part]
        assert pages["kingfishe", part] == pages["zzzzzzzzz", part]
    assert circle.slug in sign_in(rui).get(address.format("kingfisher")).text


def test_a_page_is_as_many_statements_at_any_size(app, ama, rui, sign_in, ran):
    client = sign_in(ama)
    addresses = ("/circles", "/circles?q=shores", "/circles?q=shor", "/circles?form=team")
    place_in(keep_circle("Mine", form=Form.TEAM), ama)
    keep_circle("Theirs", form=Form.TEAM)
    counts = []
    client.get("/circles")  # a first visit is noted
    for _ in range(2):
        learn_things(app)
        counts.append([len(ran(lambda each=each: client.get(each))) for each in addresses])
        for n in range(30):
            keep_circle(f"Circle {n}", form=Form.TEAM, door=Door.OPEN, people=[rui, ama][: n % 3])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
