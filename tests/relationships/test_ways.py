from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from network.composition import PEOPLE
from network.db import db as database
from network.db import reading, transaction
from network.members.kinds import State
from network.members.models import Block, Connection, Member, Participation, Shield
from network.members.services import boundaries
from network.relationships.queries import ways
from network.relationships.queries.introductions import is_way
from network.relationships.services import connections as services
from network.search import backend, indexer

REASON = "We shared a desk for a winter."


def know(now, *pairs):
    with transaction() as db:
        for one, other in pairs:
            low, high = sorted((one.id, other.id))
            values = {"low_id": low, "high_id": high, "asker_id": one.id, "since": now}
            db.add(Connection(**values, reason=REASON))


def shape(member, **values):
    """Change a member's row or participation."""
    with transaction() as db:
        for name, value in values.items():
            table, column = (
                (Participation, Participation.member_id)
                if hasattr(Participation, name)
                else (Member, Member.id)
            )
            db.execute(update(table).where(column == member.id).values({name: value}))


def shield(member, against, now):
    with transaction() as db:
        boundaries.raise_shield(db, db.get_one(Member, member.id), against=against, now=now)


def block(one, other, now):
    with transaction() as db:
        pair = db.get_one(Member, one.id), db.get_one(Member, other.id)
        services.block(db, *pair, now=now)


def end(one, other, now):
    with transaction() as db:
        services.end(
            db, services.live_connection(db, one.id, other.id), actor=db.merge(one), now=now
        )


def way_to(member, target, now):
    """Return the handles of those who could introduce, and who is beyond the first of them."""
    with reading() as db:
        found = ways.ways_to(db, db.get_one(Member, member.id), [target.id], now).get(target.id)
    if found is None:
        return None
    return sorted(each.handle for each in found.through), found.beyond and found.beyond.handle


@pytest.fixture
def people(make_member):
    """Ama looks; Dara, Eli and Bo may be on the way; Rui is whom she would like to know."""
    made = {handle: make_member(handle) for handle in ("ama", "dara", "eli", "bo", "rui")}
    for handle in ("dara", "eli", "bo"):
        shape(made[handle], shown_as_way=True)
    return made


@pytest.fixture
def near(people, now):
    know(now, (people["ama"], people["dara"]), (people["dara"], people["rui"]))
    return people


@pytest.fixture
def far(people, now):
    chain = [people[handle] for handle in ("ama", "dara", "bo", "rui")]
    know(now, *pairwise(chain))
    return people


HIDES = {
    "nothing": lambda p, now: None,
    "not shown as a way": lambda p, now: shape(p["dara"], shown_as_way=False),
    "a paused connector": lambda p, now: shape(p["dara"], state=State.PAUSED),
    "a leaving connector": lambda p, now: shape(p["dara"], state=State.LEAVING),
    "a suspended connector": lambda p, now: shape(p["dara"], state=State.SUSPENDED),
    "a blocked connector": lambda p, now: block(p["ama"], p["dara"], now),
    "a connector who blocked": lambda p, now: block(p["dara"], p["ama"], now),
    "a shielded connector": lambda p, now: shield(p["dara"], "ama.example", now),
    "a shield between the two": lambda p, now: shield(p["rui"], "dara.example", now),
    "a shield the other way": lambda p, now: shield(p["dara"], "rui.example", now),
    "my connection ended": lambda p, now: end(p["ama"], p["dara"], now),
    "not open": lambda p, now: shape(p["rui"], open_to_introductions=False),
    "a paused person": lambda p, now: shape(p["rui"], state=State.PAUSED),
    "a blocked person": lambda p, now: block(p["rui"], p["ama"], now),
    "a shielded person": lambda p, now: shield(p["rui"], "ama.example", now),
    "connected already": lambda p, now: know(now, (p["ama"], p["rui"])),
}


@pytest.mark.parametrize("hides", HIDES)
def test_a_way_of_one_step_is_there_until_somebody_does_not_want_it(near, now, hides):
    HIDES[hides](near, now)
    expected = (["dara"], None) if hides == "nothing" else None
    assert way_to(near["ama"], near["rui"], now) == expected


BEYOND = {name: what for name, what in HIDES.items() if "between" not in name} | {
    "a shield the other way": lambda p, now: shield(p["bo"], "rui.example", now),
    "a shield nearer by": lambda p, now: shield(p["dara"], "bo.example", now),
    "a shield from the nearer": lambda p, now: shield(p["bo"], "dara.example", now),
    "the second not shown": lambda p, now: shape(p["bo"], shown_as_way=False),
    "the second not open": lambda p, now: shape(p["bo"], open_to_introductions=False),
    "the second paused": lambda p, now: shape(p["bo"], state=State.PAUSED),
    "the second blocked": lambda p, now: block(p["ama"], p["bo"], now),
    "the second shielded": lambda p, now: shield(p["bo"], "ama.example", now),
    "their connection ended": lambda p, now: end(p["dara"], p["bo"], now),
    "the last one ended": lambda p, now: end(p["bo"], p["rui"], now),
}


@pytest.mark.parametrize("hides", BEYOND)
def test_a_way_of_two_steps_is_there_until_somebody_does_not_want_it(far, now, hides):
    BEYOND[hides](far, now)
    expected = (["dara"], "bo") if hides == "nothing" else None
    assert way_to(far["ama"], far["rui"], now) == expected


def test_there_are_no_two_steps_where_one_is_enough(far, now):
    know(now, (far["ama"], far["eli"]), (far["eli"], far["rui"]))
    assert way_to(far["ama"], far["rui"], now) == (["eli"], None)


def test_nobody_needs_a_way_to_themselves(near, now):
    assert way_to(near["ama"], near["ama"], now) is None


def test_a_pause_that_ran_out_hides_no_way(near, now):
    shape(near["dara"], state=State.PAUSED, paused_until=now - timedelta(hours=1))
    assert way_to(near["ama"], near["rui"], now) == (["dara"], None)


def test_a_shield_of_ones_own_tells_nothing_about_where_others_work(near, now):
    shield(near["ama"], "dara.example", now)
    assert way_to(near["ama"], near["rui"], now) == (["dara"], None)


def test_what_is_shown_is_what_may_be_asked(near, now):
    with reading() as db:
        ama, dara, rui = (db.get_one(Member, near[each].id) for each in ("ama", "dara", "rui"))
        assert is_way(db, ama, dara, rui, now)


@pytest.fixture
def crowd(people, make_member, now):
    """Seven people know both Ama and Rui."""
    made = [make_member(f"w{number}", purpose="") for number in range(7)]
    for each in made:
        shape(each, shown_as_way=True)
    know(now, *((people["ama"], each) for each in made), *((each, people["rui"]) for each in made))
    return made


def named(people, now):
    with reading() as db:
        me = db.get_one(Member, people["ama"].id)
        way = ways.ways_to(db, me, [people["rui"].id], now)[people["rui"].id]
    return [each.handle for each in way.through]


def test_three_are_named_the_same_all_day_and_each_in_turn(people, crowd, now):
    days = [named(people, now + timedelta(days=day)) for day in range(40)]
    assert {len(set(each)) for each in days} == {3}
    assert named(people, now + timedelta(hours=9)) == days[0]
    assert {each[0] for each in days} == {each.handle for each in crowd}


def test_inv_07_knowing_many_people_brings_nobody_forward(people, crowd, make_member, now):
    before = [named(people, now + timedelta(days=day)) for day in range(10)]
    others = [make_member(f"o{number}", purpose="") for number in range(9)]
    know(now, *((crowd[0], each) for each in others))
    assert [named(people, now + timedelta(days=day)) for day in range(10)] == before


def test_inv_02_whoever_is_hidden_changes_nothing_but_by_not_being_there(people, crowd, now):
    shield(crowd[0], "ama.example", now)
    hidden = [named(people, now + timedelta(days=day)) for day in range(10)]
    with transaction() as db:
        db.execute(delete(Connection).where(Connection.low_id == crowd[0].id))
        db.execute(delete(Connection).where(Connection.high_id == crowd[0].id))
    assert [named(people, now + timedelta(days=day)) for day in range(10)] == hidden


def test_one_looks_beyond_some_of_ones_connections_a_day_and_others_on_other_days(
    far, now, monkeypatch
):
    know(now, (far["ama"], far["eli"]))
    monkeypatch.setattr(ways, "MOST_BEGINNINGS", 1)
    monkeypatch.setattr(ways, "_WAYS", ways._statement())  # with that number
    found = {way_to(far["ama"], far["rui"], now + timedelta(days=day)) is None for day in range(30)}
    assert found == {True, False}


def test_a_page_takes_one_statement_however_many_are_on_it(people, crowd, make_member, ran, now):
    targets = [make_member(f"t{number}", purpose="").id for number in range(40)]
    with reading() as db:
        me = db.get_one(Member, people["ama"].id)
        for few in (targets[:3], targets):
            asked = ran(lambda few=few: ways.ways_to(db, me, few, now))
            assert len(asked) == 1
        assert ran(lambda: ways.ways_to(db, me, [], now)) == []


# What the statement must say, written out plainly.


def usable(world, viewer, member):
    return (
        world["members"][member].state is State.MEMBER
        and not {(viewer, member), (member, viewer)} & world["walls"]
        and not parted(world, member, viewer)
    )


def parted(world, member, viewer):
    belongs = world["members"][viewer].belongs
    return any(who == member and f" {mark} " in belongs for who, mark in world["shields"])


def together(world, one, other):
    return (
        frozenset((one, other)) in world["ties"]
        and not parted(world, one, other)
        and not parted(world, other, one)
    )


def expected(world, viewer, target):
    mine = {m for m in world["members"] if frozenset((viewer, m)) in world["ties"]}
    wanted = usable(world, viewer, target) and world["parts"][target].open_to_introductions
    if target == viewer or target in mine or not wanted:
        return set()
    may = {m for m in world["members"] if m != viewer and usable(world, viewer, m)}
    may = {m for m in may if world["parts"][m].shown_as_way}
    one = {(m, None) for m in may & mine if together(world, m, target)}
    return one or {
        (first, second)
        for first in may & mine
        for second in may
        if world["parts"][second].open_to_introductions
        and together(world, first, second)
        and together(world, second, target)
    }


def world_of(db):
    ties = db.query(Connection).filter(Connection.ended_at.is_(None))
    return {
        "members": {m.id: m for m in db.query(Member)},
        "parts": {p.member_id: p for p in db.query(Participation)},
        "walls": {(b.blocker_id, b.blocked_id) for b in db.query(Block)},
        "shields": {(s.member_id, s.mark) for s in db.query(Shield)},
        "ties": {frozenset((c.low_id, c.high_id)) for c in ties},
    }


@pytest.fixture
def eight(make_member):
    return [make_member(f"e{number}", purpose="") for number in range(8)]


pairs = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    ties=st.sets(pairs.map(lambda pair: tuple(sorted(pair))), max_size=16),
    ended=st.integers(0, 3),
    walls=st.sets(pairs, max_size=2),
    shields=st.sets(pairs, max_size=3),
    shown=st.sets(st.integers(0, 7), min_size=4),
    closed=st.sets(st.integers(0, 7), max_size=2),
    asleep=st.sets(st.integers(1, 7), max_size=2),
)
def test_ways_are_those_of_the_plain_rule(
    eight, now, ties, ended, walls, shields, shown, closed, asleep
):
    with Session(database.engine) as db:
        for place, (one, other) in enumerate(sorted(ties)):
            low, high = sorted((eight[one].id, eight[other].id))
            over = now if place < ended else None
            values = {"low_id": low, "high_id": high, "asker_id": low, "since": now}
            db.add(Connection(**values, reason=REASON, ended_at=over))
        for one, other in walls:
            db.add(Block(blocker_id=eight[one].id, blocked_id=eight[other].id, at=now))
        for one, other in shields:
            mark = f"@e{other}.example"
            db.add(Shield(member_id=eight[one].id, label=mark, mark=mark, raised_at=now))
        for place, member in enumerate(eight):
            part = db.get_one(Participation, member.id)
            part.shown_as_way, part.open_to_introductions = place in shown, place not in closed
            if place in asleep:
                db.get_one(Member, member.id).state = State.PAUSED
        db.flush()
        world, me = world_of(db), db.get_one(Member, eight[0].id)
        found = ways.ways_to(db, me, [each.id for each in eight], now)
        for each in eight:
            legal = expected(world, me.id, each.id)
            way = found.get(each.id)
            got = {(c.id, way.beyond and way.beyond.id) for c in way.through} if way else set()
            assert got <= legal
            assert bool(got) == bool(legal)
            assert way is None or way.beyond or len(got) == min(3, len(legal))
        db.rollback()


# Where they are shown


@pytest.fixture
def hers(people, sign_in, now):
    with time_machine.travel(now, tick=False):
        yield sign_in(people["ama"])


def test_a_persons_page_says_who_could_introduce_you(near, hers):
    page = hers.get("/people/rui").text
    assert "Dara Example knows Rui Example and could introduce you." in page
    assert 'href="/people/rui/introduction?through=dara"' in page
    assert "Who could introduce you" not in hers.get("/people/dara").text


def test_two_steps_begin_with_the_first(far, hers):
    page = hers.get("/people/rui").text
    assert "Dara Example knows Bo Example, who knows Rui Example." in page
    assert "Begin by asking Dara Example to introduce you to Bo Example." in page
    assert 'href="/people/bo/introduction?through=dara"' in page


def test_nobody_signed_out_reads_who_knows_whom(near, client):
    assert "Dara" not in client.get("/people/rui").text


@pytest.mark.parametrize("path", ["/people", "/people?q=rui", "/people?q=ruii", "/"])
def test_beside_whoever_is_found_stands_who_could_introduce_you(near, app, hers, path):
    indexer.rebuild(backend.index(app), PEOPLE)
    found = re.search(r'data-member="rui".*?</article>', hers.get(path).text, re.DOTALL)
    assert "Dara Example could introduce you." in found[0]
