"""Circles in search: what each person finds, and what nobody can tell of a hidden one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.circles.kinds import Door, Form, Life
from network.circles.models import Circle
from network.db import transaction
from network.members.kinds import MembershipState
from network.members.models import Membership
from network.search.finding import PAGE
from tests.things import DAY, circles_found, keep_circle, learn_things, marked, place_in, titles


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


@pytest.fixture(params=["index", "no index"])
def heard(app, request):
    """Let the index know, or be away: then the database is searched."""
    return lambda: learn_things(app) if request.param == "index" else None


def change(circle, **values):
    with transaction() as db:
        row = db.get_one(Circle, circle.id)
        for name, value in values.items():
            setattr(row, name, value)


def found(app, viewer, words="", **values):
    return titles(circles_found(app, viewer, words, **values))


def test_the_words_of_name_purpose_and_the_rest_are_marked(app, ama, heard):
    keep_circle(
        "Night Herons",
        purpose="We count herons at dawn.",
        about="We meet at the quay. Nobody sells binoculars.",
    )
    heard()
    (circle,) = circles_found(app, ama, "herons binoculars ").things
    assert marked(circle.title) == "Night [Herons]"
    assert marked(circle.purpose) == "We count [herons] at dawn."
    assert marked(circle.said) == "Nobody sells [binoculars]."


def test_the_closest_words_come_first(app, ama):
    keep_circle("Tides", purpose="We pull boats.", about="Tides and moorings.")
    keep_circle("Oars", purpose="We read tides and moorings.")
    keep_circle("Moorings", purpose="We read tides.")
    learn_things(app)
    results = circles_found(app, ama, "tides moorings ").things
    assert [each.words.title for each in results] == ["Moorings", "Oars", "Tides"]


HIDDEN_WORDS = ("kingfisher", "kingf", '"quiet kingfisher"', "kingfisher zebra", "halfday")


@pytest.fixture
def secret(rui):
    return keep_circle(
        "Kingfisher",
        purpose="A quiet kingfisher of the marsh.",
        rhythm="Halfday every month",
        door=Door.HIDDEN,
        people=[rui],
    )


@pytest.mark.parametrize("words", ["", *HIDDEN_WORDS])
def test_inv_57_a_hidden_circle_is_found_by_its_people_alone(app, ama, rui, secret, heard, words):
    heard()
    assert found(app, rui, words) == ["Kingfisher"]
    assert found(app, ama, words) == []


@pytest.mark.parametrize("words", HIDDEN_WORDS)
def test_inv_02_57_hidden_words_change_nothing_for_others(app, ama, secret, words):
    for n in range(PAGE + 2):
        keep_circle(f"Open {n}", purpose="A zebra of the marsh.")
    learn_things(app)
    nothing = words.replace("kingf", "qqqqq").replace("halfday", "qqqqq")
    there = circles_found(app, ama, words)
    assert [hit.number for hit in there.things] == [
        hit.number for hit in circles_found(app, ama, nothing).things
    ]
    assert there.next_from == circles_found(app, ama, nothing).next_from
    with transaction() as db:
        db.delete(db.get_one(Circle, secret.id))
    learn_things(app)
    assert [hit.number for hit in circles_found(app, ama, words).things] == [
        hit.number for hit in there.things
    ]


@pytest.mark.parametrize(
    ("state", "finds"),
    [
        (MembershipState.MEMBER, True),
        (MembershipState.RESTING, True),
        (MembershipState.QUEUED, True),
        (MembershipState.INVITED, True),
        (MembershipState.APPLIED, True),
        (MembershipState.LEFT, True),
        (MembershipState.REMOVED, False),
        (MembershipState.WITHDRAWN, False),
    ],
)
def test_inv_57_whoever_has_to_do_with_a_hidden_circle_finds_it(
    app, ama, secret, heard, state, finds
):
    place_in(secret, ama, state)
    heard()
    assert found(app, ama, "kingfisher") == ["Kingfisher"] * finds


def test_an_invitation_that_lapsed_leads_to_no_hidden_circle(app, ama, secret, heard, now):
    place_in(secret, ama, MembershipState.INVITED, expires_at=now + DAY)
    heard()
    assert found(app, ama, "kingfisher") == ["Kingfisher"]
    assert found(app, ama, "kingfisher", now=now + DAY) == []


def test_inv_57_a_circle_that_hides_is_gone_although_the_index_lags(app, ama, rui):
    circle = keep_circle("Kingfisher", people=[rui])
    learn_things(app)
    assert found(app, ama, "kingfisher") == ["Kingfisher"]
    change(circle, door=Door.HIDDEN)
    assert (found(app, ama, "kingfisher"), found(app, ama)) == ([], [])
    assert found(app, rui, "kingfisher") == ["Kingfisher"]


def test_inv_56_whoever_is_removed_finds_it_no_more_although_the_index_lags(app, rui, secret):
    learn_things(app)
    with transaction() as db:
        place = db.query(Membership).one()
        place.state, place.ended_at = MembershipState.REMOVED, place.asked_at
    assert found(app, rui, "kingfisher") == []


@pytest.mark.parametrize("life", Life)
def test_what_closes_or_is_over_is_not_come_upon(app, ama, rui, heard, life):
    circle = keep_circle(people=[rui], life=life)
    place_in(circle, ama)
    heard()
    assert bool(found(app, ama, "shores")) == (life not in {Life.CLOSING, Life.ARCHIVED})


def test_form_and_door_narrow(app, ama, heard):
    keep_circle("Team", form=Form.TEAM, door=Door.OPEN)
    keep_circle("Set", form=Form.ACTION_LEARNING, door=Door.OPEN)
    keep_circle("Shut", form=Form.TEAM, door=Door.INVITATION)
    heard()
    assert found(app, ama, marks={"form=team"}) == ["Shut", "Team"]
    assert found(app, ama, marks={"form=team", "door=open"}) == ["Team"]
    assert found(app, ama, marks={"form=team", "form=action_learning", "door=open"}) == [
        "Set",
        "Team",
    ]
    assert found(app, ama, "shores", marks={"form=peer_coaching"}) == []


def test_inv_02_the_door_of_a_hidden_circle_narrows_for_its_people_alone(app, ama, rui, secret):
    learn_things(app)
    assert found(app, rui, marks={"door=hidden"}) == ["Kingfisher"]
    assert found(app, ama, marks={"door=hidden"}) == []


def test_the_place_one_has_comes_along(app, ama, rui, heard):
    circle = keep_circle(people=[rui])
    place_in(circle, ama, MembershipState.QUEUED)
    heard()
    (queued,) = circles_found(app, ama, "shores").things
    (member,) = circles_found(app, rui, "shores").things
    assert (queued.row.place.state, member.row.place.state) == ("queued", "member")


def test_inv_07_the_order_turns_every_day_whatever_the_size(app, ama, rui, heard):
    circles = [keep_circle(f"Circle {n}", people=[rui] if n % 2 else []) for n in range(6)]
    heard()
    now = circles[0].founded_at
    days = [
        tuple(each.words.title for each in circles_found(app, ama, "shores", now=day).things)
        for day in (now + timedelta(days=n) for n in range(40))
    ]
    assert {day[0] for day in days} == {circle.name for circle in circles}
    assert len(set(days)) > 30


def test_turning_pages_shows_every_circle_once(app, ama, secret, heard):
    for n in range(2 * PAGE + 3):
        keep_circle(f"Circle {n:02}")
    heard()
    pages, start = [], 0
    while start is not None:
        results = circles_found(app, ama, "shores", start=start)
        pages.append([each.words.title for each in results.things])
        start = results.next_from
    assert [len(each) for each in pages] == [PAGE, PAGE, 3]
    assert len(set().union(*pages)) == 2 * PAGE + 3


def test_words_that_were_let_go_are_not_found_though_the_index_lags(app, ama):
    circle = keep_circle(purpose="We mend nets.")
    learn_things(app)
    assert found(app, ama, "nets") == ["The Herons"]
    change(circle, purpose="We rest.")
    assert found(app, ama, "nets") == []


def test_an_index_that_is_away_is_said(app, ama):
    keep_circle()
    assert circles_found(app, ama, "shores").index_away
    learn_things(app)
    assert not circles_found(app, ama, "shores").index_away


@pytest.mark.parametrize("words", ["100%", "sh%s", "sho_es", "%", "shores' OR 1", "( AND", '"'])
def test_signs_are_no_operators(app, ama, heard, words):
    keep_circle(purpose="Loud cliffs.")
    heard()
    assert found(app, ama, f"{words} ") in ([], ["The Herons"])
    assert "shore" not in words or found(app, ama, f"{words} ") == []
