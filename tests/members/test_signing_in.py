from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from network import create_app, passwords
from network.clock import utc_now
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.htmx import local_path
from network.links import SIGN_IN, seal
from network.members import tokens
from network.members.devices import device_words
from network.members.kinds import State
from network.members.models import Member, SignIn
from network.members.services import accounts
from tests.conftest import PASSWORD, dispose, post

VERY_WORDS = "If that address is known here, a link is on its way."
WRONG = "That address and that password do not go together."
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def secret(app):
    return app.config["SECRET_KEY"]


def sign_ins_of(member: Member) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(SignIn.member_id == member.id))


def set_state(member: Member, state: State) -> None:
    with transaction() as session:
        session.get(Member, member.id).state = state


def body_of(answer) -> str:
    return "".join(line for line in answer.text.splitlines() if "csrf_token" not in line)


def is_in(client) -> bool:
    return client.get("/me/account").status_code == 200


def test_a_link_is_promised_in_the_same_words_to_everybody(client, ama, app):
    known = post(client, "/signin/link", {"email": "ama@ama.example"})
    unknown = post(client, "/signin/link", {"email": "nobody@ama.example"})
    assert VERY_WORDS in known.text
    assert (known.status_code, body_of(known)) == (unknown.status_code, body_of(unknown))


def test_a_link_for_nobody_costs_the_same_errand_and_keeps_no_address(client, ama, db):
    for email in ("ama@ama.example", "nobody@ama.example"):
        post(client, "/signin/link", {"email": email})
    wanted = db.scalars(select(Event).where(Event.kind == "members:link:wanted")).all()
    assert [event.subject_id for event in wanted] == [ama.id, accounts.NOBODY]
    assert all(event.data == {} for event in wanted)
    assert db.scalar(select(func.count()).select_from(Delivery)) == 3  # one is ama's purpose


@pytest.mark.parametrize(
    ("email", "password", "comes_in"),
    [
        ("ama@ama.example", PASSWORD, True),
        (" AMA@ama.example ", PASSWORD, True),
        ("ama@ama.example", "not the password", False),
        ("ama@ama.example", "", False),
        ("nobody@ama.example", PASSWORD, False),
        ("link@link.example", "", False),
        ("link@link.example", PASSWORD, False),
        ("gone@gone.example", PASSWORD, False),
    ],
)
def test_only_the_right_password_opens(client, ama, make_member, email, password, comes_in):
    make_member("link", password_hash="")
    make_member("gone", state=State.SUSPENDED)
    answer = post(client, "/signin", {"email": email, "password": password})
    assert answer.status_code == (303 if comes_in else 422)
    assert (WRONG in answer.text) is not comes_in
    assert is_in(client) is comes_in


def test_every_failure_of_a_password_reads_the_same(client, ama, make_member):
    make_member("gone", state=State.SUSPENDED)
    answers = [
        post(client, "/signin", {"email": f"{name}@{name}.example", "password": PASSWORD + "!"})
        for name in ("ama", "gone", "nobody")
    ]
    bodies = {
        body_of(answer).replace(f"{name}@{name}.example", "ADDRESS")
        for answer, name in zip(answers, ("ama", "gone", "nobody"), strict=True)
    }
    assert len(bodies) == 1


def test_an_unknown_address_costs_one_comparison_like_a_known_one(client, ama, monkeypatch):
    compared = []
    honest = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda *pair: compared.append(pair[0] != "") or honest(*pair)
    )
    post(client, "/signin", {"email": "ama@ama.example", "password": "wrong"})
    post(client, "/signin", {"email": "nobody@ama.example", "password": "wrong"})
    assert compared == [True, False]


def test_the_address_that_was_typed_is_kept(client):
    answer = post(client, "/signin", {"email": "who@is.example", "password": "ten letters"})
    assert 'value="who@is.example"' in answer.text
    assert "ten letters" not in answer.text


@pytest.mark.parametrize("email", ["", "ama", "ama@", "@" * 3000, "a b@c.de"])
def test_what_cannot_be_an_address_is_said_so(client, email):
    answer = post(client, "/signin/link", {"email": email})
    assert answer.status_code == 422
    assert VERY_WORDS not in answer.text


def test_following_a_link_changes_nothing_until_the_press(client, ama, secret):
    address = f"/signin/link/{tokens.sign_in_token(secret, ama)}"
    for _scanner in range(3):
        assert "Come in" in client.get(address).text
    assert sign_ins_of(ama) == 0
    assert post(client, address).status_code == 303
    assert is_in(client)


def test_a_link_works_once(app, ama, secret):
    address = f"/signin/link/{tokens.sign_in_token(secret, ama)}"
    assert post(app.test_client(), address).status_code == 303
    second = app.test_client()
    assert post(second, address).status_code == 404
    assert second.get(address).status_code == 404
    assert sign_ins_of(ama) == 1


def test_of_twenty_who_press_at_once_one_comes_in(app, ama, secret):  # RELIABILITY 41
    version = ama.credential_version

    def press(_number: int) -> bool:
        with app.app_context(), transaction() as session:
            return accounts.use_link(session, ama.id, version)

    with ThreadPoolExecutor(20) as crowd:
        assert sorted(crowd.map(press, range(20))) == [False] * 19 + [True]


def test_of_eight_browsers_with_one_link_one_is_signed_in(app, ama, secret):
    address = f"/signin/link/{tokens.sign_in_token(secret, ama)}"

    def press(_number: int) -> int:
        return post(app.test_client(), address).status_code

    with ThreadPoolExecutor(8) as crowd:
        assert sorted(crowd.map(press, range(8))) == [303] + [404] * 7
    assert sign_ins_of(ama) == 1


@pytest.mark.parametrize(
    "way", ["an hour", "another link", "a password", "suspension", "departure"]
)
def test_a_link_dies_on_change(client, ama, secret, way):
    address = f"/signin/link/{tokens.sign_in_token(secret, ama)}"
    later = timedelta(0)
    with transaction() as session:
        member = session.get(Member, ama.id)
        if way == "an hour":
            later = SIGN_IN + timedelta(seconds=2)
        elif way == "another link":
            accounts.use_link(session, ama.id, member.credential_version)
        elif way == "a password":
            accounts.set_password(session, member, password_hash="x", keep=0, now=utc_now())
        else:
            member.state = State.SUSPENDED if way == "suspension" else State.DEPARTED
    with time_machine.travel(utc_now() + later):
        assert client.get(address).status_code == 404
        assert post(client, address).status_code == 404
    assert not is_in(client)


@pytest.mark.parametrize(
    ("purpose", "values"),
    [
        ("", ()),
        ("invitation", (1, 1)),
        ("sign-in", ("1", 1)),
        ("sign-in", (1,)),
        ("sign-in", (1, 1, 1)),
        ("sign-in", (999, 1)),
        ("sign-in with another key", (1, 1)),
    ],
)
def test_a_forged_link_opens_nothing(client, ama, secret, purpose, values):
    key = "another key" if "key" in purpose else secret
    token = seal(key, purpose.removesuffix(" with another key"), *values) if purpose else "x"
    assert client.get(f"/signin/link/{token}").status_code == 404
    assert post(client, f"/signin/link/{token}").status_code == 404
    assert sign_ins_of(ama) == 0


def test_tokens_of_one_purpose_do_not_serve_another(ama, secret):
    token = tokens.sign_in_token(secret, ama)
    assert tokens.open_sign_in_token(secret, token) == (ama.id, ama.credential_version)
    assert tokens.open_invitation_token(secret, token) is None
    assert tokens.open_address_token(secret, token) is None


def test_suspended_people_are_out_on_every_path(client, ama, sign_in, secret):  # RELIABILITY 36
    signed_in = sign_in(ama)
    link = f"/signin/link/{tokens.sign_in_token(secret, ama)}"
    address = tokens.address_token(secret, ama.id, ama.credential_version, "new@ama.example")
    set_state(ama, State.SUSPENDED)
    assert not is_in(signed_in)
    answers = [
        post(client, "/signin", {"email": ama.email, "password": PASSWORD}),
        post(client, link),
        post(client, f"/me/account/address/{address}"),
        signed_in.get("/welcome/purpose"),
    ]
    assert [answer.status_code for answer in answers] == [422, 404, 404, 303]
    assert sign_ins_of(ama) == 1


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/signin", {"email": "ama@ama.example", "password": PASSWORD}),
        ("/signin/link", {"email": "ama@ama.example"}),
        ("/signin/link/x", {}),
        ("/join", {"email": "new@new.example", "name": "New"}),
        ("/join/x", {"name": "New"}),
        ("/me/account/address/x", {}),
    ],
)
def test_nothing_is_taken_without_the_token_of_a_form(client, ama, url, data):  # RELIABILITY 29
    answer = client.post(url, data=data)
    assert answer.status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize("url", ["/signout", "/signin/again", "/me/account/password"])
def test_nothing_of_a_member_is_changed_without_the_token_of_a_form(ama, sign_in, url):
    client = sign_in(ama)
    assert client.post(url, data={"password": "a new password"}).status_code == 400
    assert is_in(client)


def test_after_signing_in_one_is_where_one_wanted_to_go(client, ama):
    assert client.get("/me/account?part=zone").status_code == 303
    answer = post(client, "/signin", {"email": ama.email, "password": PASSWORD})
    assert answer.location == "/me/account?part=zone"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "evil",
        " /people",
        "/a\r\nSet-Cookie: a=b",
        "/ /x",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(client, ama, elsewhere):  # RELIABILITY 30
    assert local_path(elsewhere, "/") == "/"
    with client.session_transaction() as cookie:
        cookie["next"] = elsewhere
    answer = post(client, "/signin", {"email": ama.email, "password": PASSWORD})
    assert answer.location == "/"


def test_who_is_in_already_is_not_asked_again(ama, sign_in):
    assert sign_in(ama).get("/signin").location == "/"


def test_signing_out_ends_it_here_and_in_the_store(ama, sign_in):
    client = sign_in(ama)
    other = sign_in(ama)
    answer = post(client, "/signout")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "cookies" in answer.headers["Clear-Site-Data"]
    assert not is_in(client)
    assert is_in(other)


def test_a_browser_that_is_signed_in_anew_leaves_no_old_sign_in(client, ama, secret):
    for _time in range(2):
        with reading() as session:
            token = tokens.sign_in_token(secret, session.get(Member, ama.id))
        assert post(client, f"/signin/link/{token}").status_code == 303
    assert sign_ins_of(ama) == 1


def test_the_session_before_is_forgotten_when_somebody_comes_in(client, ama):
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    post(client, "/signin", {"email": ama.email, "password": PASSWORD})
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_a_sign_in_is_told_by_its_device(client, ama):
    post(
        client,
        "/signin",
        {"email": ama.email, "password": PASSWORD},
        headers={"User-Agent": FIREFOX},
    )
    assert "Firefox on Linux" in client.get("/me/account").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604", "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "A browser on a Mac"),
        ("curl/8.1", "A device that did not say what it is"),
        ("", "A device that did not say what it is"),
    ],
)
def test_devices_are_named_in_plain_words(app, sent, words):
    with app.test_request_context():
        assert device_words(sent) == words


def test_a_password_is_tried_ten_times_an_hour_and_no_more(app, ama):  # RELIABILITY 19
    limited = create_app(replace(app.config["SETTINGS"], testing=False))
    client = limited.test_client()
    tries = [
        post(
            client,
            "/signin",
            {"email": ama.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(11)
    ]
    right = post(client, "/signin", {"email": " AMA@ama.example", "password": PASSWORD})
    dispose(limited)
    assert tries == [422] * 10 + [429]
    assert right.status_code == 429
