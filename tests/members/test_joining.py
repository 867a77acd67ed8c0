from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import func, select

from network import passwords
from network.clock import utc_now
from network.db import db as database
from network.db import reading, transaction
from network.errors import Conflict
from network.members import current, tokens
from network.members.kinds import Joining, State
from network.members.models import Application, Invitation, Member, Network, Section, SignIn
from network.members.services import joining
from network.members.services.boundaries import raise_shield
from tests.conftest import names, post

APPLICATION = {
    "name": "Rui Tavares",
    "email": "rui@tide.example",
    "purpose": "I help small harbours plan for higher water.",
    "through": "Ama",
    "answer_1": "A loud laugh.",
}


@pytest.fixture
def let_in(app):
    """Set how people come in: `let_in("open")`, with questions where there are some."""

    def set_way(way: str, questions: str = "") -> None:
        with transaction() as session:
            row = session.get(Network, 1)
            row.joining, row.questions = Joining(way), questions
        current.forget_house()

    return set_way


@pytest.fixture
def invited(app):
    """Invite somebody and return the address of the letter's link."""

    def invite(email="rui@tide.example", inviter=None, **values) -> str:
        with transaction() as session:
            invitation = joining.invite(
                session, email=email, inviter=inviter, now=utc_now(), **values
            )
            return f"/join/{tokens.invitation_token(app.config['SECRET_KEY'], invitation)}"

    return invite


def count(kind, *where) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(kind).where(*where))


def body_of(answer) -> str:
    return "".join(line for line in answer.text.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize(
    ("way", "says", "asks"),
    [
        ("invitation", "by invitation", False),
        ("application", "What are you for, these days?", True),
        ("open", "The door is open", True),
    ],
)
def test_the_door_says_how_one_comes_in(client, let_in, way, says, asks):
    let_in(way)
    shown = client.get("/join").text
    assert says in shown
    assert ('name="email"' in shown) is asks


def test_where_one_comes_in_by_invitation_nobody_can_ask(client):
    assert post(client, "/join", APPLICATION).status_code == 403
    assert client.get("/join/asked").status_code == 404
    assert count(Application) == 0


def test_an_application_waits_with_its_answers_for_the_stewards(client, let_in, db):
    let_in("application", "What would you bring?\n\nWhat else?\n")
    answer = post(client, "/join", {**APPLICATION, "email": " RUI@Tide.example"})
    assert (answer.status_code, answer.location) == (303, "/join/asked")
    kept = db.scalars(select(Application)).one()
    assert (kept.name, kept.email) == ("Rui Tavares", "rui@tide.example")
    assert kept.answers == [["What would you bring?", "A loud laugh."], ["What else?", ""]]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Say what people call you."),
        ("name", "x" * 81, "80 is the most"),
        ("email", "rui", "looks like name@place"),
        ("email", "", "Say which email address."),
        ("purpose", " \u200b ", "A sentence is enough."),
        ("purpose", "x" * 601, "600 is the most"),
        ("through", "x" * 201, "200 is the most"),
        ("answer_1", "x" * 2001, "2000 is the most"),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_rest_is_handed_back(
    client, let_in, field, value, says
):
    let_in("application", "What would you bring?")
    answer = post(client, "/join", {**APPLICATION, field: value})
    shown = unescape(answer.text)
    assert answer.status_code == 422
    assert says in shown
    assert all(kept in shown for name, kept in APPLICATION.items() if name != field)
    assert count(Application) == 0


@pytest.mark.parametrize("way", ["application", "open"])
def test_asking_never_tells_whether_an_address_is_known(client, make_member, let_in, way):
    make_member("ama")
    make_member("gone", state=State.SUSPENDED)
    let_in(way)
    emails = ("ama@ama.example", "gone@gone.example", "new@new.example", "new@new.example")
    answers = [post(client, "/join", {**APPLICATION, "email": email}) for email in emails]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/join/asked")}
    assert len({body_of(answer) for answer in answers}) == 1
    assert len({body_of(client.get("/join/asked")) for _again in answers}) == 1
    assert count(Member) == 2


def test_an_open_door_sends_an_invitation(client, let_in, db):
    let_in("open")
    post(client, "/join", {"name": "Rui", "email": "rui@tide.example"})
    kept = db.scalars(select(Invitation)).one()
    assert (kept.email, kept.name, kept.invited_by) == ("rui@tide.example", "Rui", None)


def test_an_invitation_says_who_it_is_from_for_whom_and_what_is_shown(client, make_member, invited):
    shown = client.get(invited(inviter=make_member("ama"), name="Rui Tavares")).text
    assert "Ama Example invited you to Saltmarsh." in shown
    assert "rui@tide.example" in shown
    assert 'value="Rui Tavares"' in shown
    assert "After this, members see your name, and nothing else." in shown


@pytest.mark.parametrize("hidden", [*list(State)[1:], "shield", "nobody"])
def test_an_inviter_who_may_not_be_known_of_is_not_named(client, make_member, invited, hidden):
    ama = make_member("ama")
    address = invited(inviter=None if hidden == "nobody" else ama)
    with transaction() as session:
        member = session.get(Member, ama.id)
        if hidden == "shield":
            raise_shield(session, member, against="tide.example", now=utc_now())
        elif hidden != "nobody":
            member.state = hidden
    shown = client.get(address).text
    assert "Somebody invited you to Saltmarsh." in shown
    assert not names(shown, "Ama")


def test_the_draft_of_an_invitation_is_not_on_its_page(client, invited):
    shown = client.get(invited(draft={"purpose": "canary of the draft"})).text
    assert "canary" not in shown


def test_using_an_invitation_makes_a_member_who_is_signed_in(client, make_member, invited, db):
    ama = make_member("ama")
    data = {"name": "Rui Tavares", "password": "ten letters at least", "time_zone": "Europe/Lisbon"}
    answer = post(client, invited(inviter=ama), data)
    assert (answer.status_code, answer.location) == (303, "/welcome/purpose")
    rui = db.scalars(select(Member).where(Member.email == "rui@tide.example")).one()
    assert (rui.name, rui.time_zone, rui.invited_by) == ("Rui Tavares", "Europe/Lisbon", ama.id)
    assert rui.password_hash.startswith("$argon2id$")
    assert client.get("/me/account").status_code == 200


def test_nothing_but_the_name_is_shown_of_somebody_who_has_just_come_in(client, invited):
    post(client, invited(draft={"purpose": "canary"}), {"name": "Rui", "time_zone": "UTC"})
    assert count(Section, Section.body != "") == 0


def test_a_password_is_not_needed(client, invited, db):
    data = {"name": "Rui", "time_zone": "America/New York"}
    assert post(client, invited(), data).status_code == 303
    rui = db.scalars(select(Member)).one()
    assert (rui.password_hash, rui.time_zone) == ("", "America/New_York")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Say what people call you."),
        ("password", "too short", "from 10 to 200 letters"),
        ("password", "x" * 201, "from 10 to 200 letters"),
        ("time_zone", "Mars/Olympus", "Choose one of these."),
        ("time_zone", "", "Choose one of these."),
    ],
)
def test_an_invitation_stays_open_when_something_does_not_fit(
    client, invited, db, field, value, says
):
    data = {"name": "Rui Tavares", "password": "", "time_zone": "Europe/Lisbon", field: value}
    address = invited()
    answer = post(client, address, data)
    assert answer.status_code == 422
    assert says in answer.text
    assert data["name"] in answer.text
    assert db.scalars(select(Invitation.used_at)).one() is None
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("end", ["used", "lapsed", "withdrawn", "replaced", "forged", "unknown"])
def test_an_invitation_that_is_over_says_the_same_however_it_ended(client, app, invited, end):
    address, later = invited(), timedelta(0)
    with transaction() as session:
        invitation = session.scalars(select(Invitation)).one()
        if end == "used":
            invitation.used_at = utc_now()
        elif end == "withdrawn":
            invitation.withdrawn_at = utc_now()
        elif end == "lapsed":
            later = joining.INVITATION_LASTS + timedelta(minutes=1)
        elif end == "unknown":
            session.delete(invitation)
    if end == "replaced":
        invited()
    with time_machine.travel(utc_now() + later):
        gone = client.get("/join/forged" if end == "forged" else address)
        assert gone.status_code == 404
        assert body_of(gone) == body_of(client.get("/join/x"))
        assert post(client, address + "x" * (end == "forged"), {"name": "R"}).status_code == 404
    assert count(Member) == 0


def test_of_twenty_who_use_one_invitation_at_once_one_comes_in(app, invited):  # RELIABILITY 41
    invited()

    def use(_number: int) -> bool:
        with app.app_context():
            try:
                with transaction() as session:
                    found = session.scalars(select(Invitation)).one()
                    values = {"name": "Rui", "password_hash": "", "time_zone": "UTC"}
                    joining.join(session, found, **values, now=utc_now())
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(20) as crowd:
        assert sorted(crowd.map(use, range(20))) == [False] * 19 + [True]
    assert count(Member) == 1


def test_an_invitation_to_somebody_who_is_a_member_by_now_makes_no_second_account(
    client, make_member, invited
):
    address = invited(email="ama@ama.example")
    make_member("ama")
    answer = post(client, address, {"name": "Ama", "time_zone": "UTC"})
    assert answer.status_code == 409
    assert "Sign in instead." in answer.text
    assert (count(Member), count(SignIn)) == (1, 0)


def test_the_hash_of_a_password_is_made_before_the_write_gate(client, invited, monkeypatch):
    address, in_hand = invited(), []
    honest = passwords.hashed
    pool = database.engine.pool
    monkeypatch.setattr(
        passwords, "hashed", lambda word: in_hand.append(pool.checkedout()) or honest(word)
    )
    data = {"name": "Rui", "password": "ten letters at least", "time_zone": "UTC"}
    assert post(client, address, data).status_code == 303
    assert in_hand == [0]
