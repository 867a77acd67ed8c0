from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from network.asks import queries, services
from network.asks.models import Ask, AskState
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.members.kinds import WhoMayAsk
from network.members.models import Connection, Participation
from network.members.services import boundaries, participation
from network.relationships.kinds import CONNECTION
from network.relationships.queries.connections import live_connection
from network.relationships.services.connections import block

REASON = "Your sentence about kitchens has stayed with me."


@pytest.fixture
def people(make_member, db):
    made = [make_member(handle) for handle in ("ama", "rui", "dara")]
    return [db.merge(member) for member in made]


@pytest.fixture
def two(people):
    return people[:2]


def send(db, asker, addressee, now, *, submission="one", reason=REASON):
    return services.send(
        db,
        CONNECTION,
        asker=asker,
        addressee=addressee,
        reason=reason,
        submission=submission,
        now=now,
    )


def events(db):
    return list(db.scalars(select(Event.kind).where(Event.kind.like("asks:%")).order_by(Event.id)))


def test_an_ask_waits_for_its_addressee_for_thirty_days(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    assert queries.inbox(db, rui, now) == [ask]
    assert queries.inbox(db, rui, now + timedelta(days=30)) == []
    assert queries.something_waits(db, rui, now)
    assert not queries.something_waits(db, ama, now)


def test_inv_13_a_yes_connects_both_with_the_reason_kept(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    services.accept(db, ask, CONNECTION, actor=rui, now=now)
    connection = live_connection(db, rui.id, ama.id)
    assert connection is live_connection(db, ama.id, rui.id)
    assert (connection.reason, connection.asker_id) == (REASON, ama.id)


def test_inv_13_nobody_connects_with_themselves(two, db, now):
    ama, _rui = two
    with pytest.raises(NotAllowed):
        send(db, ama, ama, now)
    db.add(Connection(low_id=ama.id, high_id=ama.id, asker_id=ama.id, reason=REASON, since=now))
    with pytest.raises(IntegrityError):
        db.flush()


@pytest.mark.parametrize("verb", ["accept", "decline", "take_back", "withdraw"])
def test_inv_18_a_stranger_changes_nothing(people, db, now, verb):
    ama, rui, stranger = people
    ask = send(db, ama, rui, now)
    before = events(db), db.scalar(select(func.count(Delivery.id)))
    extra = {"kind": CONNECTION} if verb != "withdraw" else {}
    with pytest.raises(NotFound):
        getattr(services, verb)(db, ask, **extra, actor=stranger, now=now)
    assert (events(db), db.scalar(select(func.count(Delivery.id)))) == before
    assert ask.state is AskState.WAITING


@pytest.mark.parametrize(
    ("verb", "by_asker"), [("accept", True), ("decline", True), ("withdraw", False)]
)
def test_inv_18_the_wrong_side_changes_nothing(two, db, now, verb, by_asker):
    ama, rui = two
    ask = send(db, ama, rui, now)
    extra = {"kind": CONNECTION} if verb != "withdraw" else {}
    with pytest.raises(NotFound):
        getattr(services, verb)(db, ask, **extra, actor=ama if by_asker else rui, now=now)
    assert ask.state is AskState.WAITING


def test_inv_12_a_pair_has_one_live_ask_of_a_kind(two, db, now):
    ama, rui = two
    first = send(db, ama, rui, now)
    with pytest.raises(Conflict):
        send(db, ama, rui, now, submission="two")
    low, high = sorted((ama.id, rui.id))
    db.add(
        Ask(
            kind="connection",
            asker_id=rui.id,
            addressee_id=ama.id,
            low_id=low,
            high_id=high,
            reason=REASON,
            submission="by hand",
            sent_at=now,
            expires_at=first.expires_at,
        )
    )
    with pytest.raises(IntegrityError):
        db.flush()


def test_crossing_asks_accept_each_other(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    again = send(db, rui, ama, now + timedelta(hours=1), reason="I wanted to write to you too.")
    assert again is ask
    assert ask.state is AskState.ACCEPTED
    assert live_connection(db, ama.id, rui.id) is not None
    assert "asks:crossed" in events(db)


def test_inv_14_asking_somebody_whose_ask_was_declined_connects_as_if_it_still_waited(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    services.decline(db, ask, CONNECTION, actor=rui, now=now)
    send(db, rui, ama, now + timedelta(days=3), reason="I have thought again about it.")
    assert live_connection(db, ama.id, rui.id) is not None


@pytest.mark.parametrize("ending", ["decline", "lapse", "withdraw"])
def test_inv_16_cooling_off_is_ninety_days_from_sending_whatever_the_ending(two, db, now, ending):
    ama, rui = two
    ask = send(db, ama, rui, now)
    if ending == "decline":
        services.decline(db, ask, CONNECTION, actor=rui, now=now + timedelta(days=20))
    if ending == "withdraw":
        services.withdraw(db, ask, actor=ama, now=now + timedelta(days=20))
    with pytest.raises(services.TooSoon):
        send(db, ama, rui, now + timedelta(days=89), submission="early")
    assert send(db, ama, rui, now + timedelta(days=90), submission="late").state is AskState.WAITING


def test_inv_16_withdrawing_and_asking_again_does_not_get_round_it(two, db, now):
    ama, rui = two
    for number in range(3):
        at = now + timedelta(days=90 * number)
        ask = send(db, ama, rui, at, submission=str(number))
        services.withdraw(db, ask, actor=ama, now=at)
        with pytest.raises(services.TooSoon):
            send(db, ama, rui, at + timedelta(days=1), submission=f"{number} again")


def test_inv_17_an_ask_ends_although_no_job_ran(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    late = now + timedelta(days=30)
    assert queries.as_asker_sees(ask, late) is AskState.LAPSED
    with pytest.raises(Conflict):
        services.accept(db, ask, CONNECTION, actor=rui, now=late)
    assert live_connection(db, ama.id, rui.id) is None


def test_inv_20_the_same_submission_twice_is_one_ask(two, db, now):
    ama, rui = two
    assert send(db, ama, rui, now) is send(db, ama, rui, now)
    assert events(db) == ["asks:sent"]


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_inv_20_answering_twice_is_once(two, db, now, verb):
    ama, rui = two
    ask = send(db, ama, rui, now)
    extra = {"kind": CONNECTION} if verb != "withdraw" else {}
    for _ in range(2):
        getattr(services, verb)(db, ask, **extra, actor=rui, now=now)
    assert len(events(db)) == 2


@pytest.mark.parametrize("reason", ["", "Hi!", "x" * 2001])
def test_a_reason_is_a_sentence_and_not_a_book(two, db, now, reason):
    with pytest.raises(Invalid):
        send(db, *two, now, reason=reason)


@pytest.mark.parametrize("who", list(WhoMayAsk))
def test_only_those_may_ask_whom_the_addressee_lets(people, db, now, who):
    ama, rui, dara = people
    db.get_one(Participation, rui.id).who_may_connect = who
    if who is WhoMayAsk.ANYONE:
        assert send(db, ama, rui, now)
        return
    with pytest.raises(NotAllowed):
        send(db, ama, rui, now)
    for asker, addressee in ((dara, ama), (rui, dara)):
        ask = send(db, asker, addressee, now, submission=f"to {addressee.handle}")
        services.accept(db, ask, CONNECTION, actor=addressee, now=now)
    if who is WhoMayAsk.SHARED:
        assert send(db, ama, rui, now)
    else:
        with pytest.raises(NotAllowed):
            send(db, ama, rui, now)


def test_a_paused_member_gets_no_new_ask_and_old_ones_rest_unseen_by_the_asker(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    participation.pause(db, rui, until=None, now=now)
    db.flush()
    assert queries.sent(db, ama) == [ask]
    assert queries.as_asker_sees(ask, now) is AskState.WAITING
    with pytest.raises(NotFound):
        send(db, ama, rui, now + timedelta(days=91), submission="two")


@pytest.mark.parametrize("blocker", ["asker", "addressee"])
def test_inv_11_a_block_closes_asks_for_good(two, db, now, blocker):
    ama, rui = two
    ask = send(db, ama, rui, now)
    one, other = (ama, rui) if blocker == "asker" else (rui, ama)
    for _ in range(2):
        block(db, one, other, now=now)
    assert queries.inbox(db, rui, now) == []
    boundaries.unblock(db, one, blocked_id=other.id, now=now)
    boundaries.unblock(db, one, blocked_id=other.id, now=now)
    db.flush()
    assert ask.state is AskState.CLOSED
    assert queries.inbox(db, rui, now) == []


def test_a_block_ends_a_connection(two, db, now):
    ama, rui = two
    services.accept(db, send(db, ama, rui, now), CONNECTION, actor=rui, now=now)
    block(db, rui, ama, now=now)
    assert live_connection(db, ama.id, rui.id) is None


def test_the_connected_are_not_asked_again(two, db, now):
    ama, rui = two
    services.accept(db, send(db, ama, rui, now), CONNECTION, actor=rui, now=now)
    with pytest.raises(Conflict, match="connected"):
        send(db, rui, ama, now + timedelta(days=100), submission="two")


def test_a_no_can_be_taken_back_while_the_ask_is_open(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    services.decline(db, ask, CONNECTION, actor=rui, now=now)
    assert queries.answered(db, rui, now) == [ask]
    services.take_back(db, ask, CONNECTION, actor=rui, now=now)
    assert queries.inbox(db, rui, now) == [ask]
    services.decline(db, ask, CONNECTION, actor=rui, now=now)
    with pytest.raises(Conflict):
        services.take_back(db, ask, CONNECTION, actor=rui, now=ask.expires_at)


def test_two_answers_racing_leave_one(two, db, now):
    ama, rui = two
    ask = send(db, ama, rui, now)
    services.withdraw(db, ask, actor=ama, now=now)
    with pytest.raises(Conflict):
        services.accept(db, ask, CONNECTION, actor=rui, now=now)
    assert live_connection(db, ama.id, rui.id) is None


def test_inv_10_an_ask_behind_ones_own_shield_waits_unseen_and_lapses(two, db, now):
    ama, rui = two
    boundaries.raise_shield(db, ama, against="rui.example", now=now)
    db.flush()
    ask = send(db, ama, rui, now)
    assert queries.sent(db, ama) == [ask]
    assert queries.inbox(db, rui, now) == []
    assert not queries.something_waits(db, rui, now)
