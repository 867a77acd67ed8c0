from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from network import auth
from network.circles.kinds import Door, Form, Life
from network.circles.models import Circle
from network.columns import Base
from network.db import reading, transaction
from network.errors import Conflict
from network.events.models import Event
from network.learning.kinds import SeatState, SessionState
from network.learning.models import CalendarFeed
from network.learning.queries import calendar as queries
from network.learning.services import feeds
from network.members.kinds import CameBy, MembershipState, State
from network.members.models import Member, Membership
from network.members.services.boundaries import block, raise_shield
from tests.conftest import MakeMember, post
from tests.learning.calendars import change, events, keep_seat, keep_session, read

SignIn = Callable[[Member], FlaskClient]
ADDRESS = re.compile(r'value="(http://127\.0\.0\.1:8000/calendar/([\w-]+)\.ics)"')


@pytest.fixture(autouse=True)
def _noon(now: datetime) -> object:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama", time_zone="Europe/Lisbon")


@pytest.fixture
def keiko(make_member: MakeMember) -> Member:
    return make_member("keiko")


@pytest.fixture
def token(ama: Member, now: datetime) -> str:
    with transaction() as db:
        return feeds.make_feed(db, ama, now=now)


def fetched(client: FlaskClient, token: str) -> dict:
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.status_code == 200
    return events(answer.text)


def statuses(client: FlaskClient, token: str) -> dict[str, str]:
    return {title: event.status.value for title, event in fetched(client, token).items()}


# The address


def test_an_address_is_told_once_and_only_its_digest_is_kept(
    ama: Member, sign_in: SignIn, app: Flask
) -> None:
    client = sign_in(ama)
    answer = post(client, "/me/calendar/make")
    address, token = ADDRESS.search(answer.text).groups()
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
    assert len(token) == 43  # 256 bits in letters that an address may hold
    assert token not in client.get("/me/calendar").text
    with reading() as db:
        assert db.scalar(select(CalendarFeed.digest)) == auth.digest(token)
        assert token not in everything(db)
    assert app.test_client().get(address).status_code == 200


def everything(db: Session) -> str:
    return str([db.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_what_happened_to_an_address_is_logged_without_it(
    ama: Member, db: Session, now: datetime
) -> None:
    tokens = [feeds.make_feed(db, ama, now=now), feeds.rotate_feed(db, ama, now=now)]
    feeds.revoke_feed(db, ama, now=now)
    logged = db.scalars(select(Event).where(Event.kind.like("learning:feed:%"))).all()
    assert [each.kind.rpartition(":")[2] for each in logged] == ["made", "rotated", "revoked"]
    assert all(each.data == {} and each.subject_id == ama.id for each in logged)
    assert not any(secret in str(db.scalars(select(Event.data)).all()) for secret in tokens)


@pytest.mark.parametrize("end", ["rotate", "revoke"])
def test_inv_54_a_new_address_or_none_ends_the_old_one_at_once(
    ama: Member, token: str, sign_in: SignIn, client: FlaskClient, end: str
) -> None:
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    answer = post(sign_in(ama), f"/me/calendar/{end}", follow_redirects=True)
    assert answer.status_code == 200
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    found = ADDRESS.search(answer.text)
    assert (found is not None) is (end == "rotate")
    if found:
        assert client.get(found[1]).status_code == 200


def test_a_second_making_is_refused_and_the_first_address_works(
    ama: Member, token: str, sign_in: SignIn, client: FlaskClient
) -> None:
    answer = post(sign_in(ama), "/me/calendar/make")
    assert answer.status_code == 409
    assert ADDRESS.search(answer.text) is None
    assert client.get(f"/calendar/{token}.ics").status_code == 200


def test_there_is_nothing_to_renew_where_there_is_no_address(
    ama: Member, db: Session, now: datetime
) -> None:
    with pytest.raises(Conflict):
        feeds.rotate_feed(db, ama, now=now)
    feeds.revoke_feed(db, ama, now=now)
    assert db.scalar(select(CalendarFeed)) is None


def test_a_member_ends_their_own_address_alone(
    keiko: Member, token: str, sign_in: SignIn, client: FlaskClient
) -> None:
    post(sign_in(keiko), "/me/calendar/revoke")
    assert post(sign_in(keiko), "/me/calendar/rotate").status_code == 409
    assert client.get(f"/calendar/{token}.ics").status_code == 200


@pytest.mark.parametrize("state", State)
def test_case_36_whoever_is_out_is_out_on_the_way_of_their_calendar(
    ama: Member, token: str, client: FlaskClient, state: State
) -> None:
    with transaction() as db:
        db.get_one(Member, ama.id).state = state
    answer, unknown = client.get(f"/calendar/{token}.ics"), client.get("/calendar/nobody.ics")
    may = state in {State.MEMBER, State.PAUSED, State.LEAVING}
    assert answer.status_code == (200 if may else 404)
    assert (answer.data == unknown.data) is not may
    assert unknown.status_code == 404


def test_a_calendar_needs_no_cookie_sets_none_and_is_not_kept(
    token: str, client: FlaskClient
) -> None:
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Set-Cookie" not in answer.headers
    assert client.head(f"/calendar/{token}.ics").status_code == 200
    assert read(answer.text).version.value == "2.0"


def test_case_43_no_address_reaches_a_log_when_it_fails(
    token: str,
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("something of ours")

    monkeypatch.setattr("network.learning.views.calendar.feed_entries", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        assert client.get(f"/calendar/{token}.ics").status_code == 500
    assert "/calendar/<token>.ics" in caplog.text
    assert token not in caplog.text


def test_a_calendar_is_fetched_so_often_from_one_place_and_no_more(
    token: str, app: Flask, client: FlaskClient
) -> None:
    app.config["UNLIMITED"] = False
    answers = [client.get(f"/calendar/{token}.ics").status_code for _ in range(301)]
    assert (answers[0], answers[299], answers[300]) == (200, 200, 429)


def test_links_in_a_calendar_ignore_a_forged_host(
    keiko: Member, ama: Member, token: str, client: FlaskClient, now: datetime
) -> None:
    keep_seat(keep_session(keiko, now=now), ama, SeatState.GOING, now=now)
    answer = client.get(f"/calendar/{token}.ics", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "http://127.0.0.1:8000/learning/sessions/" in answer.text.replace("\r\n ", "")


# What is in it


@pytest.mark.parametrize(
    ("state", "status", "with_place"),
    [
        (SeatState.GOING, "CONFIRMED", True),
        (SeatState.OFFERED, "TENTATIVE", False),
        (SeatState.WAITLISTED, None, False),
        (SeatState.LEFT, "CANCELLED", False),
        (SeatState.PASSED, "CANCELLED", False),
        (None, None, False),
    ],
)
def test_inv_54_a_calendar_holds_what_its_owner_has_and_may_read(
    keiko: Member,
    ama: Member,
    token: str,
    client: FlaskClient,
    now: datetime,
    state: SeatState | None,
    status: str | None,
    with_place: bool,
) -> None:
    session = keep_session(keiko, now=now, title="Leaving well")
    if state is not None:
        keep_seat(session, ama, state, now=now)
    found = fetched(client, token).get("Leaving well")
    assert (found and found.status.value) == status
    assert hasattr(found, "location") is with_place
    if with_place:
        assert found.location.value == "The reading room, Harbour Street 4"


def test_a_host_has_their_sessions_with_the_place_but_no_drafts(
    ama: Member, token: str, client: FlaskClient, now: datetime
) -> None:
    keep_session(ama, now=now, title="Mine")
    keep_session(ama, now=now, title="Not yet", state=SessionState.DRAFT)
    keep_session(ama, now=now, title="Perhaps", state=SessionState.PROPOSED)
    found = fetched(client, token)
    assert list(found) == ["Mine"]
    assert found["Mine"].location.value.startswith("The reading room")


def test_an_offer_that_ran_out_is_gone_although_no_job_ran(
    keiko: Member, ama: Member, token: str, client: FlaskClient, now: datetime
) -> None:
    session = keep_session(keiko, now=now, title="Offered", starts_at=now + timedelta(days=9))
    keep_seat(session, ama, SeatState.OFFERED, now=now)
    assert statuses(client, token) == {"Offered": "TENTATIVE"}
    with time_machine.travel(now + timedelta(hours=24), tick=False):
        assert statuses(client, token) == {"Offered": "CANCELLED"}


@pytest.mark.parametrize(("days", "told"), [(0, True), (29, True), (30, False), (31, False)])
@pytest.mark.parametrize("how", ["cancelled", "left"])
def test_inv_52_what_is_over_is_told_for_thirty_days(
    keiko: Member,
    ama: Member,
    token: str,
    client: FlaskClient,
    now: datetime,
    days: int,
    told: bool,
    how: str,
) -> None:
    session = keep_session(keiko, now=now, title="Off", starts_at=now + timedelta(days=50))
    seat = keep_seat(session, ama, SeatState.GOING, now=now)
    if how == "cancelled":
        change(session, state=SessionState.CANCELLED, cancelled_at=now, sequence=1)
    else:
        change(seat, state=SeatState.LEFT, ended_at=now)
    with time_machine.travel(now + timedelta(days=days), tick=False):
        assert statuses(client, token) == ({"Off": "CANCELLED"} if told else {})


def test_somebody_who_comes_back_has_one_entry_that_holds(
    keiko: Member, ama: Member, token: str, client: FlaskClient, now: datetime
) -> None:
    session = keep_session(keiko, now=now, title="Again")
    keep_seat(session, ama, SeatState.LEFT, now=now)
    keep_seat(session, ama, SeatState.GOING, now=now)
    answer = client.get(f"/calendar/{token}.ics").text
    assert answer.count("BEGIN:VEVENT") == 1
    assert events(answer)["Again"].status.value == "CONFIRMED"


def test_whoever_only_stood_in_line_is_sent_no_cancellation(
    keiko: Member, ama: Member, token: str, client: FlaskClient, now: datetime
) -> None:
    seat = keep_seat(keep_session(keiko, now=now), ama, SeatState.WAITLISTED, now=now)
    change(seat, state=SeatState.LEFT, ended_at=now)
    assert fetched(client, token) == {}


@pytest.mark.parametrize("parted", ["blocked", "blocking", "shielded", "host gone"])
def test_inv_54_a_calendar_forgets_whom_its_owner_may_not_know_of(
    keiko: Member, ama: Member, token: str, client: FlaskClient, now: datetime, parted: str
) -> None:
    session = keep_session(keiko, now=now, title="Leaving well")
    keep_seat(session, ama, SeatState.GOING, now=now)
    assert list(fetched(client, token)) == ["Leaving well"]
    with transaction() as db:
        me, host = db.get_one(Member, ama.id), db.get_one(Member, keiko.id)
        {
            "blocked": lambda: block(db, host, blocked_id=me.id, now=now),
            "blocking": lambda: block(db, me, blocked_id=host.id, now=now),
            "shielded": lambda: raise_shield(db, host, against="ama.example", now=now),
            "host gone": lambda: setattr(host, "state", State.DEPARTED),
        }[parted]()
    assert fetched(client, token) == {}


@pytest.fixture
def circle(ama: Member, keiko: Member, now: datetime) -> Circle:
    with transaction() as db:
        circle = Circle(
            slug="quiet-hours",
            name="Quiet hours",
            form=Form.MASTERMIND,
            purpose="To be heard.",
            door=Door.HIDDEN,
            life=Life.RUNNING,
            most=8,
            grace_until=now,
            submission="circle",
            founded_at=now,
        )
        db.add(circle)
        db.flush()  # its people name it
        for member in (ama, keiko):
            db.add(
                Membership(
                    circle_id=circle.id,
                    member_id=member.id,
                    state=MembershipState.MEMBER,
                    came_by=CameBy.FOUNDED,
                    asked_at=now,
                    since=now,
                    agreed_version=1,
                    agreed_at=now,
                )
            )
    return circle


@pytest.mark.parametrize("state", [MembershipState.MEMBER, MembershipState.REMOVED])
def test_inv_56_meetings_of_a_circle_are_there_for_those_inside(
    ama: Member,
    keiko: Member,
    circle: Circle,
    token: str,
    client: FlaskClient,
    now: datetime,
    state: MembershipState,
) -> None:
    keep_session(keiko, now=now, title="We meet", circle_id=circle.id)
    went = keep_session(keiko, now=now, title="I go", circle_id=circle.id)
    keep_seat(went, ama, SeatState.GOING, now=now)
    if state is MembershipState.REMOVED:
        with transaction() as db:
            row = db.query(Membership).filter_by(member_id=ama.id).one()
            row.state, row.ended_at = state, now
    inside = state is MembershipState.MEMBER
    assert statuses(client, token) == (
        {"We meet": "TENTATIVE", "I go": "CONFIRMED"} if inside else {}
    )
    assert "Quiet" not in client.get(f"/calendar/{token}.ics").text


def test_a_meeting_that_was_given_back_does_not_come_back(
    ama: Member, keiko: Member, circle: Circle, token: str, client: FlaskClient, now: datetime
) -> None:
    starts_at = now + timedelta(days=90)
    session = keep_session(keiko, now=now, title="Met", circle_id=circle.id, starts_at=starts_at)
    keep_seat(session, ama, SeatState.LEFT, now=now)
    assert statuses(client, token) == {"Met": "CANCELLED"}
    with time_machine.travel(now + timedelta(days=31), tick=False):
        assert fetched(client, token) == {}


@pytest.mark.parametrize(
    ("days", "inside"), [(-61, False), (-59, True), (0, True), (399, True), (401, False)]
)
def test_a_calendar_reaches_sixty_days_back_and_four_hundred_ahead(
    ama: Member, token: str, client: FlaskClient, now: datetime, days: int, inside: bool
) -> None:
    keep_session(ama, now=now, title="Then", starts_at=now + timedelta(days=days))
    assert ("Then" in fetched(client, token)) is inside


def test_a_calendar_holds_so_many_and_asks_as_often_for_one_as_for_all(
    ama: Member,
    token: str,
    client: FlaskClient,
    now: datetime,
    ran: Callable[[Callable[[], object]], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "_ENTRIES", queries._ENTRIES.limit(30))
    keep_session(ama, now=now)
    client.get(f"/calendar/{token}.ics")  # the name of the house is kept for a while
    few = ran(lambda: client.get(f"/calendar/{token}.ics"))
    for days in range(40):
        keep_session(ama, now=now, starts_at=now + timedelta(days=days))
    many = ran(lambda: client.get(f"/calendar/{token}.ics"))
    assert len(fetched(client, token)) == 30
    assert len(few) == len(many) <= 5


def test_the_table_holds_no_token_that_could_be_used(token: str, client: FlaskClient) -> None:
    with reading() as db:
        digest = db.scalar(text("SELECT digest FROM calendar_feed"))
    assert client.get(f"/calendar/{digest}.ics").status_code == 404
