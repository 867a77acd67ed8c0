# fixtures of other files are named again where they are wanted
from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.db import transaction
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat
from network.members.models import Member
from network.relationships.services.connections import block
from tests.conftest import plain, post
from tests.learning.conftest import draft, kinds, leaves, propose, schedule, takes
from tests.learning.gathered import PLACE, act, address, kind, people, read, seat_of, state_of
from tests.things import keep_circle

__all__ = ("address", "kind", "people")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def says(answer):
    """Return the words of a page on one line, without what differs each time."""
    return " ".join(plain(answer).split())


# Who reads what


@pytest.mark.parametrize(
    ("who", "reads", "not_reads"),
    [
        (
            "dov",
            ["You would stand in line.", "Where it is, those who have a place read."],
            [PLACE, "Ama Example", "Bea Example", "Cai Example", "You host it"],
        ),
        (
            "ama",
            ["You have a place.", PLACE, "Bea Example", "There are no steps."],
            ["Cai Example"],
        ),
        ("cai", ["You are in line.", "Leave the line"], [PLACE, "Ama Example", "Bea Example"]),
        ("dara", [PLACE, "Ama Example has a place.", "Cai Example is in line."], ["Take a place"]),
    ],
)
def test_inv_51_each_reads_of_a_session_what_is_theirs(
    people, address, sign_in, who, reads, not_reads
):
    answer = sign_in(getattr(people, who)).get(address)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", says(answer))
    text = " ".join(text.split())
    assert "Bring one price you are afraid of." in text
    assert [words for words in reads if words not in text] == []
    assert [words for words in not_reads if words in text] == []


def test_whoever_would_rather_not_be_named_is_named_to_hosts_alone(people, address, sign_in, now):
    def hide(db, it):
        seat_of(db, it.session, it.bea).named = False

    act(hide)
    assert "Bea Example" not in says(sign_in(people.ama).get(address))
    assert "Bea Example" in says(sign_in(people.dara).get(address))


def test_inv_09_somebody_who_is_apart_is_not_named(people, address, sign_in, now):
    act(lambda db, it: block(db, it.bea, it.ama, now=now))
    assert "Bea Example" not in says(sign_in(people.ama).get(address))
    assert "Ama Example" not in says(sign_in(people.bea).get(address))


@pytest.mark.parametrize("who", ["dov", "ama"])
def test_inv_09_57_a_session_of_somebody_who_is_apart_is_the_same_as_none(
    people, address, sign_in, now, who
):
    act(lambda db, it: block(db, it.dara, getattr(it, who), now=now))
    client = sign_in(getattr(people, who))
    hidden, unknown = client.get(address), client.get("/learning/sessions/zzzzzzzzzzzz")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert says(hidden) == says(unknown)


@pytest.mark.parametrize(("who", "status"), [("ama", 200), ("dov", 404)])
def test_a_meeting_of_a_circle_is_there_for_those_inside(people, sign_in, now, who, status):
    circle = keep_circle("The Herons", people=[people.dara, people.ama])

    def begin(db, it):
        session = draft(db, it.dara, now, circle=db.merge(circle))
        schedule(db, session, it.dara, now)
        return session.key

    answer = sign_in(getattr(people, who)).get(f"/learning/sessions/{act(begin)}")
    assert answer.status_code == status
    assert ("The Herons" in answer.text) is (status == 200)


@pytest.mark.parametrize(("who", "status"), [("dara", 200), ("ama", 404)])
def test_a_draft_is_there_for_its_hosts(people, sign_in, now, who, status):
    key = act(lambda db, it: draft(db, it.dara, now).key)
    answer = sign_in(getattr(people, who)).get(f"/learning/sessions/{key}")
    assert answer.status_code == status
    assert ("Only its hosts see it." in answer.text) is (status == 200)


# When it is


def test_inv_52_the_time_stands_on_the_clocks_of_the_reader_and_of_the_host(people, sign_in, now):
    def begin(db, it):
        session = draft(db, it.dara, now)
        at = (now + 7 * DAY).replace(tzinfo=None, hour=20)
        schedule(db, session, it.dara, now, zone="Europe/Stockholm", begins=at)
        return session.key

    there_at = f"/learning/sessions/{act(begin)}"
    there = says(sign_in(people.dara).get(there_at))
    assert "20:00" in there
    assert "Tokyo" not in there
    here = says(sign_in(people.ama).get(there_at))
    assert "for you, in Tokyo’s time" in here
    assert "Sunday, 29 November 2026" in here
    assert "04:00" in here
    assert "Saturday, 28 November 2026, Stockholm’s time" in here
    assert "20:00" in here
    assert 'datetime="2026-11-28T19:00:00+00:00"' in here


def test_whoever_lives_where_it_is_reads_one_clock(people, address, sign_in):
    text = says(sign_in(people.bea).get(address))
    assert text.count('class="theirs"') == 0
    assert 'class="theirs"' in says(sign_in(people.ama).get(address))


def test_in_the_last_hours_a_free_place_is_for_whoever_takes_it_first(
    people, address, kind, sign_in, now
):
    late = now + 7 * DAY - HOUR
    act(lambda db, it: leaves(db, it.session, it.ama, late))
    with time_machine.travel(late, tick=False):
        cai, dov = sign_in(people.cai), sign_in(people.dov)
        assert "A place is yours as soon as you say so." in says(dov.get(address))
        assert "A place is yours as soon as you say so." in says(cai.get(address))
        post(dov, f"{address}/place", {"kind": kind, "named": "y"})
        assert "You have a place." in says(dov.get(address))
        assert "A place is yours as soon as you say so." not in says(cai.get(address))
    assert (state_of("dov"), state_of("cai")) == ("going", "waitlisted")


def test_inv_17_an_offer_whose_day_has_passed_is_over_although_no_job_ran(
    people, address, sign_in, now
):
    act(lambda db, it: leaves(db, it.session, it.ama, now))
    cai = sign_in(people.cai)
    assert "A place is held for you until" in says(cai.get(address))
    with time_machine.travel(now + DAY, tick=False):
        text = says(cai.get(address))
        assert "A place is held for you until" not in text
        assert "Take a place" in text
        answered = post(cai, f"{address}/place/answer", {"answer": "yes"})
        assert answered.status_code == 409
    assert "A place is held for you until" not in says(sign_in(people.dov).get(address))


# Taking a place


def test_a_place_is_taken_given_back_and_goes_to_the_first_in_line(people, address, kind, sign_in):
    dov, ama, cai = (sign_in(getattr(people, who)) for who in ("dov", "ama", "cai"))
    form = {"kind": kind, "named": "y", "words": "To say a price aloud."}
    for _twice in (1, 2):
        assert post(dov, f"{address}/place", form).location == f"{address}#places"
    assert state_of("dov") == "waitlisted"
    for _twice in (1, 2):
        assert post(ama, f"{address}/place/back").status_code == 303
    assert (state_of("ama"), state_of("cai"), state_of("dov")) == (
        "left",
        "offered",
        "waitlisted",
    )
    for _twice in (1, 2):
        assert post(cai, f"{address}/place/answer", {"answer": "yes"}).status_code == 303
    assert state_of("cai") == "going"
    assert "You have a place." in says(cai.get(address))


def test_a_no_to_an_offer_moves_it_on_and_costs_nothing(people, address, sign_in, now):
    act(lambda db, it: takes(db, it.session, it.dov, now))
    act(lambda db, it: leaves(db, it.session, it.ama, now))
    cai = sign_in(people.cai)
    assert post(cai, f"{address}/place/answer", {"answer": "no"}).status_code == 303
    assert (state_of("cai"), state_of("dov")) == ("passed", "offered")
    assert "You would be next in line." in says(cai.get(address))


@pytest.mark.parametrize(
    ("who", "path", "form", "status"),
    [
        ("dov", "place", {"kind": "zzz"}, 409),
        ("dov", "place", {}, 409),
        ("dov", "place/answer", {"answer": "yes"}, 409),
        ("cai", "place/answer", {"answer": "yes"}, 409),
        ("cai", "place/answer", {"answer": "perhaps"}, 422),
        ("dara", "place", {"kind": None}, 403),
        ("dov", "adopted", {}, 409),
        ("dov", "cancel", {"words": ""}, 403),
        ("dov", "time", {}, 403),
        ("dov", "change", {}, 403),
        ("dov", "message", {"body": "Hello."}, 403),
        ("ama", "hosts", {"handle": "dov"}, 403),
        ("ama", "prepared", {"item": "promise", "done": "yes"}, 403),
        ("ama", "hosts/step-down", {}, 403),
    ],
)
def test_inv_18_what_is_not_ones_own_is_refused(
    people, address, kind, sign_in, who, path, form, status
):
    form = {key: value or kind for key, value in form.items()}
    before = read(lambda db, it: [(s.state, s.line) for s in db.scalars(select(Seat))])
    assert post(sign_in(getattr(people, who)), f"{address}/{path}", form).status_code == status
    assert read(lambda db, it: [(s.state, s.line) for s in db.scalars(select(Seat))]) == before


def test_too_many_words_come_back_with_the_form(people, address, kind, sign_in):
    form = {"kind": kind, "words": "y" * 601}
    answered = post(sign_in(people.dov), f"{address}/place", form)
    assert answered.status_code == 422
    assert "y" * 601 in answered.text
    assert "This has 601 letters; 600 is the most." in answered.text


# Beginning one


BEGIN = {"title": "Pricing aloud", "words": "Say it.", "format": "workshop", "submission": "x"}


def test_a_session_is_begun_given_its_time_and_read_by_all(people, sign_in):
    dara, dov = sign_in(people.dara), sign_in(people.dov)
    assert "What shall people learn together?" in dara.get("/learning/sessions/new").text
    sent = [post(dara, "/learning/sessions", {**BEGIN, "host": "me"}) for _twice in (1, 2)]
    assert sent[0].location == sent[1].location
    assert sent[0].location.endswith("/time")
    form = {
        "day": "2026-12-05",
        "at": "09:30",
        "minutes": "90",
        "zone": "Europe/Stockholm",
        "name_one": "To learn",
        "room_one": "12",
        "place": PLACE,
    }
    made = post(dara, sent[0].location, form)
    assert made.status_code == 303
    text = says(dov.get(made.location))
    assert "Pricing aloud" in text
    assert "08:30" in text
    assert PLACE not in text


def test_what_is_proposed_is_taken_up_by_one(people, sign_in):
    dara, dov, ama = (sign_in(getattr(people, who)) for who in ("dara", "dov", "ama"))
    address = post(dara, "/learning/sessions", {**BEGIN, "host": "other"}).location
    assert "Dara Example proposes it, and somebody may host it." in says(dov.get(address))
    for _twice in (1, 2):
        assert post(dov, f"{address}/adopted").location == f"{address}/time"
    assert "It has no time yet." in says(dov.get(address))
    assert ama.get(address).status_code == 404
    assert post(ama, f"{address}/adopted").status_code == 404


def test_what_nobody_took_up_for_sixty_days_lapsed_although_no_job_ran(people, sign_in, now):
    key = act(lambda db, it: propose(db, it.dara, now).key)
    with time_machine.travel(now + 60 * DAY, tick=False):
        dov = sign_in(people.dov)
        text = says(dov.get(f"/learning/sessions/{key}"))
        assert "it lapsed" in text
        assert "I host it" not in text
        assert post(dov, f"/learning/sessions/{key}/adopted").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "y" * 121}, {"words": "y" * 4001}, {"format": "x"}, {"host": "x"}],
)
def test_a_session_that_cannot_be_begun_comes_back_with_its_words(people, sign_in, wrong):
    form = {**BEGIN, "host": "me", **wrong}
    answered = post(sign_in(people.dara), "/learning/sessions", form)
    assert answered.status_code == 422
    assert form["words"] in answered.text
    assert form["title"] in answered.text
    assert read(lambda db, _it: db.scalars(select(LearningSession)).all()) == []


def test_a_circle_that_one_is_not_inside_of_is_not_there(people, sign_in):
    circle = keep_circle("The Herons", people=[people.ama])
    form = {**BEGIN, "host": "me", "circle": circle.slug}
    assert post(sign_in(people.dara), "/learning/sessions", form).status_code == 404
    assert post(sign_in(people.ama), "/learning/sessions", form).status_code == 303


def test_a_session_that_was_called_off_says_so_and_in_whose_words(people, address, sign_in):
    dara, ama = sign_in(people.dara), sign_in(people.ama)
    assert "Call" in dara.get(f"{address}/cancel").text
    for _twice in (1, 2):
        sent = post(dara, f"{address}/cancel", {"words": "The river is in the room."})
        assert sent.status_code == 303
    text = says(ama.get(address))
    assert "It was cancelled on 21 November" in text
    assert "The river is in the room." in text
    assert PLACE not in text or "Where" in text
    assert post(ama, f"{address}/place/back").status_code in {303, 409}


# As many statements at any size


@pytest.mark.parametrize("who", ["dara", "ama", "dov", "cai"])
def test_the_page_is_at_most_twelve_statements_with_a_hundred_places(
    people, address, sign_in, ran, now, who
):
    client = sign_in(getattr(people, who))
    client.get(address)
    small = len(ran(lambda: client.get(address)))
    with transaction() as db:
        session = db.scalars(select(LearningSession)).one()
        (kind_of,) = kinds(db, session)
        kind_of.capacity = 60
        for n in range(100):
            person = Member(
                handle=f"more{n}",
                name=f"More {n}",
                email=f"more{n}@more.example",
                password_hash="x",
                joined_at=now,
            )
            db.add(person)
            db.flush()  # the seat names it
            state = SeatState.GOING if n < 55 else SeatState.WAITLISTED
            common = {"session_id": session.id, "kind_id": kind_of.id, "asked_at": now}
            db.add(Seat(**common, member_id=person.id, state=state, line=100 + n))
    large = len(ran(lambda: client.get(address)))
    assert small == large <= 12
