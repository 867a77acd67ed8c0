"""Circles and learning in the sweep: search, calendars, places, and circles nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.learning.models import LearningSession
from network.learning.services import seats
from network.members.models import Member
from tests.sweep import oracle, seed_circles, seed_learning
from tests.sweep import oracle_circles as circles
from tests.sweep.canaries import VIEWERS
from tests.sweep.canaries_circles import Circle as Told
from tests.sweep.canaries_circles import Session as ToldSession
from tests.sweep.crawl import difference, told
from tests.sweep.seed import World
from tests.sweep.test_sweep import NONSENSE, addresses, searched, unfolded
from tests.sweep.test_twins import cannot_tell, happens
from tests.sweep.words import words_in

pytestmark = pytest.mark.usefixtures("that_day")

NOT_FOUND_BY = ("note", "proposal", "said", "agreements", "does", "commitment")
KEPT_FROM_SEARCH = ("place", "said", "round", "question", "commitment")
SEARCHERS = ("stranger", "connection", "second", "asked", "lapsed", "withdrew", "shielded_name")
# Every host shields themselves from them.
APART = ("shielded_name", "/learning")
FRESH = ("stranger", "connection", "lapsed")


def dealt(secrets: Sequence[str], number: int) -> list[str]:
    """Return two of what is never found: one thing after the other has each of them."""
    return [secrets[(number + step) % len(secrets)] for step in (0, 1)]


def words_of_circles(world: World, viewer: str) -> dict[str, bool]:
    """Return the words of circles, and whether a search for each finds something."""
    found = {}
    for number, circle in enumerate(world.story.circles):
        there = circles.finds(circle, viewer)
        found |= {circle.own(each): there for each in ("name", "purpose", "about", "rhythm")}
        found |= {circle.own(each): False for each in dealt(NOT_FOUND_BY, number)}
    return found


def words_of_learning(world: World, viewer: str) -> dict[str, bool]:
    """Return the words of what is learned, and whether a search for each finds something."""
    story, found = world.story, {}
    for number, session in enumerate(story.sessions):
        there = circles.finds_session(story, viewer, session)
        scheduled = there and session.state == "scheduled"
        found |= {session.own(each): there for each in ("title", "words")}
        found[session.own("how")] = scheduled
        found |= {session.own(each): False for each in dealt(KEPT_FROM_SEARCH, number)}
        found |= {session.own(f"brings {each}"): False for each in session.waiting[:1]}
        for entry in session.harvest:
            reads = circles.reads_entry(story, viewer, session, entry)
            found[session.learned(entry)] = entry.agreed and reads
    for need in story.needs:
        seen = need.own("words") in circles.of_need(story, viewer, need)
        found[need.own("words")] = found[need.own("why")] = seen and need.state == "open"
    for room in story.rooms:
        seen = room.own("why") in circles.of_room(story, viewer, room)
        found |= {room.own("question"): seen, room.own("why"): seen, room.own("said"): False}
        found[room.own("harvest")] = seen and room.harvested
    return found


@pytest.mark.parametrize(
    ("index", "viewer"),
    [*(("lagging", viewer) for viewer in SEARCHERS), *(("fresh", viewer) for viewer in FRESH)],
)
@pytest.mark.parametrize("path", ["/circles", "/learning"])
def test_inv_01_02_57_a_search_finds_what_the_viewer_may_know_of_and_gives_nothing_else_away(
    request: pytest.FixtureRequest, index: str, viewer: str, path: str
) -> None:
    world: World = request.getfixturevalue(index)
    words = {"/circles": words_of_circles, "/learning": words_of_learning}[path](world, viewer)
    nobodys = searched(world, viewer, NONSENSE, path=path)
    allowed = oracle.may_see(world.story, viewer, path)
    for each, there in words.items():
        got = searched(world, viewer, each, path=path)
        assert (difference(got, nobodys) != []) == there, each
        assert words_in(got[2].decode()) <= allowed, each
    assert {*words.values()} == ({False} if (viewer, path) == APART else {True, False})


@pytest.mark.parametrize("viewer", VIEWERS)
def test_inv_54_a_calendar_address_shows_its_owners_calendar_and_nothing_to_who_is_out(
    fresh: World, viewer: str
) -> None:
    if viewer not in fresh.feeds:
        return
    feed = fresh.client("").get(f"/calendar/{fresh.feeds[viewer]}.ics")
    if not oracle.eyes_of(fresh.story, viewer):
        unknown = fresh.client("").get("/calendar/never-made.ics")
        assert (feed.status_code, feed.data) == (404, unknown.data)
        return
    said = words_in(unfolded(told(feed)))
    assert said <= oracle.may_see(fresh.story, viewer, "/calendar")
    for session in fresh.story.sessions:
        there = viewer in {*session.hosts, *session.going, *session.missed}
        placed = session.state in {"scheduled", "past"}
        known = circles.knows_session(fresh.story, viewer, session)
        assert (session.own("place") in said) == (there and placed and known), session.label


PLACES = [
    ("owner1", "open", "brings stranger", True),
    ("owner1", "open", "brings connection", True),
    ("connection", "open", "brings stranger", False),
    ("connection", "open", "place", True),
    ("stranger", "open", "title", True),
    ("stranger", "open", "place", False),
    ("connection", "circle", "place", True),
    ("asked", "circle", "title", True),
    ("asked", "circle", "place", False),
    ("second", "past", "question", True),
    ("stranger", "past", "question", False),
    ("steward", "circle open", "title", False),
]


@pytest.mark.parametrize(("viewer", "label", "what", "shown"), PLACES)
def test_the_sweep_is_not_blind_to_sessions(
    fresh: World, viewer: str, label: str, what: str, shown: bool
) -> None:
    (session,) = (each for each in fresh.story.sessions if each.label == label)
    page = fresh.client(viewer).get(f"/learning/sessions/{fresh.things[f'session {label}']}")
    assert (session.own(what) in words_in(page.text)) == shown


INSIDES = [
    ("connection", "hidden", circles.INSIDE, True),
    ("stranger", "open", circles.EARLY, True),
    ("second", "open", circles.EARLY, True),
    ("stranger", "open", ("late note", "late said", "proposal"), False),
    ("ex", "open", circles.INSIDE, False),
    ("withdrew", "hidden", circles.EARLY, True),
    ("stranger", "forgetful", circles.INSIDE, False),
    ("asked", "stale", ("note", "proposal"), False),
]


@pytest.mark.parametrize(("viewer", "label", "what", "shown"), INSIDES)
def test_inv_56_the_sweep_is_not_blind_to_circles(
    fresh: World, viewer: str, label: str, what: tuple[str, ...], shown: bool
) -> None:
    (circle,) = (each for each in fresh.story.circles if each.label == label)
    client, read, house = fresh.client(viewer), set(), fresh.things[f"circle {label}"]
    for path in addresses(fresh, viewer):
        if house in path or re.fullmatch(r"/conversations/[\w-]+", path):
            read |= words_in(told(client.get(path))) - words_in(path)
    there = {circle.own(each) in read for each in what}
    assert there == {shown}


def people_of(db: Session, world: World) -> dict[str, Member]:
    return {label: db.get_one(Member, each) for label, each in world.ids.items()}


def test_inv_57_whoever_is_not_in_a_hidden_circle_cannot_tell_that_it_was_begun(
    pair: tuple[World, World],
) -> None:
    circle = Told("another", "hidden", {"owner4": "facilitator", "newcomer": "member"})
    session = ToldSession("another", ("owner4",), circle="another", going=("newcomer",))

    def begins(db: Session, people: dict[str, Member], _now: datetime) -> None:
        begun = seed_circles.begun(db, circle, people)
        pair[0].things["circle another"] = begun.slug
        held = seed_learning.begun(db, pair[0], session, people)
        seed_learning.schedule(db, held, session, people)

    happens(pair[0], begins)
    pair[0].run_worker({"index", "things", "learning"})
    for viewer in ("connection", "steward"):
        cannot_tell(pair, viewer, ("owner4", "newcomer"))
        for path in ("/circles", "/learning"):
            for query in ({"q": circle.own("purpose")}, {"q": session.own("title")}, {"q": "meet"}):
                one, other = (searched(w, viewer, path=path, typed=query["q"]) for w in pair)
                assert difference(one, other) == [], (path, query)


def test_inv_51_who_stands_in_line_is_told_to_hosts_alone(pair: tuple[World, World]) -> None:
    def leaves(db: Session, people: dict[str, Member], now: datetime) -> None:
        key = pair[0].things["session open"]
        session = db.scalars(select(LearningSession).where(LearningSession.key == key)).one()
        seats.leave_seat(db, session, people["asked"], now=now)

    happens(pair[0], leaves)
    for viewer in ("connection", "stranger"):
        cannot_tell(pair, viewer, ("owner1", "asked"))
    path = f"/learning/sessions/{pair[0].things['session open']}"
    hosts = [words_in(each.client("owner1").get(path).text) for each in pair]
    assert hosts[1] - hosts[0] >= {pair[0].story.sessions[0].own("brings asked")}
