from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.asks.queries import inbox
from network.conversations.models import Participant
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.learning import parting
from network.learning.access import session_for
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat
from network.learning.queries import seats as queries
from network.learning.services import holding, scheduling, seats
from network.learning.services.offers import SEAT_OFFER, offer_of, settle_due
from network.learning.services.scheduling import Room
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.services import boundaries, participation
from network.members.services.joining import add_member
from tests.learning.conftest import (
    gathering,
    kinds,
    leaves,
    says_no,
    says_yes,
    standing,
    takes,
    waiting_asks,
)
from tests.things import keep_circle

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO_KINDS = (Room("To learn", 1), Room("With a case", 1))


@pytest.fixture
def full(db, folk, now):
    """A session for two, in a week: ama and bea go, cai and dov are in line, cai before dov."""
    dara, ama, bea, cai, dov = folk
    session = gathering(db, dara, now)
    for person in (ama, bea, cai, dov):
        takes(db, session, person, now)
    return session


def line_of(db, session):
    """Return who is in line, the first first."""
    found = select(Member.handle).join(Seat, Seat.member_id == Member.id)
    waits = found.where(Seat.session_id == session.id, Seat.state == SeatState.WAITLISTED)
    return list(db.scalars(waits.order_by(Seat.line)))


def seat_of(db, session, person):
    return db.scalars(
        select(Seat)
        .where(Seat.session_id == session.id, Seat.member_id == person.id)
        .order_by(Seat.id.desc())
        .limit(1)
    ).one()


def keep(db, session):
    """Commit what a test prepared, for services that open a transaction of their own."""
    db.commit()
    return session.id


def again(db, session_id):
    db.expire_all()
    return db.get_one(LearningSession, session_id)


# Who has a place, and who is in line


def test_inv_47_49_who_comes_first_has_a_place_and_the_others_are_in_line_in_their_order(
    db, folk, full
):
    assert standing(db, full) == {
        "ama": "going",
        "bea": "going",
        "cai": "waitlisted",
        "dov": "waitlisted",
    }
    assert line_of(db, full) == ["cai", "dov"]


def test_inv_49_the_first_and_not_the_last_in_line_is_offered_what_comes_free(db, folk, full, now):
    leaves(db, full, folk[1], now)
    assert standing(db, full) == {
        "ama": "left",
        "bea": "going",
        "cai": "offered",
        "dov": "waitlisted",
    }


def test_inv_50_a_person_who_left_is_not_offered_the_place_again(db, folk, full, now):
    _dara, ama, _bea, cai, dov = folk
    leaves(db, full, ama, now)
    says_no(db, seat_of(db, full, cai), cai, now)
    says_no(db, seat_of(db, full, dov), dov, now)
    assert standing(db, full)["ama"] == "left"
    assert waiting_asks(db) == []


def test_inv_50_who_passed_is_not_offered_it_again_unasked_and_may_stand_at_the_end(
    db, folk, full, now
):
    _dara, ama, bea, cai, _dov = folk
    leaves(db, full, ama, now)
    says_no(db, seat_of(db, full, cai), cai, now)
    assert standing(db, full)["cai"] == "passed"
    takes(db, full, cai, now)
    assert line_of(db, full) == ["cai"]
    leaves(db, full, bea, now)
    assert standing(db, full)["cai"] == "offered"


def test_inv_50_leaving_frees_one_place_and_leaving_twice_is_once(db, folk, full, now):
    for _time in range(2):
        leaves(db, full, folk[1], now)
    assert list(standing(db, full).values()).count("offered") == 1
    assert len(waiting_asks(db)) == 1


def test_inv_51_waitlisted_people_are_not_shown_as_attending(db, folk, full, now):
    dara, ama, _bea, cai, dov = folk
    kind = kinds(db, full)[0].id
    for reader, read in ((dara, {"ama", "bea"}), (ama, {"ama", "bea"}), (cai, None), (dov, None)):
        coming = queries.who_comes(db, reader, session_for(db, reader, full.key, now=now))
        shown = {each.handle for each in coming.get(kind, [])}
        assert shown == (read or set())


def test_inv_51_those_in_line_are_shown_to_hosts_alone(db, folk, full, now):
    dara, *others = folk
    for reader in others:
        seen = session_for(db, reader, full.key, now=now)
        assert queries.for_hosts(db, reader, seen) == []
    found = queries.for_hosts(db, dara, session_for(db, dara, full.key, now=now))
    assert [seat.member.handle for seat in found] == ["ama", "bea", "cai", "dov"]


def test_inv_48_taking_a_place_twice_is_once_with_the_later_words(db, folk, full, now):
    _dara, ama, _bea, cai, _dov = folk
    for person in (ama, cai):
        for words in ("First words.", "Second words."):
            takes(db, full, person, now, named=False, words=words)
        found = seat_of(db, full, person)
        assert (found.words, found.named) == ("Second words.", False)
    assert len(db.scalars(select(Seat)).all()) == 4
    assert line_of(db, full) == ["cai", "dov"]


def test_too_many_words_are_refused(db, folk, full, now):
    with pytest.raises(Invalid) as refusal:
        takes(db, full, folk[1], now, words="x" * 601)
    assert refusal.value.field == "words"


# Offers


def test_an_offer_is_an_ask_of_a_host_and_a_yes_to_it_takes_the_place(db, folk, full, now):
    dara, ama, _bea, cai, _dov = folk
    leaves(db, full, ama, now)
    (ask,) = inbox(db, cai, now)
    assert (ask.asker_id, ask.body_id, ask.expires_at) == (dara.id, full.id, now + DAY)
    says_yes(db, seat_of(db, full, cai), cai, now)
    assert standing(db, full)["cai"] == "going"
    assert waiting_asks(db) == []


def test_taking_an_offered_place_on_the_page_of_the_session_answers_the_ask(db, folk, full, now):
    _dara, ama, _bea, cai, _dov = folk
    leaves(db, full, ama, now)
    takes(db, full, cai, now)
    assert standing(db, full)["cai"] == "going"
    assert [ask.state for ask in db.scalars(select(Ask))] == [AskState.ACCEPTED]


def test_a_no_passes_it_to_the_next_in_line_and_stays(db, folk, full, now):
    _dara, ama, _bea, cai, _dov = folk
    leaves(db, full, ama, now)
    ask = offer_of(db, seat_of(db, full, cai))
    seats.pass_seat(db, full, cai, now=now)
    assert standing(db, full) | {"ama": "left"} == {
        "ama": "left",
        "bea": "going",
        "cai": "passed",
        "dov": "offered",
    }
    with pytest.raises(Conflict):
        asks.take_back(db, ask, SEAT_OFFER, actor=cai, now=now)
    with pytest.raises(Conflict):
        asks.accept(db, ask, SEAT_OFFER, actor=cai, now=now, read=ask.mark)


@pytest.mark.parametrize("who", ["going", "in line", "nobody"])
def test_nothing_is_passed_where_nothing_is_offered(db, folk, full, now, who):
    dara, ama, _bea, cai, _dov = folk
    person = {"going": ama, "in line": cai, "nobody": dara}[who]
    with pytest.raises(Conflict):
        seats.pass_seat(db, full, person, now=now)


@pytest.mark.parametrize(
    ("ahead", "kept_for"),
    [(7 * DAY, DAY), (26 * HOUR, DAY), (25 * HOUR, 23 * HOUR), (3 * HOUR, HOUR)],
)
def test_an_offer_is_kept_for_a_day_or_until_two_hours_before(db, folk, now, ahead, kept_for):
    dara, ama, bea, *_rest = folk
    session = gathering(db, dara, now, rooms=(Room("To learn", 1),), ahead=ahead)
    for person in (ama, bea):
        takes(db, session, person, now)
    leaves(db, session, ama, now)
    assert seat_of(db, session, bea).offer_until == now + kept_for


def test_inv_50_an_offer_whose_time_ran_out_frees_the_place_although_no_job_ran(
    db, folk, full, now
):
    dara, ama, _bea, cai, dov = folk
    leaves(db, full, ama, now)
    leaves(db, full, dov, now)
    late = now + DAY
    (places,) = queries.places(db, session_for(db, dara, full.key, now=late))
    assert (places.free, places.has_room) == (1, True)
    assert standing(db, full)["cai"] == "offered"  # as it is stored still
    takes(db, full, dov, late)
    assert standing(db, full) == {"ama": "left", "bea": "going", "cai": "passed", "dov": "going"}
    with pytest.raises(Conflict):
        seats.pass_seat(db, full, cai, now=late)


def test_inv_50_an_offer_whose_time_ran_out_goes_to_the_next_before_somebody_new(
    db, folk, full, make_member, now
):
    leaves(db, full, folk[1], now)
    db.commit()
    eli = db.merge(make_member("eli"))
    takes(db, full, eli, now + DAY)
    assert standing(db, full) == {
        "ama": "left",
        "bea": "going",
        "cai": "passed",
        "dov": "offered",
        "eli": "waitlisted",
    }


def test_a_lapsed_offer_is_not_taken(db, folk, full, now):
    _dara, ama, _bea, cai, _dov = folk
    leaves(db, full, ama, now)
    with pytest.raises(Conflict):
        says_yes(db, seat_of(db, full, cai), cai, now + DAY)


def test_inv_49_in_the_last_two_hours_a_free_place_is_whose_who_takes_it_first(
    db, folk, full, make_member, now
):
    _dara, ama, bea, cai, dov = folk
    late = full.starts_at - 2 * HOUR
    leaves(db, full, ama, late)
    leaves(db, full, bea, late)
    assert waiting_asks(db) == []
    takes(db, full, dov, late)  # the last in line was first to ask
    db.commit()
    eli = db.merge(make_member("eli"))
    takes(db, full, eli, late)
    takes(db, full, cai, late)
    assert standing(db, full) | {"ama": "left", "bea": "left"} == {
        "ama": "left",
        "bea": "left",
        "cai": "waitlisted",
        "dov": "going",
        "eli": "going",
    }


def test_once_it_has_begun_nothing_moves(db, folk, full, now):
    _dara, ama, _bea, cai, _dov = folk
    begun = full.starts_at
    for act in (leaves, takes):
        with pytest.raises(Conflict):
            act(db, full, ama, begun)
    before = standing(db, full)
    with pytest.raises(Conflict):
        takes(db, full, cai, begun)
    assert standing(db, full) == before


# Kinds of places


def test_inv_48_another_kind_with_room_is_taken_and_the_first_place_goes_on(db, folk, now):
    dara, ama, bea, *_rest = folk
    session = gathering(db, dara, now, rooms=TWO_KINDS)
    takes(db, session, ama, now)
    takes(db, session, bea, now)
    takes(db, session, ama, now, kind=1)
    assert standing(db, session) == {"ama": "going", "bea": "offered"}
    assert seat_of(db, session, ama).kind_id == kinds(db, session)[1].id


def test_inv_48_where_another_kind_is_full_one_keeps_the_place_that_one_has(db, folk, now):
    dara, ama, bea, *_rest = folk
    session = gathering(db, dara, now, rooms=TWO_KINDS)
    takes(db, session, ama, now)
    takes(db, session, bea, now, kind=1)
    with pytest.raises(Conflict, match="With a case” is full"):
        takes(db, session, ama, now, kind=1)
    assert standing(db, session) == {"ama": "going", "bea": "going"}


def test_inv_48_who_waits_may_wait_for_another_kind(db, folk, now):
    dara, ama, bea, cai, _dov = folk
    session = gathering(db, dara, now, rooms=TWO_KINDS)
    takes(db, session, ama, now)
    takes(db, session, bea, now, kind=1)
    takes(db, session, cai, now)
    takes(db, session, cai, now, kind=1)
    assert seat_of(db, session, cai).kind_id == kinds(db, session)[1].id
    assert [ended.state.value for ended in db.scalars(select(Seat).order_by(Seat.id))] == [
        "going",
        "going",
        "left",
        "waitlisted",
    ]


def test_a_kind_of_another_session_is_none(db, folk, full, now):
    other = gathering(db, folk[0], now, title="Another")
    with pytest.raises(NotFound):
        seats.take_seat(db, full, folk[1], kind=kinds(db, other)[0], named=True, words="", now=now)


def resize(db, session, host, now, *capacities, **named):
    rooms = [
        Room(kind.name, capacity, kind.key)
        for kind, capacity in zip(kinds(db, session), capacities, strict=False)
    ]
    more = [Room(name, capacity) for name, capacity in named.items()]
    words = {"title": session.title, "words": "", "how": "", "place": session.place}
    scheduling.change(db, session, actor=host, seats=[*rooms, *more], now=now, **words)


def test_more_places_are_offered_to_those_in_line(db, folk, full, now):
    resize(db, full, folk[0], now, 3)
    assert standing(db, full)["cai"] == "offered"
    resize(db, full, folk[0], now, 9)
    assert standing(db, full)["dov"] == "offered"


@pytest.mark.parametrize("fewer", [1, 2])
def test_inv_47_never_fewer_places_than_are_taken(db, folk, full, now, fewer):
    leaves(db, full, folk[1], now)  # the place is offered: as good as taken
    if fewer == 2:
        resize(db, full, folk[0], now, 2)
        return
    with pytest.raises(Invalid, match="2 places of “To learn” are taken"):
        resize(db, full, folk[0], now, fewer)


def test_kinds_come_and_those_that_nobody_asked_for_go(db, folk, full, now):
    dara = folk[0]
    resize(db, full, dara, now, 2, Listening=5)
    assert [(kind.name, kind.capacity) for kind in kinds(db, full)] == [
        ("To learn", 2),
        ("Listening", 5),
    ]
    resize(db, full, dara, now, 2)
    assert len(kinds(db, full)) == 1
    with pytest.raises(Invalid, match="asked for “To learn”"):
        resize(db, full, dara, now, Listening=5)


# Who may come


def test_hosts_take_no_place(db, folk, full, now):
    with pytest.raises(NotAllowed):
        takes(db, full, folk[0], now)


def test_a_paused_member_keeps_and_takes_places(db, folk, full, now):
    _dara, ama, *_rest = folk
    participation.pause(db, ama, until=None, now=now)
    assert standing(db, full)["ama"] == "going"
    leaves(db, full, ama, now)
    takes(db, full, ama, now)
    assert standing(db, full)["ama"] == "waitlisted"


def test_inv_09_who_is_apart_from_a_host_knows_of_nothing_to_take(db, folk, full, now):
    dara, ama, *_rest = folk
    boundaries.block(db, dara, blocked_id=ama.id, now=now)
    with pytest.raises(NotFound):
        takes(db, full, ama, now)


@pytest.fixture
def of_circle(db, folk, now):
    """A meeting of a circle that dara, ama and bea are in, and cai is not."""
    dara, ama, bea, *_rest = folk
    db.commit()
    circle = keep_circle(people=(dara, ama, bea))
    session = gathering(db, dara, now, rooms=(Room("All of us", 1),), circle=circle)
    takes(db, session, ama, now)
    takes(db, session, bea, now)
    return session


def test_inv_57_at_a_meeting_of_a_circle_only_its_people_take_places(db, folk, of_circle, now):
    with pytest.raises(NotFound):
        takes(db, of_circle, folk[3], now)
    assert standing(db, of_circle) == {"ama": "going", "bea": "waitlisted"}


def told(kind):
    with reading() as db:
        return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id.desc())).first()


@pytest.mark.parametrize("who_blocks", ["host", "guest"])
def test_inv_09_a_block_ends_a_place_quietly_and_the_next_in_line_is_asked(
    db, folk, full, now, who_blocks
):
    dara, ama, *_rest = folk
    one, other = (dara, ama) if who_blocks == "host" else (ama, dara)
    boundaries.block(db, one, blocked_id=other.id, now=now)
    key = keep(db, full)
    parting.part(told("members:blocked"), now=now)
    assert standing(db, again(db, key)) | {"bea": "going"} == {
        "ama": "left",
        "bea": "going",
        "cai": "offered",
        "dov": "waitlisted",
    }


def test_a_block_is_delivered_to_learning(db, folk, full, now):
    boundaries.block(db, folk[0], blocked_id=folk[1].id, now=now)
    keep(db, full)
    with reading() as read:
        owed = read.scalars(select(Delivery.channel).where(Delivery.channel == "learning")).all()
    assert owed == ["learning"]


def test_a_block_among_guests_ends_no_place(db, folk, full, now):
    _dara, ama, bea, *_rest = folk
    boundaries.block(db, ama, blocked_id=bea.id, now=now)
    key = keep(db, full)
    parting.part(told("members:blocked"), now=now)
    assert standing(db, again(db, key))["ama"] == "going"


def test_inv_09_who_is_apart_from_a_host_is_passed_over_before_the_worker_heard_of_it(
    db, folk, full, now
):
    dara, ama, _bea, cai, _dov = folk
    boundaries.block(db, cai, blocked_id=dara.id, now=now)
    leaves(db, full, ama, now)
    assert standing(db, full) | {"bea": "going"} == {
        "ama": "left",
        "bea": "going",
        "cai": "left",
        "dov": "offered",
    }


def test_inv_56_whoever_leaves_a_circle_loses_the_places_at_its_meetings(db, folk, of_circle, now):
    ama = folk[1]
    key, circle_id = keep(db, of_circle), of_circle.circle_id
    with transaction() as other:
        gone = {"state": MembershipState.LEFT, "ended_at": now}
        other.execute(update(Membership).where(Membership.member_id == ama.id).values(**gone))
    event = Event(
        kind="circles:left",
        actor_id=ama.id,
        subject_kind="circle",
        subject_id=circle_id,
        at=now,
        data={"member": ama.id},
    )
    parting.part(event, now=now)
    assert standing(db, again(db, key)) == {"ama": "left", "bea": "offered"}


# The worker


def test_inv_50_the_worker_passes_on_what_ran_out(db, folk, full, now):
    leaves(db, full, folk[1], now)
    key = keep(db, full)
    assert settle_due(now + DAY) == 1
    assert standing(db, again(db, key))["dov"] == "offered"
    assert settle_due(now + DAY) == 0


def test_an_idle_worker_only_reads(db, folk, full, now, ran):
    keep(db, full)
    statements = ran(lambda: settle_due(now))
    assert [each.split()[0] for each in statements if each != "BEGIN"] == ["SELECT"]


# The session's conversation


def here(db):
    found = select(Member.handle).join(Participant).where(Participant.left_at.is_(None))
    return set(db.scalars(found))


def test_whoever_has_a_place_is_in_the_conversation_and_whoever_gives_it_back_is_not(
    db, folk, full, now
):
    dara, ama, _bea, cai, _dov = folk
    holding.message(db, full, actor=dara, body="Bring a pen.", submission="1", now=now)
    assert here(db) == {"dara", "ama", "bea"}
    leaves(db, full, ama, now)
    assert here(db) == {"dara", "bea"}
    says_yes(db, seat_of(db, full, cai), cai, now)
    assert here(db) == {"dara", "bea", "cai"}


# Many at once


def crowd(session_id, size):
    """Return so many members, kept at once."""
    ids = []
    with transaction() as db:
        for number in range(size):
            member = Member(
                handle=f"guest{number}",
                name=f"Guest {number}",
                email=f"guest{number}@example.com",
                password_hash="",
                joined_at=db.get_one(LearningSession, session_id).proposed_at,
            )
            add_member(db, member, now=member.joined_at)
            ids.append(member.id)
    return ids


def ask_at_once(app, session_id, people, now, *, threads):
    """Let all of them ask for a place, so many at the same moment; return what went wrong."""
    ready, queue, wrong = threading.Barrier(threads), list(people), []

    def run():
        with app.app_context():
            ready.wait()
            while queue:
                try:
                    person_id = queue.pop()
                except IndexError:
                    return
                try:
                    with transaction() as db:
                        session = db.get_one(LearningSession, session_id)
                        takes(db, session, db.get_one(Member, person_id), now)
                except Exception as error:  # noqa: BLE001  # a thread's own error is seen by nobody
                    wrong.append(repr(error))

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=120)
    return wrong


def test_inv_47_49_two_hundred_requests_for_ten_seats_give_ten_and_a_line(app, db, folk, now):
    session = gathering(db, folk[0], now, rooms=(Room("To learn", 10),))
    session_id = keep(db, session)
    people = crowd(session_id, 200)
    assert ask_at_once(app, session_id, people, now, threads=12) == []
    with reading() as read:
        found = read.scalars(
            select(Seat).where(Seat.session_id == session_id).order_by(Seat.line)
        ).all()
    assert [seat.state.value for seat in found] == ["going"] * 10 + ["waitlisted"] * 190
    assert len({seat.line for seat in found}) == len({seat.member_id for seat in found}) == 200
    assert [seat.id for seat in found] == sorted(seat.id for seat in found)


def test_inv_47_48_the_same_request_many_times_at_once_is_one_place(app, db, folk, now):
    dara, ama, *_rest = folk
    session_id = keep(db, gathering(db, dara, now))
    assert ask_at_once(app, session_id, [ama.id] * 24, now, threads=8) == []
    assert standing(db, again(db, session_id)) == {"ama": "going"}
    with reading() as read:
        assert len(read.scalars(select(Seat)).all()) == 1
