from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from dateutil.rrule import rrulestr
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from network.db import transaction
from network.learning import month as months
from network.learning.calendar import Entry, Standing, calendar_text, farewell_text, web_calendars
from network.learning.clock_words import when
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession
from network.mail import Method
from network.members.models import Member
from network.members.services.boundaries import block
from tests.conftest import NOON, MakeMember
from tests.learning.calendars import (
    PLACE,
    change,
    events,
    keep_seat,
    keep_session,
    lines,
    read,
    times,
)
from tests.learning.zones import ZONES, around_changes
from tests.sweep.crawl import masked

SignIn = Callable[[Member], FlaskClient]
TIME = re.compile(r'<time datetime="([^"]+T[^"]+)">')


@pytest.fixture(autouse=True)
def _noon(now: datetime, app: Flask) -> object:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama", time_zone="Europe/Lisbon")


@pytest.fixture
def keiko(make_member: MakeMember) -> Member:
    return make_member("keiko")


def a_session(**values: object) -> LearningSession:
    starts_at = values.pop("starts_at", NOON)
    return LearningSession(
        **{
            "key": "abcdefghijkl",
            "uid": "abc@saltmarsh.example",
            "sequence": 0,
            "title": "Leaving well",
            "place": PLACE,
            "state": SessionState.SCHEDULED,
            "zone": "Europe/Stockholm",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=90),
            "changed_at": NOON,
            **values,
        }
    )


def an_entry(standing: Standing = Standing.GOING, **values: object) -> Entry:
    reads = standing in {Standing.GOING, Standing.HOSTS}
    return Entry(a_session(**values), standing, reads, NOON)


def link(endpoint: str, **values: object) -> str:
    ends = {"sessions.one": "", "calendar.one": ".ics"}[endpoint]
    return f"https://saltmarsh.example/learning/sessions/{values['session']}{ends}"


def written(*entries: Entry, zone: str = "Europe/Lisbon", **values: object) -> str:
    return calendar_text(entries, house="Saltmarsh", zone=zone, link=link, now=NOON, **values)


def only(text: str) -> object:
    (event,) = events(text).values()
    return event


# The instant


@pytest.mark.parametrize("zone", ZONES)
def test_inv_52_calendar_and_words_mean_one_instant_in_every_zone(zone: str) -> None:
    for starts_at in around_changes(zone):
        entry = an_entry(zone=zone, starts_at=starts_at)
        text = written(entry, zone=zone)
        at = entry.when(zone).here
        assert times(only(text)) == (entry.session.starts_at, entry.session.ends_at)
        assert times(only(text)) == (at.starts.astimezone(UTC), at.ends.astimezone(UTC))
        assert at.hours in only(text).description.value
        assert "TZID" not in text


@pytest.mark.parametrize("zone", ZONES[::3])
def test_inv_52_a_file_a_page_and_a_feed_mean_the_same_instant(
    keiko: Member, make_member: MakeMember, sign_in: SignIn, now: datetime, zone: str
) -> None:
    reader = make_member("rui", time_zone=zone)
    starts_at = next(each for each in around_changes(zone) if each > now)
    session = keep_session(keiko, now=now, zone="Australia/Lord_Howe", starts_at=starts_at)
    keep_seat(session, reader, SeatState.GOING, now=now)
    client = sign_in(reader)
    file = client.get(f"/learning/sessions/{session.key}.ics").text
    name = when(session, zone).here.starts.strftime("%Y-%m")
    page = client.get(f"/learning/calendar?month={name}").text
    assert times(only(file))[0] == session.starts_at
    shown = {datetime.fromisoformat(each) for each in TIME.findall(page)}
    assert shown == {session.starts_at}


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Australia/Sydney", "America/Santiago"])
def test_inv_53_each_session_of_a_series_keeps_its_hour_across_the_change(zone: str) -> None:
    place = ZoneInfo(zone)
    begin = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001  # as the rule counts: on that zone's clock
    found = rrulestr("FREQ=WEEKLY;COUNT=40", dtstart=begin)
    starts = [each.replace(tzinfo=place).astimezone(UTC) for each in found]
    text = written(
        *(
            an_entry(uid=f"{number}@x.example", title=str(number), zone=zone, starts_at=each)
            for number, each in enumerate(starts)
        )
    )
    read_back = [times(each)[0] for each in read(text).vevent_list]
    assert read_back == starts
    assert {each.astimezone(place).hour for each in read_back} == {9}
    assert len({each.hour for each in read_back}) == 2
    assert "RRULE" not in text


def test_inv_52_a_session_that_moved_is_the_same_entry_with_a_higher_number() -> None:
    before = only(written(an_entry()))
    moved = an_entry(starts_at=NOON + timedelta(days=7), sequence=1)
    after = only(written(moved))
    assert before.uid.value == after.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert times(after)[0] - times(before)[0] == timedelta(days=7)


def test_inv_52_a_yes_to_an_offer_leaves_the_number_as_it_is(
    keiko: Member, ama: Member, sign_in: SignIn, now: datetime
) -> None:
    session = keep_session(keiko, now=now, sequence=3)
    seat = keep_seat(session, ama, SeatState.OFFERED, now=now)
    address = f"/learning/sessions/{session.key}.ics"
    offered = only(sign_in(ama).get(address).text)
    change(seat, state=SeatState.GOING, offer_until=None)
    going = only(sign_in(ama).get(address).text)
    assert (offered.status.value, going.status.value) == ("TENTATIVE", "CONFIRMED")
    assert offered.uid.value == going.uid.value == session.uid
    assert offered.sequence.value == going.sequence.value == "3"


# What an entry says


def test_an_entry_says_what_when_and_where_and_names_nobody() -> None:
    text = written(an_entry(sequence=2))
    event = only(text)
    assert event.summary.value == "Leaving well"
    assert event.location.value == "The reading room, Harbour Street 4"
    assert event.url.value == "https://saltmarsh.example/learning/sessions/abcdefghijkl"
    when_it_is, address = event.description.value.splitlines()
    assert when_it_is == (
        "Saturday, 21 November 2026, 12:00 to 13:30, Lisbon’s time. Where it was set:"
        " Saturday, 21 November 2026, 13:00 to 14:30, Stockholm’s time."
    )
    assert address == event.url.value
    assert (event.dtstamp.value, event.last_modified.value) == (NOON, NOON)
    assert read(text).method.value == "PUBLISH"
    assert not {"ATTENDEE", "ORGANIZER", "VALARM"} & set(re.findall(r"[A-Z]{6,}", text))


def test_an_entry_is_stamped_anew_whenever_it_is_written() -> None:
    entry = an_entry(title="DTSTAMP:20000101T000000Z")
    for later in (timedelta(0), timedelta(hours=1)):
        now = NOON + later
        text = calendar_text([entry], house="Salt", zone="UTC", link=link, now=now)
        assert only(text).dtstamp.value == now
        assert only(text).summary.value == entry.title


def test_what_was_written_for_somebody_who_reads_the_place_is_not_given_to_others() -> None:
    reader, other = (Entry(a_session(), Standing.GOING, reads, NOON) for reads in (True, False))
    assert "\r\nLOCATION:" in written(reader)
    assert "\r\nLOCATION:" not in written(other)


@pytest.mark.parametrize(
    ("standing", "status", "with_place"),
    [
        (Standing.HOSTS, "CONFIRMED", True),
        (Standing.GOING, "CONFIRMED", True),
        (Standing.OFFERED, "TENTATIVE", False),
        (Standing.OF_CIRCLE, "TENTATIVE", False),
        (Standing.NONE, "TENTATIVE", False),
        (Standing.ENDED, "CANCELLED", False),
    ],
)
def test_how_sure_an_entry_is_and_where_follows_from_its_readers_standing(
    standing: Standing, status: str, with_place: bool
) -> None:
    event = only(written(an_entry(standing)))
    assert event.status.value == status
    assert hasattr(event, "location") is with_place
    assert event.transp.value == ("OPAQUE" if status == "CONFIRMED" else "TRANSPARENT")
    assert ("A place is offered to you." in event.description.value) is (
        standing is Standing.OFFERED
    )


def test_what_was_called_off_is_cancelled_and_its_place_is_told_no_more() -> None:
    off = an_entry(state=SessionState.CANCELLED, sequence=4)
    text = written(off, method=Method.CANCEL, sender="post@saltmarsh.example")
    event = only(text)
    assert read(text).method.value == "CANCEL"
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "4")
    assert event.organizer.value == "mailto:post@saltmarsh.example"
    assert not hasattr(event, "location")


def test_a_farewell_names_an_entry_by_its_number_and_says_nothing_of_it() -> None:
    text = farewell_text(
        a_session(sequence=2), house='Salt "marsh"', sender="post@salt.example", now=NOON
    )
    calendar = read(text)
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.uid.value == "abc@saltmarsh.example"
    assert (calendar.vevent.status.value, calendar.vevent.sequence.value) == ("CANCELLED", "2")
    assert not {"Leaving", "reading room", "20261121T12", "sessions"} & set(lines(text))
    assert {"SUMMARY", "DTSTART", "LOCATION", "URL"}.isdisjoint(text.replace(";", ":").split(":"))


# Words that would be more than words

EVIL = (
    "\r\nBEGIN:VEVENT\r\nSUMMARY:forged",
    "\nATTENDEE:mailto:all@x.example",
    "\x00\x0b\x0c\x1e\x85\u2028\u2029END:VCALENDAR",
    "\\nDTSTART:19700101T000000Z\\",
    '";X-FORGED=1:a,b;c\\,d',
    "\u202egnp.ics\u202c\u2066x\u2069",
)
LETTERS = ("👩‍🌾 🎉" * 20, "שלום עולם", "مرحبا بالعالم", "Ђурђевак " * 30, "漢字" * 60)


@pytest.mark.parametrize("field", ["title", "place", "uid", "zone"])
@pytest.mark.parametrize("evil", EVIL)
def test_no_word_ends_a_property_or_begins_another(field: str, evil: str) -> None:
    text = written(an_entry(**{field: f"Before{evil}"}))
    unfolded = text.replace("\r\n ", "")
    names = [re.split("[:;]", line)[0] for line in lines(unfolded)]
    honest = [re.split("[:;]", line)[0] for line in lines(written(an_entry()).replace("\r\n ", ""))]
    assert names == honest
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert text.count("\n") == text.count("\r\n") == len(lines(text))
    assert times(only(text))[0] == NOON


@pytest.mark.parametrize("evil", EVIL)
def test_no_name_of_a_house_forges_a_property(evil: str) -> None:
    text = calendar_text(
        [an_entry()], house=f"Salt{evil}", zone="UTC", link=link, now=NOON, sender="post@s.example"
    )
    names = [re.split("[:;]", line)[0] for line in lines(text.replace("\r\n ", ""))]
    assert names.count("BEGIN") == names.count("END") == 2
    assert "ATTENDEE" not in names
    assert only(text).organizer.value == "mailto:post@s.example"
    assert "X-FORGED" not in only(text).organizer.params


@pytest.mark.parametrize("words", LETTERS)
def test_words_in_all_letters_arrive_whole_in_lines_that_are_not_too_long(words: str) -> None:
    text = written(an_entry(title=words, place=words))
    assert all(len(line.encode()) <= 75 for line in lines(text))
    assert only(text).summary.value == words.strip()
    assert only(text).location.value == words.strip()


# Links to calendars on the web


def test_links_to_calendars_on_the_web_say_the_same() -> None:
    entry = an_entry(title="Leaving & well?#")
    google, *outlook = web_calendars(entry, zone="Europe/Lisbon", link=link)
    asked = parse_qs(urlsplit(google.address).query)
    assert urlsplit(google.address).hostname == "calendar.google.com"
    assert asked["dates"] == ["20261121T120000Z/20261121T133000Z"]
    assert asked["text"] == ["Leaving & well?#"]
    for each in outlook:
        asked = parse_qs(urlsplit(each.address).query)
        assert (asked["startdt"], asked["enddt"]) == (
            ["2026-11-21T12:00:00Z"],
            ["2026-11-21T13:30:00Z"],
        )
        assert asked["location"] == ["The reading room, Harbour Street 4"]


def test_links_tell_no_place_to_whoever_may_not_read_it_and_none_is_left_of_what_is_off() -> None:
    offered = web_calendars(an_entry(Standing.OFFERED), zone="UTC", link=link)
    assert not any("location" in each.address or "Harbour" in each.address for each in offered)
    off = an_entry(state=SessionState.CANCELLED)
    assert web_calendars(off, zone="UTC", link=link) == []


@pytest.mark.parametrize("standing", [Standing.GOING, Standing.OFFERED])
def test_the_ways_into_a_calendar_say_whom_they_tell(app: Flask, standing: Standing) -> None:
    entry = an_entry(standing)
    ways = web_calendars(entry, zone="UTC", link=link)
    source = (
        '{% from "macros/calendar.html" import add_to_calendar %}{{ add_to_calendar(entry, ways) }}'
    )
    with app.test_request_context():
        said = render_template_string(source, entry=entry, ways=ways)
    assert said.count("<a ") == 4
    assert said.count('rel="noopener noreferrer external"') == 3
    assert "/learning/sessions/abcdefghijkl.ics" in said
    assert "tell that company of this session" in said
    assert ("where it is" in said) is entry.reads_place


# One session as a file


def test_a_file_is_for_those_who_may_know_of_the_session(
    keiko: Member, ama: Member, sign_in: SignIn, client: FlaskClient, now: datetime
) -> None:
    session = keep_session(keiko, now=now)
    address = f"/learning/sessions/{session.key}.ics"
    answer = sign_in(ama).get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=session.ics"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Harbour" not in answer.text
    assert "Harbour" in sign_in(keiko).get(address).text
    assert client.get(address).status_code == 303
    with transaction() as db:
        block(db, db.get_one(Member, keiko.id), blocked_id=ama.id, now=now)
    hidden, unknown = sign_in(ama).get(address), sign_in(ama).get("/learning/sessions/no.ics")
    assert hidden.status_code == 404
    assert masked(hidden) == masked(unknown)


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ({}, "PUBLISH"),
        ({"state": SessionState.CANCELLED, "cancelled_at": NOON}, "CANCEL"),
        ({"state": SessionState.DRAFT}, None),
        ({"state": SessionState.PROPOSED}, None),
        (
            {
                "state": SessionState.CANCELLED,
                "cancelled_at": NOON,
                "starts_at": None,
                "ends_at": None,
            },
            None,
        ),
    ],
)
def test_there_is_a_file_of_what_has_a_time_that_was_told(
    keiko: Member, sign_in: SignIn, now: datetime, values: dict, method: str | None
) -> None:
    session = keep_session(keiko, now=now)
    change(session, **values)
    answer = sign_in(keiko).get(f"/learning/sessions/{session.key}.ics")
    assert answer.status_code == (404 if method is None else 200)
    if method:
        assert read(answer.text).method.value == method


# The month


def test_a_month_shows_each_session_in_its_table_and_in_its_list(
    ama: Member, keiko: Member, sign_in: SignIn, now: datetime
) -> None:
    starts_at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    hosted = keep_session(ama, now=now, title="Mine", starts_at=starts_at)
    going = keep_session(keiko, now=now, title="Theirs", starts_at=starts_at, zone="Asia/Tokyo")
    keep_session(keiko, now=now, title="Not mine", starts_at=starts_at)
    keep_seat(going, ama, SeatState.GOING, now=now)
    said = sign_in(ama).get("/learning/calendar?month=2026-12").text
    table = said.partition("<table")[2].partition("</table>")[0]
    assert [table.count(title) for title in ("09:00 Mine", "09:00 Theirs", "Not mine")] == [1, 1, 0]
    assert "<caption" in table
    assert table.count('scope="col"') == 7
    for session in (hosted, going):
        assert said.count(f'data-session="{session.key}"') == 1
    assert "09:00 to 10:30</time>, Lisbon’s time" in said
    assert "Tuesday, 1 December 2026, 18:00 to 19:30, Tokyo’s time" in said


def test_what_is_off_is_said_to_be_and_what_was_given_back_is_not_there(
    ama: Member, keiko: Member, sign_in: SignIn, now: datetime
) -> None:
    off = keep_session(keiko, now=now, title="Off", cancelled_at=now, state=SessionState.CANCELLED)
    back = keep_session(keiko, now=now, title="Given back")
    keep_seat(off, ama, SeatState.GOING, now=now)
    keep_seat(back, ama, SeatState.LEFT, now=now)
    said = sign_in(ama).get("/learning/calendar").text
    assert '<del><span class="vh">cancelled: </span>' in said
    assert "Cancelled." in said
    assert "Given back" not in said


@pytest.mark.parametrize(
    ("zone", "month", "shown"),
    [
        ("Pacific/Auckland", "2026-12", False),
        ("Pacific/Auckland", "2027-01", True),
        ("America/Los_Angeles", "2026-12", True),
        ("America/Los_Angeles", "2027-01", False),
    ],
)
def test_a_month_begins_and_ends_where_its_reader_is(
    make_member: MakeMember, sign_in: SignIn, now: datetime, zone: str, month: str, shown: bool
) -> None:
    rui = make_member("rui", time_zone=zone)
    keep_session(rui, now=now, title="Turn of it", starts_at=datetime(2026, 12, 31, 18, tzinfo=UTC))
    said = sign_in(rui).get(f"/learning/calendar?month={month}").text
    assert ("Turn of it" in said) is shown


@pytest.mark.parametrize("zone", ZONES)
def test_months_follow_each_other_without_gap_or_overlap(zone: str) -> None:
    first = months.month_named("2026-01", zone, NOON)
    for _each in range(24):
        _begins, ends = months.bounds(first, zone)
        first = (first + timedelta(days=32)).replace(day=1)
        begins, _ends = months.bounds(first, zone)
        assert begins - ends == timedelta(microseconds=1)
        local = begins.astimezone(ZoneInfo(zone))
        assert local.date() == first


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", 200),
        ("2026-12", 200),
        ("2000-01", 200),
        ("9998-12", 200),
        ("1999-12", 404),
        ("9999-12", 404),
        ("2026-13", 404),
        ("2026-1", 404),
        ("२०२६-१२", 404),
        ("x", 404),
    ],
)
def test_a_month_is_one_that_a_calendar_has(
    ama: Member, sign_in: SignIn, name: str, status: int
) -> None:
    assert sign_in(ama).get(f"/learning/calendar?month={name}").status_code == status


def test_a_month_asks_as_often_for_one_as_for_many(
    ama: Member,
    sign_in: SignIn,
    now: datetime,
    ran: Callable[[Callable[[], object]], list[str]],
) -> None:
    client = sign_in(ama)
    keep_session(ama, now=now)
    client.get("/learning/calendar")
    few = ran(lambda: client.get("/learning/calendar"))
    for _each in range(30):
        keep_session(ama, now=now)
    many = ran(lambda: client.get("/learning/calendar"))
    assert len(few) == len(many) <= 12
