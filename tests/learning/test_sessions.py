# ruff: noqa: DTZ001  # what clocks show has no zone yet
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from network.asks import services as asks
from network.asks.queries import inbox
from network.circles.kinds import Life
from network.conversations.models import Message
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.learning.access import is_held, is_lapsed, session_for
from network.learning.checklist import ITEMS, items_for
from network.learning.kinds import Attendance, Format, SessionState
from network.learning.models import Seat
from network.learning.queries import seats as queries
from network.learning.services import holding, hosting, scheduling, sessions
from network.learning.services.offers import SEAT_OFFER, offer_of
from network.learning.services.scheduling import Room
from network.learning.services.turns import host_ids
from network.members.models import Connection, Shield
from network.relationships.models import PrivateNote, Rhythm
from tests.learning.conftest import (
    draft,
    gathering,
    kinds,
    leaves,
    propose,
    says_no,
    says_yes,
    schedule,
    standing,
    takes,
    waiting_asks,
)
from tests.things import keep_circle

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def session(db, folk, now):
    """A session in a week, hosted by dara; ama and bea go, cai is in line."""
    dara, ama, bea, cai, _dov = folk
    made = gathering(db, dara, now)
    for person in (ama, bea, cai):
        takes(db, made, person, now)
    return made


def seat_of(db, session, person):
    found = select(Seat).where(Seat.session_id == session.id, Seat.member_id == person.id)
    return db.scalars(found.order_by(Seat.id.desc()).limit(1)).one()


def heard(db, kind):
    """Return to which channels the events of a kind went."""
    found = select(Delivery.channel).join(Event).where(Event.kind == f"learning:session:{kind}")
    return sorted(db.scalars(found))


def moves(db, session, host, now, **values):
    values = {"zone": "UTC", "begins": datetime(2026, 12, 20, 9), "minutes": 60, **values}
    scheduling.reschedule(db, session, actor=host, now=now, **values)


def changes(db, session, host, now, **values):
    said = {"title": session.title, "words": session.words}
    where = {"how": session.how, "place": session.place}
    scheduling.change(db, session, actor=host, now=now, **{**said, **where, **values})


# Coming into being


def test_inv_52_a_session_is_known_to_calendars_by_its_key_and_the_house(db, folk, now):
    session = draft(db, folk[0], now)
    assert session.uid == f"{session.key}@saltmarsh.example"
    assert (session.sequence, session.state) == (0, SessionState.DRAFT)
    assert host_ids(db, session) == [folk[0].id]


@pytest.mark.parametrize("begin", [propose, draft])
def test_inv_20_the_same_submission_is_one_session_and_other_words_are_another(
    db, folk, now, begin
):
    sent = {"submission": "once", "words": "How to name a price."}
    made = begin(db, folk[0], now, **sent)
    assert begin(db, folk[0], now, **sent) is made
    other = begin(db, folk[0], now, **{**sent, "words": "How to say a price aloud."})
    assert other.id != made.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"words": "x" * 4001}, "words"),
    ],
)
def test_a_session_has_a_name_and_not_too_many_words(db, folk, now, values, field):
    with pytest.raises(Invalid) as refusal:
        draft(db, folk[0], now, **values)
    assert refusal.value.field == field


@pytest.mark.parametrize("begin", [propose, draft])
def test_inv_57_only_its_people_begin_a_meeting_of_a_circle(db, folk, now, begin):
    dara, ama, *_rest = folk
    db.commit()
    circle = keep_circle(people=(dara,))
    assert begin(db, dara, now, circle=circle).circle_id == circle.id
    with pytest.raises(NotFound):
        begin(db, ama, now, circle=circle)


def test_nothing_begins_in_a_circle_that_has_ended(db, folk, now):
    db.commit()
    circle = keep_circle(people=(folk[0],), life=Life.ARCHIVED)
    with pytest.raises(NotAllowed):
        draft(db, folk[0], now, circle=circle)


def test_whoever_adopts_what_was_proposed_hosts_it_and_nobody_after_them(db, folk, now):
    dara, ama, bea, *_rest = folk
    session = propose(db, dara, now)
    for _time in range(2):
        sessions.adopt(db, session, actor=ama, now=now)
    assert (session.state, host_ids(db, session)) == (SessionState.DRAFT, [ama.id])
    with pytest.raises(Conflict):
        sessions.adopt(db, session, actor=bea, now=now)


@pytest.mark.parametrize(("days", "lapsed"), [(59, False), (60, True), (400, True)])
def test_a_session_without_a_host_lapses_after_60_days_although_no_job_ran(
    db, folk, now, days, lapsed
):
    session = propose(db, folk[0], now)
    late = now + days * DAY
    assert is_lapsed(session, late) is lapsed
    if lapsed:
        with pytest.raises(Conflict, match="sixty days"):
            sessions.adopt(db, session, actor=folk[1], now=late)
    else:
        sessions.adopt(db, session, actor=folk[1], now=late)
    assert session.state is (SessionState.PROPOSED if lapsed else SessionState.DRAFT)


# A time and a place


def test_a_draft_gets_its_time_and_is_known_to_others_from_then_on(db, folk, now):
    dara, ama, *_rest = folk
    session = draft(db, dara, now)
    with pytest.raises(NotFound):
        session_for(db, ama, session.key, now=now)
    at = {"zone": "Europe/Stockholm", "begins": datetime(2026, 12, 1, 9, 0)}
    schedule(db, session, dara, now, **at)
    assert session.starts_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert session_for(db, ama, session.key, now=now).session is session


def test_inv_20_scheduling_at_the_same_time_twice_is_once(db, folk, session, now):
    dara = folk[0]
    begins = session.starts_at.replace(tzinfo=None)
    assert schedule(db, session, dara, now, begins=begins) == [session]
    assert len(kinds(db, session)) == 1
    with pytest.raises(Conflict):
        schedule(db, session, dara, now, begins=begins + HOUR)


@pytest.mark.parametrize(
    "rooms",
    [
        (),
        (Room("To learn", 0),),
        (Room("To learn", 1001),),
        (Room("", 3),),
        (Room("x" * 61, 3),),
        (Room("To learn", 3), Room("to  learn", 3)),
        tuple(Room(f"Kind {n}", 1) for n in range(7)),
    ],
)
def test_places_have_names_of_their_own_and_room_for_somebody(db, folk, now, rooms):
    with pytest.raises(Invalid) as refusal:
        schedule(db, draft(db, folk[0], now), folk[0], now, rooms=rooms)
    assert refusal.value.field == "seats"


def by_hosts_alone(db, session, who, now):
    """Yield everything that hosts do, as somebody does it."""
    seat = seat_of(db, session, who) if who.handle != "dara" else None
    yield lambda: schedule(db, session, who, now)
    yield lambda: moves(db, session, who, now)
    yield lambda: changes(db, session, who, now)
    yield lambda: sessions.cancel(db, session, actor=who, words="", now=now)
    yield lambda: hosting.add_host(db, session, actor=who, person=who, now=now)
    yield lambda: hosting.step_down(db, session, actor=who, now=now)
    yield lambda: holding.tick(db, session, "promise", actor=who, done=True, now=now)
    words = {"body": "Hello", "submission": "1"}
    yield lambda: holding.message(db, session, actor=who, now=now, **words)
    noted = {"seat": seat, "attended": Attendance.ATTENDED}
    yield lambda: holding.record_attendance(db, session, actor=who, now=now, **noted)


def test_inv_18_whoever_does_not_host_does_nothing_of_what_hosts_do(db, folk, session, now):
    before = db.scalars(select(Event.id)).all()
    acts = list(by_hosts_alone(db, session, folk[1], now))
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert len(acts) == 9
    assert db.scalars(select(Event.id)).all() == before


# Moving


def test_moving_asks_everyone_who_goes_again_and_keeps_the_order_in_line(db, folk, session, now):
    dara, ama, _bea, cai, _dov = folk
    moves(db, session, dara, now)
    assert standing(db, session) == {"ama": "offered", "bea": "offered", "cai": "waitlisted"}
    assert seat_of(db, session, ama).offer_until == now + 72 * HOUR
    (ask,) = inbox(db, ama, now)
    assert ask.reason == "“Leaving well” is at another time now. Do you still come?"
    says_yes(db, seat_of(db, session, ama), ama, now)
    says_no(db, seat_of(db, session, folk[2]), folk[2], now)
    assert standing(db, session) == {"ama": "going", "bea": "passed", "cai": "offered"}
    assert seat_of(db, session, cai).offer_until == now + DAY


@pytest.mark.parametrize(
    ("ahead", "kept_for"),
    [
        (100 * HOUR, 72 * HOUR),
        (50 * HOUR, 48 * HOUR),
        (3 * HOUR, HOUR),
        (2 * HOUR, HOUR),
        (HOUR, HOUR),
        (HOUR / 2, HOUR / 2),
    ],
)
def test_a_place_is_kept_for_an_answer_for_three_days_or_until_it_is_near(
    db, folk, session, now, ahead, kept_for
):
    dara, ama, *_rest = folk
    moves(db, session, dara, now, begins=(now + ahead).replace(tzinfo=None))
    assert seat_of(db, session, ama).offer_until == now + kept_for
    says_yes(db, seat_of(db, session, ama), ama, now + kept_for / 2)


def test_moving_twice_leaves_one_ask_for_each_and_the_old_one_is_over(db, folk, session, now):
    dara, ama, *_rest = folk
    moves(db, session, dara, now)
    old = offer_of(db, seat_of(db, session, ama))
    moves(db, session, dara, now, begins=datetime(2026, 12, 21, 9))
    assert len(waiting_asks(db)) == 2
    with pytest.raises(Conflict):
        asks.accept(db, old, SEAT_OFFER, actor=ama, now=now, read=old.mark)


@pytest.mark.parametrize("minutes", [90, 60])
def test_inv_52_the_same_time_is_no_change_and_another_length_is_one(
    db, folk, session, now, minutes
):
    begins = session.starts_at.replace(tzinfo=None)
    moves(db, session, folk[0], now, begins=begins, minutes=minutes)
    assert session.sequence == (0 if minutes == 90 else 1)
    assert standing(db, session)["ama"] == ("going" if minutes == 90 else "offered")


def test_what_has_begun_or_has_no_time_is_not_moved(db, folk, session, now):
    dara = folk[0]
    for thing, at in ((session, session.starts_at), (draft(db, dara, now), now)):
        with pytest.raises(Conflict):
            moves(db, thing, dara, at)


def test_inv_52_its_number_grows_when_time_place_or_state_change_and_never_else(
    db, folk, session, now
):
    dara, ama, *_rest = folk
    uid, said = session.uid, []

    def then(act):
        act()
        said.append(session.sequence)

    then(lambda: changes(db, session, dara, now, title="Leaving better", words="Ha.", how="Bring."))
    then(lambda: changes(db, session, dara, now, place="The other room"))
    then(lambda: changes(db, session, dara, now, place="The other room"))
    then(lambda: leaves(db, session, ama, now))
    then(lambda: holding.tick(db, session, "promise", actor=dara, done=True, now=now))
    then(lambda: moves(db, session, dara, now))
    then(lambda: sessions.cancel(db, session, actor=dara, words="Flood.", now=now))
    then(lambda: sessions.cancel(db, session, actor=dara, words="Flood.", now=now))
    assert said == [0, 1, 1, 1, 1, 2, 3, 3]
    assert session.uid == uid


def test_inv_52_the_place_of_a_draft_is_in_no_calendar_yet(db, folk, now):
    session = draft(db, folk[0], now)
    changes(db, session, folk[0], now, place="The reading room")
    assert session.sequence == 0


def test_letters_go_where_time_place_or_state_change(db, folk, session, now):
    dara = folk[0]
    changes(db, session, dara, now, title="Leaving better")
    assert heard(db, "changed") == ["things"]
    changes(db, session, dara, now, place="The other room")
    assert heard(db, "changed") == ["mail", "things", "things"]
    moves(db, session, dara, now)
    sessions.cancel(db, session, actor=dara, words="", now=now)
    assert heard(db, "rescheduled") == heard(db, "cancelled") == ["mail", "things"]


def test_who_proposed_it_may_word_it_anew_until_somebody_hosts_it(db, folk, now):
    dara, ama, bea, *_rest = folk
    session = propose(db, ama, now)
    changes(db, session, ama, now, title="Pricing aloud")
    with pytest.raises(NotAllowed):
        changes(db, session, bea, now, title="Nonsense")
    sessions.adopt(db, session, actor=dara, now=now)
    with pytest.raises(NotAllowed):
        changes(db, session, ama, now, title="Mine again")
    assert session.title == "Pricing aloud"


# Calling off


def test_calling_off_ends_the_offers_and_keeps_who_would_have_come(db, folk, session, now):
    dara, ama, *_rest = folk
    leaves(db, session, ama, now)
    assert len(waiting_asks(db)) == 1
    sessions.cancel(db, session, actor=dara, words="The river is up.", now=now)
    assert (session.cancelled_at, session.cancelled_words) == (now, "The river is up.")
    assert waiting_asks(db) == []
    assert standing(db, session)["bea"] == "going"
    with pytest.raises(Conflict):
        takes(db, session, ama, now)
    with pytest.raises(Conflict):
        changes(db, session, dara, now, title="After all")


def test_what_was_held_is_not_called_off(db, folk, session, now):
    assert is_held(session, session.ends_at)
    with pytest.raises(Conflict):
        sessions.cancel(db, session, actor=folk[0], words="", now=session.ends_at)


def test_who_proposed_it_calls_it_off_and_nobody_else(db, folk, now):
    session = propose(db, folk[0], now)
    with pytest.raises(NotAllowed):
        sessions.cancel(db, session, actor=folk[1], words="", now=now)
    sessions.cancel(db, session, actor=folk[0], words="", now=now)
    assert session.state is SessionState.CANCELLED


# Hosts


def tie(db, one, other, now):
    low, high = sorted((one.id, other.id))
    pair = {"low_id": low, "high_id": high, "asker_id": one.id}
    db.add(Connection(**pair, reason="We met on the quay.", since=now))
    db.flush()


@pytest.mark.parametrize("who", ["a connection", "somebody who comes", "a stranger", "in line"])
def test_whoever_is_asked_to_host_has_said_a_yes_that_it_stands_on(db, folk, session, now, who):
    dara, ama, _bea, cai, dov = folk
    person = {"somebody who comes": ama, "in line": cai}.get(who, dov)
    if who == "a connection":
        tie(db, dara, dov, now)
    if who in {"a stranger", "in line"}:
        with pytest.raises(NotAllowed):
            hosting.add_host(db, session, actor=dara, person=person, now=now)
        return
    for _time in range(2):
        hosting.add_host(db, session, actor=dara, person=person, now=now)
    assert set(host_ids(db, session)) == {dara.id, person.id}


def test_whoever_hosts_gives_their_place_to_the_next_in_line(db, folk, session, now):
    dara, ama, *_rest = folk
    hosting.add_host(db, session, actor=dara, person=ama, now=now)
    assert standing(db, session) == {"ama": "left", "bea": "going", "cai": "offered"}


def test_inv_09_somebody_apart_from_a_new_host_loses_their_place_quietly(db, folk, session, now):
    dara, ama, bea, *_rest = folk
    bea.belongs = " @old.example "
    db.add(Shield(member_id=ama.id, label="Old", mark="@old.example", raised_at=now))
    db.flush()
    hosting.add_host(db, session, actor=dara, person=ama, now=now)
    assert standing(db, session) == {"ama": "left", "bea": "left", "cai": "offered"}


def test_the_last_host_of_a_scheduled_session_hands_over_or_calls_it_off(db, folk, session, now):
    dara, ama, *_rest = folk
    with pytest.raises(Conflict):
        hosting.step_down(db, session, actor=dara, now=now)
    hosting.add_host(db, session, actor=dara, person=ama, now=now)
    hosting.step_down(db, session, actor=dara, now=now)
    assert host_ids(db, session) == [ama.id]


def test_a_draft_that_nobody_hosts_waits_for_somebody_anew(db, folk, now):
    session = draft(db, folk[0], now)
    later = now + 50 * DAY
    hosting.step_down(db, session, actor=folk[0], now=later)
    assert session.state is SessionState.PROPOSED
    assert not is_lapsed(session, later + 59 * DAY)
    sessions.adopt(db, session, actor=folk[1], now=later)


# Holding


@pytest.mark.parametrize("kind", Format)
def test_the_list_of_hosts_is_short_and_each_line_is_of_use_somewhere(kind):
    keys = [item.key for item in items_for(kind)]
    assert 8 <= len(keys) <= 14
    assert len({item.key for item in ITEMS}) == len(ITEMS)


def test_what_is_done_is_ticked_and_unticked_and_what_is_not_on_the_list_is_refused(
    db, folk, session, now
):
    dara = folk[0]
    for item, done in (("place", True), ("promise", True), ("promise", True), ("place", False)):
        holding.tick(db, session, item, actor=dara, done=done, now=now)
    assert session.prepared == ["promise"]
    with pytest.raises(NotFound):
        holding.tick(db, session, "questions", actor=dara, done=True, now=now)


def test_a_message_opens_the_conversation_once_and_twice_sent_is_once(db, folk, session, now):
    for body in ("Bring a pen.", "Bring a pen.", "And a lamp."):
        said = {"body": body, "submission": body}
        holding.message(db, session, actor=folk[0], now=now, **said)
    words = db.scalars(select(Message).order_by(Message.turn)).all()
    assert [each.body for each in words] == ["Bring a pen.", "And a lamp."]
    assert len({each.conversation_id for each in words}) == 1


def test_nobody_is_written_to_before_there_is_a_time(db, folk, now):
    said = {"body": "Hello.", "submission": "1"}
    with pytest.raises(Conflict):
        holding.message(db, draft(db, folk[0], now), actor=folk[0], now=now, **said)


def note_that(db, session, person, host, at, attended=Attendance.ATTENDED):
    seat = seat_of(db, session, person)
    who = {"actor": host, "seat": seat, "attended": attended}
    holding.record_attendance(db, session, **who, now=at)
    return seat.attended


def test_who_came_is_noted_once_it_has_begun_of_those_who_had_a_place(db, folk, session, now):
    dara, ama, _bea, cai, _dov = folk
    begun = session.starts_at
    with pytest.raises(Conflict):
        note_that(db, session, ama, dara, now)
    with pytest.raises(NotFound):
        note_that(db, session, cai, dara, begun)
    assert note_that(db, session, ama, dara, begun) is Attendance.ATTENDED
    assert note_that(db, session, ama, dara, begun, Attendance.MISSED) is Attendance.MISSED
    assert note_that(db, session, ama, dara, begun, None) is None


def test_who_came_is_read_by_hosts_and_by_the_person_alone(db, folk, session, now):
    dara, ama, bea, *_rest = folk
    begun = session.starts_at
    note_that(db, session, ama, dara, begun)
    log = db.scalars(select(Event).where(Event.kind == "learning:seat:attendance_noted")).one()
    assert "attended" not in str(log.data)
    seen = session_for(db, bea, session.key, now=begun)
    assert queries.for_hosts(db, bea, seen) == []
    assert queries.seat_to_note(db, bea, seen, seat_of(db, session, ama).key) is None
    own = session_for(db, ama, session.key, now=begun).seat
    assert own.attended is Attendance.ATTENDED


def test_those_who_met_are_in_touch_again_where_a_note_with_a_rhythm_says_so(
    db, folk, session, now
):
    dara, ama, bea, *_rest = folk
    kept = {"note": "", "how_met": "", "since": now}
    db.add(PrivateNote(owner_id=ama.id, about_id=dara.id, rhythm=Rhythm.MONTHLY, **kept))
    db.add(PrivateNote(owner_id=dara.id, about_id=ama.id, rhythm=Rhythm.NONE, **kept))
    db.add(PrivateNote(owner_id=bea.id, about_id=ama.id, rhythm=Rhythm.YEARLY, **kept))
    begun = session.starts_at
    note_that(db, session, ama, dara, begun)
    notes = select(PrivateNote.owner_id, PrivateNote.spoke_at)
    spoke = dict(db.execute(notes).all())
    assert spoke == {ama.id: begun, dara.id: None, bea.id: None}
    note_that(db, session, bea, dara, begun)
    assert dict(db.execute(notes).all())[bea.id] == begun
    assert len(db.scalars(select(PrivateNote)).all()) == 3


# Who is named


def test_names_are_for_those_who_come_too_and_who_would_rather_not_be_is_named_to_hosts_alone(
    db, folk, now
):
    dara, ama, bea, cai, dov = folk
    session = gathering(db, dara, now, rooms=(Room("To learn", 9), Room("Listening", 9)))
    takes(db, session, ama, now)
    takes(db, session, bea, now, named=False)
    takes(db, session, cai, now, kind=1)

    def named_to(reader):
        coming = queries.who_comes(db, reader, session_for(db, reader, session.key, now=now))
        return [sorted(each.handle for each in coming.get(k.id, ())) for k in kinds(db, session)]

    assert named_to(dara) == [["ama", "bea"], ["cai"]]
    assert named_to(ama) == [["ama"], ["cai"]]
    assert named_to(bea) == [["ama", "bea"], ["cai"]]
    assert named_to(dov) == [[], []]
