from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from network.db import transaction
from network.members import tokens
from network.members.kinds import Joining, Part, State
from network.members.models import Application, Invitation, Member, Network
from network.members.services import accounts, joining
from network.stewardship.services import withdraw_invitation
from tests.conftest import MakeMember, names

Letters = Callable[[], list[EmailMessage]]


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama")


def body(letter: EmailMessage) -> str:
    return letter.get_content()


def token_in(letter: EmailMessage, path: str) -> str:
    return body(letter).split(f"http://127.0.0.1:8000{path}", 1)[1].split()[0]


def invite(now: datetime, **values: object) -> Invitation:
    with transaction() as db:
        return joining.invite(db, email="dee@dee.example", now=now, **values)


def apply(now: datetime) -> None:
    with transaction() as db:
        joining.apply(
            db,
            email="dee@dee.example",
            name="Dee",
            purpose="canary purpose",
            through="",
            answers=[("Why?", "canary answer")],
            now=now,
        )


def test_an_invitation_says_who_invites_and_nothing_of_the_draft(
    ama: Member, letters: Letters, now: datetime
) -> None:
    invitation = invite(now, inviter=ama, draft={Part.PURPOSE.value: "canary"})
    (letter,) = letters()
    assert letter["To"] == "dee@dee.example"
    assert "Ama Example invites you to Saltmarsh" in body(letter)
    assert "21 December 2026" in body(letter)
    assert "canary" not in letter.as_string()
    secret = "a key for tests that is long enough to sign with"
    token = token_in(letter, "/join/")
    assert tokens.open_invitation_token(secret, token) == invitation.key


@pytest.mark.parametrize("over", ["withdrawn", "used", "lapsed", "joined meanwhile"])
def test_inv_58_a_door_that_is_shut_by_now_is_not_announced(
    ama: Member,
    make_member: MakeMember,
    letters: Letters,
    now: datetime,
    time: time_machine.Coordinates,
    over: str,
) -> None:
    invitation = invite(now, inviter=ama)
    with transaction() as db:
        if over == "withdrawn":
            withdraw_invitation(db, invitation, steward=ama, now=now)
        elif over == "used":
            db.execute(update(Invitation).values(used_at=now))
    if over == "lapsed":
        time.shift(timedelta(days=31))
    elif over == "joined meanwhile":
        make_member("dee", email="dee@dee.example")
    assert letters() == []


def test_an_inviter_who_is_gone_is_not_named(ama: Member, letters: Letters, now: datetime) -> None:
    invite(now, inviter=ama)
    with transaction() as db:
        db.execute(update(Member).values(state=State.SUSPENDED))
    (letter,) = letters()
    assert not names(letter.as_string(), "Ama")


@pytest.mark.parametrize(
    ("state", "minutes", "sent"),
    [
        (State.MEMBER, 5, True),
        (State.PAUSED, 5, True),
        (State.LEAVING, 5, True),
        (State.MEMBER, 61, False),
        (State.SUSPENDED, 5, False),
        (State.DEPARTED, 5, False),
    ],
)
def test_a_sign_in_link_goes_to_those_who_may_use_it(
    ama: Member,
    letters: Letters,
    now: datetime,
    time: time_machine.Coordinates,
    state: State,
    minutes: int,
    sent: bool,
) -> None:
    with transaction() as db:
        accounts.ask_for_link(db, ama, now=now)
        db.execute(update(Member).values(state=state))
    time.shift(timedelta(minutes=minutes))
    assert [letter["To"] for letter in letters()] == ([ama.email] if sent else [])


def test_a_link_for_nobody_reaches_nobody(app: Flask, letters: Letters, now: datetime) -> None:
    with transaction() as db:
        accounts.ask_for_link(db, None, now=now)
    assert letters() == []


def test_the_sign_in_link_signs_in(
    ama: Member, letters: Letters, now: datetime, app: Flask
) -> None:
    with transaction() as db:
        accounts.ask_for_link(db, ama, now=now)
    token = token_in(letters()[0], "/signin/link/")
    assert tokens.open_sign_in_token(app.config["SECRET_KEY"], token) == (ama.id, 1)


def test_a_new_address_is_asked_and_the_member_is_not_named(
    ama: Member, letters: Letters, now: datetime, app: Flask
) -> None:
    with transaction() as db:
        accounts.ask_to_change_address(db, ama, email="new@new.example", now=now)
    (letter,) = letters()
    assert letter["To"] == "new@new.example"
    assert not names(letter.as_string(), "Ama")
    assert ama.email not in letter.as_string()
    token = token_in(letter, "/me/account/address/")
    assert tokens.open_address_token(app.config["SECRET_KEY"], token) == (
        ama.id,
        1,
        "new@new.example",
    )


def test_an_address_with_an_account_hears_that_somebody_tried(
    ama: Member, make_member: MakeMember, letters: Letters, now: datetime
) -> None:
    bea = make_member("bea")
    with transaction() as db:
        accounts.ask_to_change_address(db, ama, email=bea.email, now=now)
    (letter,) = letters()
    assert letter["To"] == bea.email
    assert "tried to use this address" in body(letter)
    assert "/me/account" not in body(letter)
    assert not names(letter.as_string(), "Ama")


def test_a_wish_for_an_address_dies_when_the_password_changes(
    ama: Member, letters: Letters, now: datetime
) -> None:
    with transaction() as db:
        accounts.ask_to_change_address(db, ama, email="new@new.example", now=now)
        db.execute(update(Member).values(credential_version=2))
    assert letters() == []


def test_the_old_address_hears_of_the_change_and_not_of_the_new_one(
    ama: Member, letters: Letters, now: datetime
) -> None:
    with transaction() as db:
        member = db.get_one(Member, ama.id)
        accounts.change_address(db, member, email="new@new.example", version=1, now=now)
    (letter,) = letters()
    assert letter["To"] == ama.email
    assert "new@new.example" not in letter.as_string()


def test_a_member_hears_that_their_password_was_set(
    ama: Member, letters: Letters, now: datetime
) -> None:
    with transaction() as db:
        accounts.set_password(db, db.get_one(Member, ama.id), password_hash="x", keep=0, now=now)
    (letter,) = letters()
    assert letter["To"] == ama.email
    assert "signed out" in body(letter)


def test_an_application_is_told_to_its_writer_and_to_stewards(
    ama: Member, make_member: MakeMember, letters: Letters, now: datetime
) -> None:
    cem = make_member("cem", steward=True)
    make_member("bea", steward=True, state=State.SUSPENDED)
    apply(now)
    steward, writer = letters()
    assert (steward["To"], writer["To"]) == (cem.email, "dee@dee.example")
    assert "canary" not in steward.as_string()
    assert not names(steward.as_string(), "Dee")


def test_words_that_replace_earlier_ones_do_not_call_the_stewards_again(
    make_member: MakeMember, letters: Letters, now: datetime, time: time_machine.Coordinates
) -> None:
    cem = make_member("cem", steward=True)
    apply(now)
    letters()
    time.shift(timedelta(hours=1))
    apply(now + timedelta(hours=1))
    to = [letter["To"] for letter in letters()]
    assert (to.count(cem.email), to.count("dee@dee.example")) == (1, 2)


def test_an_application_answered_by_now_is_not_announced(
    make_member: MakeMember, letters: Letters, now: datetime
) -> None:
    cem = make_member("cem", steward=True)
    apply(now)
    with transaction() as db:
        joining.turn_down(db, db.query(Application).one(), steward=cem, words="", now=now)
    (letter,) = letters()
    assert letter["Subject"] == "About your letter to Saltmarsh"


@pytest.mark.parametrize("words", ["", "Come back in spring.\r\nBcc: all@x.example"])
def test_a_no_is_one_kind_letter_and_nothing_is_kept(
    make_member: MakeMember, letters: Letters, now: datetime, words: str
) -> None:
    cem = make_member("cem", steward=True)
    apply(now)
    letters()
    with transaction() as db:
        application = db.query(Application).one()
        joining.turn_down(db, application, steward=cem, words=words, now=now)
    answer = next(each for each in letters() if "About" in each["Subject"])
    assert answer["To"] == "dee@dee.example"
    assert answer["Bcc"] is None
    assert "not this time" in " ".join(body(answer).split())
    assert ("Come back in spring." in body(answer)) is bool(words)
    assert "canary" not in answer.as_string()


def test_a_knock_at_the_open_door_is_answered_without_a_name(
    app: Flask, letters: Letters, now: datetime
) -> None:
    with transaction() as db:
        db.get_one(Network, 1).joining = Joining.OPEN
        joining.knock(db, email="dee@dee.example", name="Dee", now=now)
    (letter,) = letters()
    assert "The door of Saltmarsh is open for you" in body(letter)


def test_mail_links_ignore_a_forged_host(
    ama: Member, letters: Letters, app: Flask, time: time_machine.Coordinates
) -> None:
    client = app.test_client()
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = client.get("/signin", headers=forged).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/signin/link", data={"csrf_token": token, "email": ama.email}, headers=forged)
    (letter,) = letters()
    assert "http://127.0.0.1:8000/signin/link/" in body(letter)
    assert "evil" not in letter.as_string()
