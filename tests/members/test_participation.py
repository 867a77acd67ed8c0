from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.events.models import Event
from network.members.forms_profile import ROOM, TITLES, pause_form
from network.members.kinds import DEFAULT_AUDIENCE, Audience, Part, State, WhoMayAsk, Work
from network.members.models import Member, Participation, Section
from network.members.services import participation as services
from tests.conftest import post

HTMX = {"HX-Request": "true"}
NOVEMBER = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ama(make_member):
    return make_member("ama", offers="An ear.", time_zone="Europe/Stockholm")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def rui(make_member, sign_in):
    return sign_in(make_member("rui"))


def kept(member, kind=Participation):
    with reading() as db:
        return db.get(kind, member.id)


def events(kind):
    with reading() as db:
        return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def shown_to(member, part):
    with reading() as db:
        row = db.get(Section, (member.id, part))
        return row.audience, row.shown_to


@pytest.mark.parametrize("half_days", ROOM)
def test_room_is_kept_as_it_was_set(ama, hers, half_days):
    form = {"half_days": str(half_days), "from_month": "", "when": "Mornings"}
    answer = post(hers, "/me/participation/room", form)
    assert answer.location.endswith("/me/participation#room")
    assert (kept(ama).half_days, kept(ama).when) == (half_days, "Mornings")
    page = hers.get("/me/participation").text
    assert f'name="half_days" value="{half_days}" checked' in page


def test_a_month_ahead_is_named_and_a_month_gone_is_now(ama, sign_in):
    with time_machine.travel(NOVEMBER, tick=False):
        hers = sign_in(ama)
        post(hers, "/me/participation/room", {"half_days": "8", "from_month": "2027-01"})
        assert 'value="2027-01" selected>January' in hers.get("/me/participation").text
    with time_machine.travel(NOVEMBER + timedelta(days=100)):
        page = sign_in(ama).get("/me/participation").text
        assert 'value="" selected>now' in page
        assert "Room for about four days a month." in page


@pytest.mark.parametrize(
    "form",
    [
        {"half_days": "41"},
        {"half_days": "-1"},
        {"half_days": "many"},
        {"half_days": "8", "from_month": "2019-01"},
        {"half_days": "8", "from_month": "x"},
        {"half_days": "8", "from_month": "", "when": "x" * 121},
    ],
)
def test_room_that_is_not_on_the_dial_is_not_kept(ama, hers, form):
    answer = post(hers, "/me/participation/room", form)
    assert answer.status_code == 422
    assert kept(ama).half_days == 0


def test_a_value_between_two_stops_is_shown_at_the_stop_that_says_it(ama, hers, now):
    with transaction() as db:
        services.set_room(db, db.merge(ama), half_days=6, from_month="", when="", now=now)
    assert 'name="half_days" value="8" checked' in hers.get("/me/participation").text


@pytest.mark.parametrize(
    ("form", "status", "work"),
    [
        ({"work": ["board", "fractional"], "pace": "Slowly"}, 303, ["fractional", "board"]),
        ({}, 303, []),
        ({"work": ["world domination"]}, 422, ["peer"]),
        ({"work": ["board"], "pace": "x" * 121}, 422, ["peer"]),
    ],
)
def test_what_one_is_open_to(ama, hers, now, form, status, work):
    with transaction() as db:
        services.set_work(db, db.merge(ama), work=[Work.PEER], pace="", now=now)
    assert post(hers, "/me/participation/work", form).status_code == status
    assert kept(ama).work == work


@pytest.mark.parametrize("who", list(WhoMayAsk))
def test_who_may_ask_is_kept(ama, hers, who):
    assert post(hers, "/me/participation/who", {"who": who.value}).status_code == 303
    assert kept(ama).who_may_connect is who
    page = hers.get("/me/participation").text
    assert f'name="who" value="{who.value}" checked' in page


def test_who_may_ask_is_one_of_four(ama, hers):
    assert post(hers, "/me/participation/who", {"who": "everybody"}).status_code == 422
    assert kept(ama).who_may_connect is WhoMayAsk.ANYONE


@pytest.mark.parametrize(
    ("address", "form", "part"),
    [
        ("room", {"half_days": "3", "from_month": ""}, "room"),
        ("work", {"work": "board"}, "work"),
        ("who", {"who": "shared"}, "who"),
        ("sees", {"offers": "2"}, "sees"),
        ("still-true", {}, "room"),
    ],
)
def test_with_htmx_each_part_comes_back_alone(hers, address, form, part):
    answer = post(hers, f"/me/participation/{address}", form, headers=HTMX)
    assert answer.status_code == 200
    assert f'id="{part}"' in answer.text
    assert "Saved." in answer.text
    assert "autofocus" in answer.text
    assert "<html" not in answer.text
    assert answer.text.count("<section") == 1
    assert "Saved" not in hers.get("/me/participation").text


def dials(client):
    """Return the form of who sees what as it stands on the page now."""
    page = client.get("/me/participation").text
    turned = dict(re.findall(r'name="([a-z_]+)" value="(\d)" checked', page))
    was = re.search(r'name="was" value="(\d+)"', page)[1]
    return {part.value: turned[part.value] for part in TITLES} | {"was": was}


@pytest.mark.parametrize("part", TITLES)
def test_every_audience_can_be_set_in_one_place(ama, hers, part):
    level = Audience.CONNECTIONS if part is Part.HISTORY else Audience.ME
    answer = post(hers, "/me/participation/sees", {part.value: str(int(level))})
    assert answer.location.endswith("/me/participation#sees")
    assert shown_to(ama, part) == (level, level)


@pytest.mark.parametrize(
    ("key", "audience", "status"),
    [
        ("contact", "4", 422),
        ("contact", "3", 303),
        ("offers", "5", 422),
        ("offers", "", 422),
        ("widen", "circles", 422),
    ],
)
def test_an_audience_that_is_not_on_offer_is_not_set(ama, hers, key, audience, status):
    answer = post(hers, "/me/participation/sees", {key: audience, "place": "1"})
    assert answer.status_code == status
    assert (dials(hers)["place"] == "1") == (status == 303)


@pytest.mark.parametrize(
    "turned", [{}, {"place": "1"}, {"place": "4", "stage": "1", "history": "3"}]
)
def test_one_save_sets_the_dials_that_were_turned_and_no_others(ama, hers, turned):
    form = dials(hers)
    before = events("members:audience:set")
    post(hers, "/me/participation/sees", form | turned)
    assert {event.data["part"] for event in events("members:audience:set")[len(before) :]} == set(
        turned
    )
    assert dials(hers) == form | turned | {"was": dials(hers)["was"]}
    with reading() as db:
        assert {part.value for part in db.scalars(select(Section.part))} >= set(turned)


def test_a_page_left_open_puts_nothing_back(ama, hers):
    old = dials(hers)
    post(hers, "/me/participation/sees", dials(hers) | {"offers": "1"})
    post(hers, "/me/participation/sees", old | {"place": "2"})
    assert shown_to(ama, Part.OFFERS) == (Audience.ME, Audience.ME)
    assert shown_to(ama, Part.PLACE) == (Audience.CONNECTIONS, Audience.CONNECTIONS)
    post(hers, "/me/participation/sees", old | {"was": "1", "offers": "1"})
    assert shown_to(ama, Part.PLACE)[0] is not Audience.ME


def test_narrower_counts_on_the_next_page_and_wider_only_when_asked(ama, hers, rui):
    address = "/me/participation/sees"
    assert "An ear." in rui.get("/people/ama").text
    post(hers, address, dials(hers) | {"offers": "1"})
    assert "An ear." not in rui.get("/people/ama").text
    answer = post(hers, address, dials(hers) | {"offers": "3"}, headers=HTMX)
    assert '<a href="#see-offers">' in answer.text
    assert "An ear." not in rui.get("/people/ama").text
    assert "Also what I have already written" in hers.get("/me/participation").text
    post(hers, address, dials(hers) | {"widen": "offers"})
    assert "An ear." in rui.get("/people/ama").text
    assert "Also what I have already written" not in hers.get("/me/participation").text


def test_the_page_is_light_and_costs_the_same_however_much_is_written(make_member, sign_in, ran):
    full, bare = sign_in(make_member("full", story="S", place="P")), sign_in(make_member("bare"))
    for who in (full, bare):
        who.get("/me/participation")
    costs = [len(ran(lambda who=who: who.get("/me/participation"))) for who in (full, bare)]
    assert costs[0] == costs[1] <= 8
    assert len(full.get("/me/participation").data) <= 25_000


def test_each_audience_starts_where_the_network_promises(ama, hers):
    assert hers.get("/me/participation").status_code == 200
    for part in (Part.CONTACT, Part.STAGE):
        with reading() as db:
            assert db.get(Section, (ama.id, part)) is None
        assert DEFAULT_AUDIENCE[part] is Audience.CONNECTIONS
    assert DEFAULT_AUDIENCE[Part.HISTORY] is Audience.ME


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("", None),
        ("fortnight", NOVEMBER + timedelta(days=14)),
        ("month", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ("quarter", NOVEMBER + timedelta(days=91)),
    ],
)
def test_a_pause_ends_when_its_owner_said(ama, sign_in, until, ends):
    with time_machine.travel(NOVEMBER, tick=False):
        answer = post(sign_in(ama), "/me/participation/pause", {"until": until})
    assert answer.status_code == 303
    assert (kept(ama, Member).state, kept(ama, Member).paused_until) == (State.PAUSED, ends)


def test_a_pause_until_some_other_day_is_not_on_offer(ama, hers):
    assert post(hers, "/me/participation/pause", {"until": "someday"}).status_code == 422
    assert kept(ama, Member).state is State.MEMBER


def test_inv_03_a_pause_hides_at_once_and_light_brings_back(ama, hers, rui):
    assert rui.get("/people/ama").status_code == 200
    post(hers, "/me/participation/pause", {"until": ""})
    assert rui.get("/people/ama").status_code == 404
    assert "Your lamp is out." in hers.get("/me/participation").text
    post(hers, "/me/participation/resume")
    assert rui.get("/people/ama").status_code == 200
    assert "Your lamp is lit." in hers.get("/me/participation").text


def test_a_pause_that_ran_out_is_over_although_no_job_ran(ama, hers, rui, now):
    with transaction() as db:
        services.pause(db, db.merge(ama), until=now - timedelta(days=600), now=now)
    assert rui.get("/people/ama").status_code == 200
    assert "Your lamp is lit." in hers.get("/me/participation").text


@pytest.mark.parametrize(
    ("zone", "label"), [("Europe/Stockholm", "1 December"), ("Pacific/Kiritimati", "1 January")]
)
def test_the_first_of_next_month_is_that_of_ones_own_zone(app, zone, label):
    last_hour = datetime(2026, 11, 30, 12, tzinfo=UTC)
    with app.test_request_context():
        form = pause_form(last_hour, zone)
    assert str(dict(form.until.choices)["month"]).endswith(label)


def test_after_six_months_room_is_asked_whether_it_still_holds(ama, hers, now):
    assert "Still true" not in hers.get("/me/participation").text
    with transaction() as db:
        db.get(Participation, ama.id).confirmed_at = now - timedelta(days=900)
    assert "Still true" in hers.get("/me/participation").text
    assert post(hers, "/me/participation/still-true").status_code == 303
    assert "Still true" not in hers.get("/me/participation").text


@pytest.mark.parametrize(
    "address", ["room", "work", "who", "pause", "resume", "sees", "still-true"]
)
def test_nothing_is_changed_without_the_token_or_by_looking(hers, client, address):
    assert hers.post(f"/me/participation/{address}").status_code == 400
    assert hers.get(f"/me/participation/{address}").status_code == 404
    assert client.get("/me/participation").status_code == 303
