from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from network.asks import access, queries, services
from network.asks.models import Ask, AskState
from network.db import db as database
from network.errors import NotFound
from network.members.kinds import State
from network.members.services import boundaries
from network.relationships.kinds import CONNECTION

REASON = "Your sentence about kitchens has stayed with me."


@pytest.fixture
def people(make_member, db):
    made = [make_member(handle) for handle in ("ama", "rui", "dara", "eli")]
    return [db.merge(member) for member in made]


def send(db, asker, addressee, now):
    return services.send(
        db,
        CONNECTION,
        asker=asker,
        addressee=addressee,
        reason=REASON,
        submission=f"to {addressee.handle}",
        now=now,
    )


def hide(db, hides, member, other, now):
    if hides == "shield":
        boundaries.raise_shield(db, member, against=f"{other.handle}.example", now=now)
    elif hides == "block":
        boundaries.block(db, member, blocked_id=other.id, now=now)
    else:
        member.state = State(hides)
    db.flush()


def test_the_inbox_shows_what_lapses_first_first(people, db, now):
    ama, rui, dara, eli = people
    for days, asker in ((3, rui), (9, dara), (1, eli)):
        send(db, asker, ama, now - timedelta(days=days))
    assert [ask.asker.handle for ask in queries.inbox(db, ama, now)] == ["dara", "rui", "eli"]
    assert [ask.asker.handle for ask in queries.inbox(db, ama, now, limit=1)] == ["dara"]


@pytest.mark.parametrize("over", ["declined", "withdrawn", "accepted", "lapsed", "not yet"])
def test_only_what_can_still_be_answered_waits(people, db, now, over):
    ama, rui = people[:2]
    ask = send(db, rui, ama, now)
    if over == "declined":
        services.decline(db, ask, CONNECTION, actor=ama, now=now)
    elif over == "withdrawn":
        services.withdraw(db, ask, actor=rui, now=now)
    elif over == "accepted":
        services.accept(db, ask, CONNECTION, actor=ama, now=now)
    later = now + timedelta(days=30 if over == "lapsed" else 29)
    assert queries.inbox(db, ama, later) == ([ask] if over == "not yet" else [])
    assert queries.something_waits(db, ama, later) is (over == "not yet")
    assert not queries.something_waits(db, rui, later)


@pytest.mark.parametrize("hides", ["paused", "leaving", "suspended", "departed", "shield", "block"])
@pytest.mark.parametrize("who", ["asker", "asked"])
def test_inv_09_10_asks_of_people_who_are_hidden_wait_for_nobody(people, db, now, hides, who):
    ama, rui = people[:2]
    ask = send(db, rui, ama, now)
    hide(db, hides, *((rui, ama) if who == "asker" else (ama, rui)), now)
    hidden = who == "asker" or hides == "block"
    assert queries.inbox(db, ama, now) == ([] if hidden else [ask])
    assert queries.something_waits(db, ama, now) is not hidden


@pytest.mark.parametrize("who", ["asker", "asked"])
@pytest.mark.parametrize(
    ("hides", "gone_if"),
    [
        ("paused", ()),
        ("leaving", ()),
        ("suspended", ("asked",)),
        ("departed", ("asked",)),
        ("shield", ("asked",)),
        ("block", ("asker", "asked")),
    ],
)
def test_what_i_asked_stays_listed_as_long_as_i_may_know_of_them(
    people, db, now, hides, gone_if, who
):
    ama, rui = people[:2]
    ask = send(db, rui, ama, now)
    hide(db, hides, *((rui, ama) if who == "asker" else (ama, rui)), now)
    assert queries.sent(db, rui) == ([] if who in gone_if else [ask])


def test_the_newest_of_mine_stands_first(people, db, now):
    ama, *others = people
    asks = [send(db, ama, o, now - timedelta(days=n)) for n, o in enumerate(others)]
    assert queries.sent(db, ama) == asks
    assert queries.sent(db, ama, limit=2) == asks[:2]


def test_what_i_said_no_to_can_be_seen_until_it_lapses(people, db, now):
    ama, rui, dara, _eli = people
    asks = [send(db, asker, ama, now) for asker in (rui, dara)]
    for hours, ask in enumerate(asks):
        services.decline(db, ask, CONNECTION, actor=ama, now=now + timedelta(hours=hours))
    assert queries.answered(db, ama, now + timedelta(days=1)) == asks[::-1]
    assert queries.answered(db, rui, now + timedelta(days=1)) == []
    assert queries.answered(db, ama, now + timedelta(days=30)) == []
    boundaries.block(db, rui, blocked_id=ama.id, now=now)
    assert queries.answered(db, ama, now + timedelta(days=1)) == asks[1:]


@pytest.mark.parametrize("state", list(AskState))
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_inv_14_the_asker_is_told_no_more_than_a_date_tells(now, state, days):
    ask = Ask(state=state, expires_at=now)
    told = queries.as_asker_sees(ask, now + timedelta(days=days))
    if state in {AskState.ACCEPTED, AskState.WITHDRAWN}:
        assert told is state
    else:
        assert told is (AskState.WAITING if days < 0 else AskState.LAPSED)


def loads(load, *args, **kwargs):
    try:
        return load(*args, **kwargs)
    except NotFound:
        return None


def test_an_ask_is_loaded_by_its_own_side_alone(people, db, now):
    rui, ama, dara, _eli = people
    ask = send(db, rui, ama, now)
    by_key = {"now": now}
    assert [loads(access.ask_to_answer, db, who, ask.key, **by_key) for who in people[:3]] == [
        None,
        ask,
        None,
    ]
    assert [loads(access.ask_to_withdraw, db, who, ask.key) for who in people[:3]] == [
        ask,
        None,
        None,
    ]
    assert loads(access.ask_to_withdraw, db, dara, "no-such-key") is None


@pytest.mark.parametrize("hides", ["paused", "shield", "block"])
def test_inv_09_10_an_ask_cannot_be_answered_where_it_cannot_be_seen(people, db, now, hides):
    rui, ama = people[:2]
    ask = send(db, rui, ama, now)
    hide(db, hides, rui, ama, now)
    assert loads(access.ask_to_answer, db, ama, ask.key, now=now) is None
    assert loads(access.ask_to_withdraw, db, rui, ask.key) == (None if hides == "block" else ask)


def test_a_list_of_asks_is_one_statement_however_long_it_is(people, db, now):
    ama, *others = people
    for other in others:
        send(db, other, ama, now)
    db.flush()
    db.expunge_all()
    ran = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: ran.append(args[2]))
    assert len({ask.asker.name for ask in queries.inbox(db, ama, now)}) == 3
    assert len(ran) == 1
