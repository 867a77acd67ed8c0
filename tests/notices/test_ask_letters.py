from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.db import transaction
from network.members.models import Member
from network.members.services.boundaries import raise_shield
from network.members.services.participation import pause
from network.relationships.kinds import CONNECTION
from network.relationships.services import making
from network.relationships.services.connections import block
from network.relationships.services.introductions import CONSENT_KIND
from tests.conftest import MakeMember
from tests.relationships.test_introductions import introduce, tie

Letters = Callable[[], list[EmailMessage]]
REASON = "We both mend boats.\n\nI would like to hear about yours."


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama")


@pytest.fixture
def bea(make_member: MakeMember) -> Member:
    return make_member("bea", time_zone="Pacific/Auckland")


@pytest.fixture
def ask(ama: Member, bea: Member, now: datetime) -> Ask:
    with transaction() as db:
        return sent(db, ama, bea, now)


def sent(db: Session, asker: Member, addressee: Member, now: datetime) -> Ask:
    return asks.send(
        db,
        CONNECTION,
        asker=asker,
        addressee=addressee,
        reason=REASON,
        submission=f"{asker.handle}-{addressee.handle}",
        now=now,
    )


def test_the_person_asked_gets_the_reason_and_a_quiet_subject(
    ask: Ask, bea: Member, letters: Letters
) -> None:
    (letter,) = letters()
    assert letter["To"] == bea.email
    assert letter["Subject"] == "Something waits for your answer at Saltmarsh"
    words = letter.get_content().replace("\r\n", "\n")
    assert "Ama Example would like to stay in touch" in words
    assert REASON in words
    assert "open until 22 December 2026" in words
    assert "A no costs nothing" in words
    assert "http://127.0.0.1:8000/asks\n" in words


@pytest.mark.parametrize(
    "over",
    ["withdrawn", "declined", "accepted", "lapsed", "paused", "blocked", "blocking", "shielded"],
)
def test_inv_58_59_what_is_over_or_hidden_by_now_is_not_mailed(
    ask: Ask,
    ama: Member,
    bea: Member,
    letters: Letters,
    now: datetime,
    time: time_machine.Coordinates,
    over: str,
) -> None:
    with transaction() as db:
        kept = db.get_one(Ask, ask.id)
        match over:
            case "withdrawn":
                asks.withdraw(db, kept, actor=ama, now=now)
            case "declined":
                asks.decline(db, kept, CONNECTION, actor=bea, now=now)
            case "accepted":
                asks.accept(db, kept, CONNECTION, actor=bea, now=now)
            case "paused":
                pause(db, db.get_one(Member, bea.id), until=None, now=now)
            case "blocked":
                block(db, ama, bea, now=now)
            case "blocking":
                block(db, bea, ama, now=now)
            case "shielded":
                raise_shield(db, ama, against="bea.example", now=now)
    if over == "lapsed":
        time.shift(timedelta(days=31))
    assert [letter["To"] for letter in letters() if letter["To"] == bea.email] == []


def test_a_pause_that_is_over_by_now_holds_no_letter_back(
    ask: Ask, bea: Member, letters: Letters, now: datetime, time: time_machine.Coordinates
) -> None:
    with transaction() as db:
        pause(db, db.get_one(Member, bea.id), until=now + timedelta(minutes=1), now=now)
    time.shift(timedelta(minutes=2))
    assert [letter["To"] for letter in letters()] == [bea.email]


def test_a_yes_is_told_to_the_one_who_asked(
    ask: Ask, ama: Member, bea: Member, letters: Letters, now: datetime
) -> None:
    letters()
    with transaction() as db:
        asks.accept(db, db.get_one(Ask, ask.id), CONNECTION, actor=bea, now=now)
    yes, _earlier = letters()
    assert yes["To"] == ama.email
    assert "Bea" not in yes["Subject"]
    assert "Bea Example said yes" in yes.get_content()
    assert "http://127.0.0.1:8000/people/bea\r\n" in yes.get_content()


def test_asks_that_cross_tell_the_first_who_asked(
    ask: Ask, ama: Member, bea: Member, letters: Letters, now: datetime
) -> None:
    with transaction() as db:
        sent(db, bea, ama, now)
    assert [letter["To"] for letter in letters()] == [ama.email]


def test_a_yes_of_somebody_who_is_out_of_sight_by_now_is_not_told(
    ask: Ask, ama: Member, bea: Member, letters: Letters, now: datetime
) -> None:
    letters()
    with transaction() as db:
        asks.accept(db, db.get_one(Ask, ask.id), CONNECTION, actor=bea, now=now)
        block(db, bea, ama, now=now)
    assert [letter["To"] for letter in letters()] == [bea.email]


def test_inv_14_declining_taking_back_and_lapsing_send_nothing(
    ask: Ask, bea: Member, letters: Letters, now: datetime, time: time_machine.Coordinates
) -> None:
    before = len(letters())
    with transaction() as db:
        kept = db.get_one(Ask, ask.id)
        asks.decline(db, kept, CONNECTION, actor=bea, now=now)
        asks.take_back(db, kept, CONNECTION, actor=bea, now=now)
        asks.decline(db, kept, CONNECTION, actor=bea, now=now)
    assert len(letters()) == before
    time.shift(timedelta(days=40))
    assert len(letters()) == before


def test_a_letter_about_an_introduction_says_whom_one_would_meet(make_member, db, now):
    made = [make_member(each) for each in ("ama", "rui", "dara")]
    ama, rui, dara = (db.merge(each) for each in made)
    for other in (ama, rui):
        tie(db, dara, other, now)
    ask = making.consents(db, introduce(db, dara, ama, rui, now))[0]
    assert ask.about is not None
    said = CONSENT_KIND.opening(ask)
    assert f"{dara.name} thinks that you and {ask.about.name} should meet" in said
