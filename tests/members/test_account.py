from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from network import passwords
from network.clock import utc_now
from network.db import db as database
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.links import ADDRESS
from network.members import tokens
from network.members.forms import zones
from network.members.models import Member, SignIn
from network.members.services import accounts
from network.members.services.boundaries import raise_shield
from network.members.visibility import Viewer, visible
from tests.conftest import PASSWORD, post

HTMX = {"HX-Request": "true"}
NEW = "a longer walk by the sea"


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def client(ama, sign_in):
    """Ama, signed in just now."""
    return sign_in(ama)


def as_kept(member: Member) -> Member:
    with reading() as session:
        return session.get(Member, member.id)


def age_sign_ins() -> None:
    with transaction() as session:
        for row in session.scalars(select(SignIn)):
            row.fresh_at = utc_now() - accounts.FRESH_FOR - timedelta(minutes=1)


def is_in(client) -> bool:
    return client.get("/me/account").status_code == 200


def test_the_account_is_its_owners_alone(client, app):
    assert "ama@ama.example" in client.get("/me/account").text
    assert app.test_client().get("/me/account").location == "/signin"


@pytest.mark.parametrize("sent_by", [{}, HTMX])
def test_a_new_password_ends_every_other_sign_in(client, ama, sign_in, sent_by):  # RELIABILITY 20
    other = sign_in(ama)
    answer = post(client, "/me/account/password", {"password": NEW}, headers=sent_by)
    assert answer.status_code == (200 if sent_by else 303)
    assert is_in(client)
    assert not is_in(other)
    assert passwords.matches(as_kept(ama).password_hash, NEW)


@pytest.mark.parametrize("password", ["", "too short", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_changes_nothing(client, ama, password):
    assert post(client, "/me/account/password", {"password": password}).status_code == 422
    assert passwords.matches(as_kept(ama).password_hash, PASSWORD)


def test_a_password_is_hashed_before_the_write_gate(client, monkeypatch):
    in_hand, honest = [], passwords.hashed
    pool = database.engine.pool
    monkeypatch.setattr(
        passwords, "hashed", lambda word: in_hand.append(pool.checkedout()) or honest(word)
    )
    post(client, "/me/account/password", {"password": NEW})
    assert in_hand == [0]


def test_of_many_places_the_newest_are_shown_and_all_others_end(client, ama, sign_in, db):
    assert "The newest stand here." not in client.get("/me/account").text
    for _each in range(14):
        sign_in(ama)
    page = client.get("/me/account").text
    assert page.count("This one, since") == 1
    assert page.count("Sign out there") == 9
    assert "The newest stand here." in page
    post(client, "/me/account/sign-ins/end-others")
    assert db.scalar(select(func.count()).select_from(SignIn)) == 1


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/me/account/password", {"password": NEW}),
        ("/me/account/address", {"email": "new@ama.example"}),
    ],
)
def test_after_half_an_hour_one_shows_first_that_it_is_oneself(client, ama, db, url, data):
    age_sign_ins()
    shown = client.get("/me/account").text
    assert 'name="password"' not in shown
    assert post(client, url, data).location == "/signin/again"
    assert passwords.matches(as_kept(ama).password_hash, PASSWORD)
    assert db.scalar(select(Event).where(Event.kind == "members:address:wanted")) is None


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 303), ("wrong", 422), ("", 422)])
def test_the_password_makes_a_sign_in_fresh_again(client, password, status):
    age_sign_ins()
    answer = post(client, "/signin/again", {"password": password})
    assert answer.status_code == status
    assert ('name="password"' in client.get("/me/account").text) is (status == 303)


def test_so_does_a_link_which_leads_back_to_the_account(client, app, ama):
    age_sign_ins()
    sent = post(client, "/signin/again/link")
    assert "a link is on its way" in sent.text
    token = tokens.sign_in_token(app.config["SECRET_KEY"], as_kept(ama))
    assert post(client, f"/signin/link/{token}").location == "/me/account"
    assert 'name="password"' in client.get("/me/account").text


def test_who_has_no_password_is_not_asked_for_one(make_member, sign_in):
    client = sign_in(make_member("link", password_hash=""))
    age_sign_ins()
    assert 'name="password"' not in client.get("/signin/again").text
    assert post(client, "/signin/again", {"password": ""}).status_code == 422


@pytest.mark.parametrize("sent_by", [{}, HTMX])
def test_asking_for_an_address_never_tells_whether_it_is_known(client, make_member, sent_by):
    make_member("rui")
    answers = [
        post(client, "/me/account/address", {"email": email}, headers=sent_by)
        for email in ("rui@rui.example", "new@ama.example")
    ]
    bodies = {
        "".join(line for line in answer.text.splitlines() if "csrf_token" not in line)
        for answer in answers
    }
    assert {answer.status_code for answer in answers} == {200 if sent_by else 303}
    assert len(bodies) == 1


def test_asking_for_an_address_changes_nothing_yet(client, ama, db):
    post(client, "/me/account/address", {"email": " New@AMA.example"})
    assert as_kept(ama).email == "ama@ama.example"
    wanted = db.scalars(select(Event).where(Event.kind == "members:address:wanted")).one()
    assert "email" not in wanted.data
    errand = db.scalars(select(Delivery).where(Delivery.event_id == wanted.id)).one()
    assert errand.carried == {"email": "new@ama.example"}


@pytest.mark.parametrize("email", ["", "ama", "ama@ama.example"])
def test_what_cannot_be_a_new_address_is_said_so_and_kept(client, email):
    answer = post(client, "/me/account/address", {"email": email})
    assert answer.status_code == 422
    assert f'value="{email}"' in answer.text


def test_the_link_to_a_new_address_is_pressed_and_works_once(client, app, ama):
    token = tokens.address_token(app.config["SECRET_KEY"], ama.id, 1, "new@ama.example")
    address = f"/me/account/address/{token}"
    stranger = app.test_client()
    assert "new@ama.example" in stranger.get(address).text
    assert as_kept(ama).email == "ama@ama.example"
    assert post(stranger, address).location == "/me/account"
    assert as_kept(ama).email == "new@ama.example"
    assert stranger.get(address).status_code == 404
    assert post(stranger, address).status_code == 409


@pytest.mark.parametrize("way", ["a day", "a password", "taken", "forged", "somebody else"])
def test_a_link_to_a_new_address_dies_on_change(app, client, ama, make_member, way):
    rui = make_member("rui")
    secret, later, owner = app.config["SECRET_KEY"], timedelta(0), ama.id
    if way == "a day":
        later = ADDRESS + timedelta(seconds=2)
    elif way == "a password":
        post(client, "/me/account/password", {"password": NEW})
    elif way == "somebody else":
        owner = 999
    email = rui.email if way == "taken" else "new@ama.example"
    token = tokens.address_token("forged" if way == "forged" else secret, owner, 1, email)
    with time_machine.travel(utc_now() + later):
        answer = post(app.test_client(), f"/me/account/address/{token}")
    assert answer.status_code in {404, 409}
    assert as_kept(ama).email == "ama@ama.example"


def test_a_new_address_meets_the_shields_against_where_it_is_from(client, app, ama, make_member):
    rui = make_member("rui")
    with transaction() as session:
        raise_shield(session, session.get(Member, rui.id), against="care.example", now=utc_now())
    token = tokens.address_token(app.config["SECRET_KEY"], ama.id, 1, "ama@north.care.example")
    post(client, f"/me/account/address/{token}")
    with reading() as session:
        eyes = Viewer.of(session.get(Member, ama.id))
        seen = session.scalars(select(Member.handle).where(visible(eyes, utc_now()))).all()
    assert "rui" not in seen


@pytest.mark.parametrize("sent_by", [{}, HTMX])
def test_one_sign_in_or_all_others_can_be_ended(client, ama, sign_in, sent_by):
    second, third = sign_in(ama), sign_in(ama)
    with reading() as session:
        keys = session.scalars(select(SignIn.key).order_by(SignIn.id)).all()
    post(client, f"/me/account/sign-ins/{keys[1]}/end", headers=sent_by)
    assert [is_in(one) for one in (client, second, third)] == [True, False, True]
    post(client, "/me/account/sign-ins/end-others", headers=sent_by)
    assert [is_in(one) for one in (client, second, third)] == [True, False, False]


def test_nobody_ends_the_sign_in_of_somebody_else(client, make_member, sign_in):
    other = sign_in(make_member("rui"))
    with reading() as session:
        key = session.scalars(select(SignIn.key).order_by(SignIn.id.desc())).first()
    post(client, f"/me/account/sign-ins/{key}/end")
    assert is_in(other)
    assert key not in client.get("/me/account").text


@pytest.mark.parametrize(
    ("url", "data", "status"),
    [
        ("time-zone", {"time_zone": "America/New York"}, 303),
        ("time-zone", {"time_zone": "America/New_York"}, 303),
        ("time-zone", {"time_zone": "../../etc/passwd"}, 422),
        ("time-zone", {}, 422),
        ("theme", {"theme": "dark"}, 303),
        ("theme", {"theme": ""}, 303),
        ("theme", {"theme": "pink"}, 422),
    ],
)
def test_zone_and_look_are_one_of_those_on_offer(client, ama, url, data, status):
    assert post(client, f"/me/account/{url}", data).status_code == status
    kept = as_kept(ama)
    wanted = data if status == 303 else {}
    assert kept.time_zone == wanted.get("time_zone", "UTC").replace(" ", "_")
    assert kept.theme == wanted.get("theme", "")


def test_a_page_bears_the_look_that_was_chosen(client):
    assert "data-theme" not in client.get("/me/account").text
    post(client, "/me/account/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/me/account").text


@pytest.mark.parametrize(
    ("part", "url", "data"),
    [
        ("zone", "time-zone", {"time_zone": "Europe/Lisbon"}),
        ("devices", "sign-ins/end-others", {}),
        ("password", "password", {"password": NEW}),
        ("address", "address", {"email": "new@ama.example"}),
    ],
)
def test_a_part_is_saved_by_itself_and_says_so_with_the_focus(client, part, url, data):
    answer = post(client, f"/me/account/{url}", data, headers=HTMX)
    assert answer.text.strip().startswith("<section")
    assert f'id="{part}"' in answer.text
    assert 'class="notice" tabindex="-1" autofocus' in answer.text
    assert answer.text.count("<section") == 1


def test_each_change_writes_one_event_of_its_owner(client, ama, db):  # RELIABILITY 40
    with reading() as session:
        before = session.scalar(select(func.count()).select_from(Event))
    post(client, "/me/account/theme", {"theme": "dark"})
    post(client, "/me/account/time-zone", {"time_zone": "Europe/Lisbon"})
    post(client, "/me/account/sign-ins/end-others")
    written = db.scalars(select(Event).order_by(Event.id).offset(before)).all()
    assert [event.kind for event in written] == [
        "members:theme:set",
        "members:time_zone:set",
        "members:sign_in:others_ended",
    ]
    assert {event.actor_id for event in written} == {ama.id}


def test_zones_are_named_for_places():
    assert zones()[0] == "UTC"
    assert {"Europe/Lisbon", "America/Argentina/Buenos_Aires", "Asia/Kolkata"} <= set(zones())
    assert not {"EST", "Etc/GMT+5", "US/Pacific", "posixrules"} & set(zones())
