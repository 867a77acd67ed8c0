# ruff: noqa: F811  # fixtures of other files are named again where they are wanted
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine

from network.circles.models import Circle
from network.db import transaction
from network.learning.kinds import Format
from network.learning.models import LearningInterest, LearningNeed, LearningSession, Seat, SeatKind
from network.learning.services import scheduling, seats, sessions
from network.members.kinds import MembershipState, State
from network.members.models import Member, Membership
from network.members.services.boundaries import block, raise_shield
from network.members.services.participation import pause
from tests.conftest import MakeMember
from tests.learning.calendars import keep_session, read, times
from tests.learning.test_feeds import circle  # noqa: F401
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401

Letters = Callable[[], list[EmailMessage]]
WORDS = "Der Fluss ist\nüber die Ufer. 🎉"


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama", time_zone="Europe/Lisbon")


@pytest.fixture
def keiko(make_member: MakeMember) -> Member:
    return make_member("keiko")


@pytest.fixture
def session(keiko: Member, now: datetime) -> LearningSession:
    return keep_session(keiko, now=now, title="Leaving well", starts_at=now + timedelta(days=9))


def does(service: Callable[..., Any], session: LearningSession, *who: Member, **values: Any) -> Any:
    """Let somebody do something, as a request of theirs would."""
    with transaction() as db:
        people = [db.get_one(Member, each.id) for each in who]
        if "actor" in values:
            values["actor"] = db.get_one(Member, values["actor"].id)
        return service(db, db.get_one(LearningSession, session.id), *people, **values)


def takes(session: LearningSession, member: Member, *, now: datetime) -> Seat:
    with transaction() as db:
        kind = db.query(SeatKind).filter_by(session_id=session.id).one()
        return seats.take_seat(
            db,
            db.get_one(LearningSession, session.id),
            db.get_one(Member, member.id),
            kind=kind,
            named=True,
            words="",
            now=now,
        )


def moves(session: LearningSession, host: Member, *, now: datetime) -> None:
    begins = datetime(2026, 12, 8, 9, 0)  # noqa: DTZ001  # on the clocks of the zone
    does(
        scheduling.reschedule,
        session,
        actor=host,
        zone="Europe/Stockholm",
        begins=begins,
        minutes=60,
        now=now,
    )


def fresh(letters: Letters, *, but: str = "waits for your answer") -> Letters:
    """Return what reads the letters that were not read before."""
    known: set[str] = set()

    def read_new() -> list[EmailMessage]:
        new = [each for each in letters() if each["Message-ID"] not in known]
        known.update(each["Message-ID"] for each in new)
        return [each for each in new if not but or but not in each["Subject"]]

    return read_new


@pytest.fixture
def news(letters: Letters) -> Letters:
    return fresh(letters)


def words_of(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def entry_of(letter: EmailMessage) -> Any:
    """Return the entry that a letter brings, or None; the type says the same as the entry."""
    found = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]
    if not found:
        return None
    (part,) = found
    calendar = read(part.get_payload(decode=True).decode())
    assert part["Content-Type"].params["method"] == calendar.method.value
    return calendar


def test_inv_52_whoever_takes_a_place_gets_its_entry_with_where_and_when(
    session: LearningSession, ama: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    (letter,) = news()
    assert letter["To"] == "ama@ama.example"
    assert letter["Subject"] == "A place is yours at Saltmarsh"
    text, calendar = words_of(letter), entry_of(letter)
    assert "A place is yours at “Leaving well”." in text
    assert "Monday, 30 November 2026, 12:00 to 13:30, Lisbon’s time." in " ".join(text.split())
    assert "Where: The reading room, Harbour Street 4" in text
    assert f"http://127.0.0.1:8000/learning/sessions/{session.key}\n" in text
    assert calendar.method.value == "PUBLISH"
    assert calendar.vevent.uid.value == session.uid
    assert calendar.vevent.location.value == "The reading room, Harbour Street 4"
    assert times(calendar.vevent) == (session.starts_at, session.ends_at)
    assert calendar.vevent.organizer.value == "mailto:commonweal@localhost"
    assert not hasattr(calendar.vevent, "attendee")


OVER = ("left", "cancelled", "begun", "blocked", "blocking", "shielded", "suspended")


@pytest.mark.parametrize("over", OVER)
def test_inv_58_59_a_place_that_is_over_or_hidden_by_now_is_not_confirmed(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    news: Letters,
    now: datetime,
    time: time_machine.Coordinates,
    over: str,
) -> None:
    takes(session, ama, now=now)
    if over == "left":
        does(seats.leave_seat, session, ama, now=now)
    elif over == "cancelled":
        does(sessions.cancel, session, actor=keiko, words="", now=now)
    elif over == "begun":
        time.shift(timedelta(days=9))
    else:
        part(ama, keiko, over, now)
    assert [each["Subject"] for each in news() if "is yours" in each["Subject"]] == []


def part(ama: Member, keiko: Member, how: str, now: datetime) -> None:
    with transaction() as db:
        me, host = db.get_one(Member, ama.id), db.get_one(Member, keiko.id)
        {
            "blocked": lambda: block(db, host, blocked_id=me.id, now=now),
            "blocking": lambda: block(db, me, blocked_id=host.id, now=now),
            "shielded": lambda: raise_shield(db, host, against="ama.example", now=now),
            "suspended": lambda: setattr(me, "state", State.SUSPENDED),
        }[how]()


def test_inv_52_a_new_time_asks_again_and_moves_the_entry(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    (before,) = news()
    moves(session, keiko, now=now)
    (letter,) = news()
    assert letter["Subject"] == "A session has another time at Saltmarsh"
    text = " ".join(words_of(letter).split())
    assert "Tuesday, 8 December 2026, 08:00 to 09:00, Lisbon’s time." in text
    assert "Your place is kept until 24 November 2026, and yours again once you say so." in text
    assert "Harbour" not in letter.as_string() + text
    was, entry = entry_of(before).vevent, entry_of(letter).vevent
    assert was.uid.value == entry.uid.value
    assert int(entry.sequence.value) > int(was.sequence.value)
    assert entry.status.value == "TENTATIVE"
    assert times(entry)[0].isoformat() == "2026-12-08T08:00:00+00:00"
    assert not hasattr(entry, "location")


def test_inv_58_an_earlier_move_is_not_told_after_a_later_one(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    news()
    moves(session, keiko, now=now)
    later = datetime(2026, 12, 9, 9, 0)  # noqa: DTZ001
    zone = {"zone": "Europe/Stockholm", "begins": later, "minutes": 60}
    does(scheduling.reschedule, session, actor=keiko, now=now, **zone)
    (letter,) = news()
    assert "9 December" in words_of(letter)


def test_inv_58_a_move_is_one_letter_that_asks_again_too(
    session: LearningSession, ama: Member, keiko: Member, letters: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    news = fresh(letters, but="")
    news()
    moves(session, keiko, now=now)
    (letter,) = news()
    assert letter["Subject"] == "A session has another time at Saltmarsh"
    assert "kept until 24 November" in " ".join(words_of(letter).split())
    assert entry_of(letter).vevent.status.value == "TENTATIVE"


def test_a_move_is_told_although_the_place_is_another_before_the_post_goes(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    news()
    moves(session, keiko, now=now)
    said = {"title": "Leaving well", "words": "", "how": "", "now": now, "actor": keiko}
    does(scheduling.change, session, place="The old mill", **said)
    (letter,) = news()
    assert letter["To"] == "ama@ama.example"
    assert entry_of(letter).vevent.sequence.value == "2"


def test_inv_58_whoever_is_offered_a_place_by_a_move_has_one_letter(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    make_member: MakeMember,
    letters: Letters,
    now: datetime,
) -> None:
    with transaction() as db:
        db.query(SeatKind).filter_by(session_id=session.id).one().capacity = 1
    takes(session, ama, now=now)
    takes(session, make_member("rui"), now=now)
    last_hours = session.starts_at - timedelta(hours=1)
    does(seats.leave_seat, session, ama, now=last_hours)
    news = fresh(letters, but="")
    news()
    moves(session, keiko, now=last_hours)
    with time_machine.travel(last_hours, tick=False):
        (letter,) = news()
    assert letter["To"] == "rui@rui.example"
    assert letter["Subject"] == "Something waits for your answer at Saltmarsh"


def test_inv_58_whoever_said_yes_again_is_sent_the_place_alone(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    news()
    moves(session, keiko, now=now)
    takes(session, ama, now=now)
    (letter,) = news()
    assert letter["Subject"] == "A place is yours at Saltmarsh"
    assert entry_of(letter).vevent.sequence.value == "1"


def test_inv_58_a_place_taken_twice_before_the_post_goes_is_confirmed_once(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    moves(session, keiko, now=now)
    takes(session, ama, now=now)
    assert [each["Subject"] for each in news()] == ["A place is yours at Saltmarsh"]


def test_another_place_is_told_to_those_going_and_other_words_to_nobody(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    make_member: MakeMember,
    news: Letters,
    now: datetime,
) -> None:
    takes(session, ama, now=now)
    news()
    said = {"title": "Leaving well", "words": "", "how": "", "now": now, "actor": keiko}
    does(scheduling.change, session, place=session.place, **{**said, "words": "More."})
    assert news() == []
    does(scheduling.change, session, place="The old mill", **said)
    (letter,) = news()
    assert letter["To"] == "ama@ama.example"
    assert "Where: The old mill" in words_of(letter)
    assert entry_of(letter).vevent.location.value == "The old mill"
    assert entry_of(letter).vevent.sequence.value == "1"


def test_inv_52_a_cancellation_takes_the_entry_out_for_everybody_who_had_a_place(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    make_member: MakeMember,
    news: Letters,
    now: datetime,
) -> None:
    with transaction() as db:
        db.query(SeatKind).filter_by(session_id=session.id).one().capacity = 1
    waits = make_member("rui")
    takes(session, ama, now=now)
    takes(session, waits, now=now)
    news()
    does(sessions.cancel, session, actor=keiko, words=WORDS, now=now)
    going, waiting = news()
    assert (going["To"], waiting["To"]) == ("ama@ama.example", "rui@rui.example")
    for letter in (going, waiting):
        assert letter["Subject"] == "A session was cancelled at Saltmarsh"
        assert WORDS in words_of(letter)
        assert "Harbour" not in words_of(letter)
    calendar = entry_of(going)
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.uid.value == session.uid
    assert (calendar.vevent.status.value, calendar.vevent.sequence.value) == ("CANCELLED", "1")
    assert entry_of(waiting) is None


@pytest.mark.parametrize("state", ["member", "paused", "blocked", "suspended"])
def test_a_cancellation_reaches_who_may_know_of_it_also_while_paused(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime, state: str
) -> None:
    takes(session, ama, now=now)
    news()
    does(sessions.cancel, session, actor=keiko, words="", now=now)
    if state == "paused":
        with transaction() as db:
            pause(db, db.get_one(Member, ama.id), until=None, now=now)
    elif state != "member":
        part(ama, keiko, state, now)
    assert [each["To"] for each in news()] == (
        ["ama@ama.example"] if state in {"member", "paused"} else []
    )


def test_whoever_gives_a_place_back_is_sent_nothing(
    session: LearningSession, ama: Member, news: Letters, now: datetime
) -> None:
    takes(session, ama, now=now)
    news()
    does(seats.leave_seat, session, ama, now=now)
    assert news() == []


def test_inv_52_silence_after_a_new_time_ends_a_place_and_its_entry(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    news: Letters,
    now: datetime,
    time: time_machine.Coordinates,
) -> None:
    takes(session, ama, now=now)
    moves(session, keiko, now=now)
    news()
    time.shift(timedelta(days=4))
    does(seats.release, session, now=now + timedelta(days=4))
    (letter,) = news()
    assert letter["Subject"] == "A place of yours has ended at Saltmarsh"
    assert "went on to the next in line" in " ".join(words_of(letter).split())
    assert entry_of(letter).method.value == "CANCEL"
    assert entry_of(letter).vevent.uid.value == session.uid


def test_inv_56_57_whoever_left_the_circle_is_sent_a_farewell_that_tells_nothing(
    ama: Member,
    keiko: Member,
    circle: Circle,
    news: Letters,
    now: datetime,
) -> None:
    starts_at = now + timedelta(days=9)
    meeting = keep_session(
        keiko, now=now, title="We meet", circle_id=circle.id, starts_at=starts_at
    )
    takes(meeting, ama, now=now)
    assert len(news()) == 1
    with transaction() as db:
        row = db.query(Membership).filter_by(member_id=ama.id).one()
        row.state, row.ended_at = MembershipState.REMOVED, now
    does(seats.release, meeting, now=now)
    (letter,) = news()
    calendar = entry_of(letter)
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.uid.value == meeting.uid
    told = words_of(letter) + calendar.serialize()
    assert not any(secret in told for secret in ("We meet", "Quiet", "Harbour", "30 November"))
    assert not hasattr(calendar.vevent, "dtstart")


@pytest.mark.parametrize("how", ["blocked", "blocking"])
def test_inv_09_a_place_that_a_block_ended_is_not_written_about(
    session: LearningSession, ama: Member, keiko: Member, news: Letters, now: datetime, how: str
) -> None:
    takes(session, ama, now=now)
    news()
    part(ama, keiko, how, now)
    does(seats.release, session, now=now)
    assert news() == []


@pytest.mark.parametrize("how", ["blocked", "blocking"])
def test_inv_09_nor_is_one_at_a_meeting_of_a_circle_that_both_are_still_in(
    ama: Member,
    keiko: Member,
    circle: Circle,
    news: Letters,
    now: datetime,
    how: str,
) -> None:
    meeting = keep_session(keiko, now=now, circle_id=circle.id)
    takes(meeting, ama, now=now)
    news()
    part(ama, keiko, how, now)
    does(seats.release, meeting, now=now)
    assert news() == []


@pytest.fixture
def need(ama: Member, now: datetime) -> LearningNeed:
    with transaction() as db:
        need = LearningNeed(
            member_id=ama.id, words="To leave well", written_at=now, submission="need"
        )
        db.add(need)
    return need


def drafted(host: Member, need: LearningNeed, *, now: datetime) -> LearningSession:
    with transaction() as db:
        return sessions.draft(
            db,
            db.get_one(Member, host.id),
            format=Format.WORKSHOP,
            title="Leaving well",
            words="",
            circle=None,
            submission="drafted",
            now=now,
            domain="saltmarsh.example",
            need=db.get_one(LearningNeed, need.id),
        )


def gets_a_time(session: LearningSession, host: Member, *, now: datetime) -> None:
    does(
        scheduling.schedule,
        session,
        actor=host,
        zone="Asia/Tokyo",
        begins=datetime(2026, 12, 8, 9, 0),  # noqa: DTZ001
        minutes=60,
        place="The old mill",
        how="",
        seats=[scheduling.Room("To learn", 5)],
        now=now,
    )


@pytest.mark.parametrize("state", ["interested", "paused", "blocked", "blocking", "going"])
def test_a_session_that_came_of_a_wish_is_told_to_those_who_had_it(
    ama: Member,
    keiko: Member,
    need: LearningNeed,
    make_member: MakeMember,
    news: Letters,
    now: datetime,
    state: str,
) -> None:
    make_member("nobody")
    also = make_member("rui")
    with transaction() as db:
        for member in (also, keiko):
            db.add(LearningInterest(need_id=need.id, member_id=member.id, at=now))
    session = drafted(keiko, need, now=now)
    gets_a_time(session, keiko, now=now)
    if state == "paused":
        with transaction() as db:
            pause(db, db.get_one(Member, ama.id), until=None, now=now)
    elif state == "going":
        takes(session, ama, now=now)
    elif state != "interested":
        part(ama, keiko, state, now)
    told = [each for each in news() if "has a time" in each["Subject"]]
    mine = ["ama@ama.example"] if state == "interested" else []
    assert [each["To"] for each in told] == [*mine, "rui@rui.example"]
    letter = told[-1]
    text = " ".join(words_of(letter).split())
    assert letter["Subject"] == "A session has a time at Saltmarsh"
    assert "You wanted to learn this, and somebody hosts it: “Leaving well”." in text
    assert "Tuesday, 8 December 2026, 00:00 to 01:00, UTC." in text
    assert "Where it was set: Tuesday, 8 December 2026, 09:00 to 10:00, Tokyo’s time." in text
    assert "old mill" not in letter.as_string()
    assert entry_of(letter) is None


def test_inv_59_no_subject_of_a_letter_about_sessions_is_private(
    session: LearningSession,
    ama: Member,
    keiko: Member,
    letters: Letters,
    now: datetime,
) -> None:
    takes(session, ama, now=now)
    letters()
    moves(session, keiko, now=now)
    letters()
    does(sessions.cancel, session, actor=keiko, words=WORDS, now=now)
    subjects = " ".join(str(each["Subject"]) for each in letters())
    assert not any(word in subjects for word in ("Leaving", "Keiko", "Fluss", "Harbour"))
