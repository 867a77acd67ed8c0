from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.errors import Conflict, NotFound
from network.events.models import Event
from network.members.kinds import State, WhoMayAsk
from network.members.models import Block, Connection, Participation
from network.members.queries import have_in_common
from network.members.services import boundaries
from network.relationships import access
from network.relationships.kinds import CONNECTION
from network.relationships.queries import map as relationship_map
from network.relationships.reach import reach
from network.relationships.services import connections as services

REASON = "Your sentence about kitchens has stayed with me."


@pytest.fixture
def people(make_member, db):
    made = [make_member(handle) for handle in ("ama", "rui", "dara", "eli")]
    return [db.merge(member) for member in made]


def ask(db, asker, addressee, now, submission="one"):
    return asks.send(
        db,
        CONNECTION,
        asker=asker,
        addressee=addressee,
        reason=REASON,
        submission=submission,
        now=now,
    )


def connect(db, one, other, now):
    sent = ask(db, one, other, now, f"to {other.handle}")
    asks.accept(db, sent, CONNECTION, actor=other, now=now)
    db.flush()
    return services.live_connection(db, one.id, other.id)


def events(db, kind):
    return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def test_inv_13_a_connection_is_one_row_that_both_have_said_yes_to(people, db, now):
    ama, rui = people[:2]
    tie = connect(db, rui, ama, now)
    assert (tie.low_id, tie.high_id) == tuple(sorted((ama.id, rui.id)))
    assert (tie.asker_id, tie.reason, tie.since) == (rui.id, REASON, now)
    (made,) = events(db, "relationships:connection:made")
    sent, accepted = events(db, "asks:sent") + events(db, "asks:accepted")
    assert made.data == {"ask": sent.subject_id, "low": tie.low_id, "high": tie.high_id}
    assert (sent.actor_id, accepted.actor_id, made.actor_id) == (rui.id, ama.id, ama.id)


def test_inv_13_two_people_have_one_live_connection(people, db, now):
    ama, rui = people[:2]
    tie = connect(db, ama, rui, now)
    values = {"low_id": tie.low_id, "high_id": tie.high_id, "asker_id": ama.id}
    db.add(Connection(**values, reason=REASON, since=now, ended_at=now))
    db.flush()
    db.add(Connection(**values, reason=REASON, since=now))
    with pytest.raises(IntegrityError):
        db.flush()


@pytest.mark.parametrize("who", [0, 1], ids=["who asked", "who was asked"])
def test_either_ends_it_and_twice_is_once(people, db, now, who):
    tie = connect(db, people[0], people[1], now)
    for hours in (1, 2):
        services.end(db, tie, actor=people[who], now=now + timedelta(hours=hours))
    db.refresh(tie)
    assert tie.ended_at == now + timedelta(hours=1)
    assert services.live_connection(db, people[0].id, people[1].id) is None
    assert [e.actor_id for e in events(db, "relationships:connection:ended")] == [people[who].id]


def test_after_it_ended_they_may_connect_again_when_the_time_has_passed(people, db, now):
    ama, rui = people[:2]
    services.end(db, connect(db, ama, rui, now), actor=rui, now=now)
    with pytest.raises(asks.TooSoon):
        ask(db, ama, rui, now + timedelta(days=1), "early")
    assert ask(db, rui, ama, now + timedelta(days=1), "the other").state is AskState.WAITING


def test_inv_19_the_log_replayed_gives_the_connections_that_live(people, db, now):
    ama, rui, dara, eli = people
    first = connect(db, ama, rui, now)
    connect(db, ama, dara, now)
    services.end(db, connect(db, eli, ama, now), actor=ama, now=now)
    services.block(db, rui, ama, now=now)
    db.flush()
    made = {e.subject_id: e.data for e in events(db, "relationships:connection:made")}
    ended = {e.subject_id for e in events(db, "relationships:connection:ended")}
    replayed = {(data["low"], data["high"]) for key, data in made.items() if key not in ended}
    living = db.execute(
        select(Connection.low_id, Connection.high_id).where(Connection.ended_at.is_(None))
    )
    assert first.id in ended
    assert {tuple(row) for row in living} == replayed == {tuple(sorted((ama.id, dara.id)))}


@pytest.mark.parametrize("relation", ["none", "connected", "i asked", "they asked", "declined"])
@pytest.mark.parametrize("times", [1, 2])
def test_inv_11_a_block_ends_everything_between_two_and_twice_is_once(
    people, db, now, relation, times
):
    ama, rui = people[:2]
    made = None
    if relation == "connected":
        made = connect(db, ama, rui, now)
    elif relation != "none":
        pair = (rui, ama) if relation == "they asked" else (ama, rui)
        made = ask(db, *pair, now)
    if relation == "declined":
        asks.decline(db, made, CONNECTION, actor=rui, now=now)
    for _ in range(times):
        services.block(db, ama, rui, now=now)
    db.flush()
    assert db.query(Block).count() == len(events(db, "members:blocked")) == 1
    assert services.live_connection(db, ama.id, rui.id) is None
    states = set(db.scalars(select(Ask.state)))
    assert states <= {AskState.ACCEPTED, AskState.CLOSED}


def test_a_block_touches_nobody_else(people, db, now):
    ama, rui, dara, eli = people
    connect(db, ama, dara, now)
    waiting = ask(db, eli, ama, now, "waits")
    services.block(db, ama, rui, now=now)
    services.block(db, dara, rui, now=now)
    assert services.live_connection(db, dara.id, ama.id) is not None
    assert waiting.state is AskState.WAITING


@pytest.mark.parametrize("way", ["low", "high", "ended", "not at all"])
def test_who_shares_a_connection_may_ask_where_that_is_wanted(people, db, now, way):
    ama, rui, dara, _eli = people
    between = {"low": people[2], "high": people[3]}.get(way, dara)
    for one in (ama, rui):
        if way != "not at all":
            tie = connect(db, one, between, now)
    if way == "ended":
        services.end(db, tie, actor=between, now=now)
    participation = Participation(who_may_connect=WhoMayAsk.SHARED)
    expected = way in {"low", "high"}
    assert have_in_common(db, ama, rui) is expected
    assert have_in_common(db, rui, ama) is expected
    assert services.open_to_connect(db, ama, rui, participation) is expected


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (WhoMayAsk.ANYONE, True),
        (WhoMayAsk.SHARED, False),
        (WhoMayAsk.INTRODUCED, False),
        (WhoMayAsk.NOBODY, False),
    ],
)
def test_who_may_ask_is_the_addressees_choice(people, db, who, may):
    asked = Participation(who_may_connect=who)
    assert services.open_to_connect(db, people[0], people[1], asked) is may


def test_the_connected_are_held_back_from_asking(people, db, now):
    ama, rui = people[:2]
    services.not_connected_yet(db, ama, rui, None, now)
    connect(db, ama, rui, now)
    for pair in ((ama, rui), (rui, ama)):
        with pytest.raises(Conflict, match="You are connected"):
            services.not_connected_yet(db, *pair, None, now)


def test_a_connection_is_loaded_by_its_two_and_nobody_else(people, db, now):
    ama, rui, dara, _eli = people
    tie = connect(db, ama, rui, now)
    assert access.connection_with(db, ama, rui) is access.connection_with(db, rui, ama) is tie
    for pair in ((dara, ama), (ama, dara)):
        with pytest.raises(NotFound):
            access.connection_with(db, *pair)
    services.end(db, tie, actor=ama, now=now)
    with pytest.raises(NotFound):
        access.connection_with(db, ama, rui)


@pytest.mark.parametrize(
    ("hides", "seen"),
    [
        ("paused", ["rui"]),
        ("leaving", ["rui"]),
        ("suspended", []),
        ("departed", []),
        ("shield", []),
        ("ended", []),
    ],
)
def test_the_list_shows_whom_one_may_still_see(people, db, now, hides, seen):
    ama, rui = people[:2]
    tie = connect(db, ama, rui, now)
    if hides == "shield":
        boundaries.raise_shield(db, rui, against="ama.example", now=now)
    elif hides == "ended":
        services.end(db, tie, actor=rui, now=now)
    else:
        rui.state = State(hides)
    db.flush()
    assert [each.handle for each in relationship_map.known(db, ama, now)] == seen


def ways(db, member, other, now):
    found = reach(db, member, other, now)
    return [name for name in ("connection", "theirs", "mine", "again_from") if getattr(found, name)]


@pytest.mark.parametrize(
    ("days", "mine", "theirs"),
    [(0, ["mine"], ["theirs"]), (30, ["again_from"], []), (90, [], [])],
)
@pytest.mark.parametrize("answer", ["silence", "no"])
def test_inv_14_what_one_may_do_next_does_not_tell_a_no(
    people, db, now, days, mine, theirs, answer
):
    ama, rui = people[:2]
    sent = ask(db, ama, rui, now)
    if answer == "no":
        asks.decline(db, sent, CONNECTION, actor=rui, now=now)
        theirs = []
    later = now + timedelta(days=days)
    assert ways(db, ama, rui, later) == mine
    assert ways(db, rui, ama, later) == theirs
    assert reach(db, ama, rui, later).may_ask is (days == 90)


def test_whoever_took_an_ask_back_may_ask_again_after_ninety_days(people, db, now):
    ama, rui = people[:2]
    asks.withdraw(db, ask(db, ama, rui, now), actor=ama, now=now)
    found = reach(db, ama, rui, now + timedelta(days=1))
    assert found.again_from == now + timedelta(days=90)
    assert not found.may_ask
