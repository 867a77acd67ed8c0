from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from network import mail
from network.composition import LETTERS
from network.db import reading, transaction
from network.events import worker
from network.events.models import Delivery, Event
from network.events.services import record
from network.mail import Letter
from network.members.models import Member
from network.members.services.accounts import ask_for_link, ask_to_change_address
from network.members.services.joining import apply
from network.notices import post, services
from network.notices.models import SentLetter
from tests.conftest import MakeMember
from tests.postbox import Box

Deliver = Callable[[], bool]


@pytest.fixture
def ama(make_member: MakeMember) -> Member:
    return make_member("ama")


@pytest.fixture
def wanted(ama: Member, now: datetime) -> Member:
    with transaction() as db:
        ask_for_link(db, ama, now=now)
    return ama


def owed() -> list[Delivery]:
    with reading() as db:
        return list(db.scalars(select(Delivery).where(Delivery.channel == "mail")))


def noted() -> int:
    with reading() as db:
        return db.scalar(select(func.count()).select_from(SentLetter)) or 0


def test_a_letter_goes_out_and_nothing_more_is_owed(
    wanted: Member, deliver: Deliver, box: Box
) -> None:
    assert deliver()
    assert [each.rcpt_tos for each in box.taken] == [[wanted.email]]
    assert owed() == []
    assert not deliver()


def test_inv_58_a_letter_that_went_out_does_not_go_again(
    wanted: Member, deliver: Deliver, box: Box, time: time_machine.Coordinates
) -> None:
    (before,) = owed()
    deliver()
    with transaction() as db:  # the worker died before it could settle
        db.add(Delivery(event_id=before.event_id, channel="mail", due_at=before.due_at))
    assert deliver()
    assert len(box.taken) == 1
    assert owed() == []


@pytest.mark.parametrize("where", ["to_recipient", "to_data"])
def test_a_server_that_is_busy_gets_the_letter_later(
    wanted: Member, deliver: Deliver, box: Box, time: time_machine.Coordinates, where: str
) -> None:
    setattr(box, where, "451 try again later")
    deliver()
    assert noted() == 0
    assert not deliver()
    setattr(box, where, "250 OK")
    time.shift(timedelta(minutes=1, seconds=5))
    assert deliver()
    assert [each.rcpt_tos for each in box.taken] == [[wanted.email]]
    assert noted() == 1


def test_a_server_that_is_away_is_tried_once_a_turn(
    wanted: Member, make_member: MakeMember, deliver: Deliver, app: Flask, now: datetime
) -> None:
    away = "smtp://127.0.0.1:1"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], smtp_url=away)
    with transaction() as db:
        ask_for_link(db, make_member("bea"), now=now)
    with pytest.MonkeyPatch.context() as patch:
        tried = Mock(side_effect=ConnectionRefusedError)
        patch.setattr(mail.smtplib, "SMTP", tried)
        deliver()
    assert tried.call_count == 1
    assert [one.failure for one in owed()] == 2 * ["the mail server: ConnectionRefusedError"]
    assert noted() == 0


def test_a_refused_recipient_is_given_up_and_named_nowhere(
    wanted: Member, deliver: Deliver, box: Box
) -> None:
    box.refuses = {wanted.email}
    deliver()
    (left,) = owed()
    assert left.gave_up_at is not None
    assert wanted.email not in left.failure
    assert noted() == 0


def test_one_refused_letter_does_not_hold_up_the_others(
    make_member: MakeMember, deliver: Deliver, box: Box, now: datetime
) -> None:
    stewards = [make_member(name, steward=True) for name in ("bea", "cem")]
    box.refuses = {stewards[0].email}
    with transaction() as db:
        apply(db, email="dee@dee.example", name="Dee", purpose="", through="", answers=(), now=now)
    deliver()
    assert sorted(each.rcpt_tos[0] for each in box.taken) == [stewards[1].email, "dee@dee.example"]
    assert noted() == 2


def test_a_server_that_had_the_letter_and_fell_silent_does_not_get_it_twice(
    wanted: Member, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_folder: object, _message: object) -> None:
        raise mail.MailUncertain("the mail server: TimeoutError")

    monkeypatch.setattr(mail.Folder, "send", silent)
    assert deliver()
    assert noted() == 1
    assert owed() == []


def test_a_letter_that_cannot_be_written_leaves_the_others_alone(
    wanted: Member, app: Flask, time: time_machine.Coordinates, box: Box, now: datetime
) -> None:
    def torn(*_anything: object) -> list[Letter]:
        raise KeyError("ink")

    with transaction() as db:
        record(db, "tests:torn", actor=None, subject=("member", 1), now=now, to=("mail",))
    worker.run_once({"mail": post.channel(app, {**LETTERS, "tests:torn": torn})})
    assert [each.rcpt_tos for each in box.taken] == [[wanted.email]]
    assert [one.failure for one in owed()] == ["KeyError"]


def test_no_letter_is_begun_when_the_lease_runs_short(
    wanted: Member, deliver: Deliver, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BEGIN_WITHIN_S", -1.0)
    deliver()
    assert box.tried == []
    assert "too slow" in owed()[0].failure


def test_an_event_nobody_writes_about_is_done(app: Flask, deliver: Deliver, now: datetime) -> None:
    with transaction() as db:
        record(db, "tests:unheard", actor=None, subject=("member", 1), now=now, to=("mail",))
    assert deliver()
    assert owed() == []


def test_what_a_letter_carried_is_gone_when_it_is_sent(
    ama: Member, deliver: Deliver, now: datetime
) -> None:
    with transaction() as db:
        ask_to_change_address(db, ama, email="canary@new.example", now=now)
    assert owed()[0].carried == {"email": "canary@new.example"}
    deliver()
    with reading() as db:
        kept = str([event.data for event in db.scalars(select(Event))])
    assert owed() == []
    assert "canary" not in kept
