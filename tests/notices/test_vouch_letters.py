from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine

from network.db import transaction
from network.members.kinds import State
from network.members.models import Connection, Member
from network.members.services.boundaries import block, raise_shield
from network.members.services.participation import pause
from network.relationships.models import Vouch
from network.relationships.services import vouches as services
from tests.conftest import MakeMember

Letters = Callable[[], list[EmailMessage]]
WORDS = "Bea mends what others throw away,\n\nand says so to nobody."


@pytest.fixture
def vouch(make_member: MakeMember, now: datetime) -> Vouch:
    ama, bea = make_member("ama"), make_member("bea")
    since = now - timedelta(days=60)
    with transaction() as db:
        db.add(Connection(low_id=ama.id, high_id=bea.id, asker_id=ama.id, reason="T", since=since))
    with transaction() as db:
        return services.write(
            db,
            db.get_one(Member, ama.id),
            db.get_one(Member, bea.id),
            context="at the same bench",
            words=WORDS,
            now=now,
        )


def test_the_subject_gets_the_words_and_a_quiet_subject_line(
    vouch: Vouch, letters: Letters
) -> None:
    (letter,) = letters()
    assert letter["To"] == "bea@bea.example"
    assert letter["Subject"] == "Somebody wrote a few words about you at Saltmarsh"
    text = letter.get_content().replace("\r\n", "\n")
    assert "Ama Example wrote a few words about you:" in text
    assert WORDS in text
    assert "Members read them on your page only if you say so." in text
    assert "http://127.0.0.1:8000/people/bea\n" in text


OVER = ("shown", "kept", "taken back", "paused", "blocked", "blocking", "shielded", "gone")


@pytest.mark.parametrize("over", OVER)
def test_inv_58_59_what_is_over_or_hidden_by_now_is_not_mailed(
    vouch: Vouch,
    letters: Letters,
    now: datetime,
    time: time_machine.Coordinates,
    over: str,
) -> None:
    with transaction() as db:
        found = db.get_one(Vouch, vouch.id)
        ama, bea = (db.get_one(Member, each) for each in (vouch.author_id, vouch.subject_id))
        {
            "shown": lambda: services.show(db, found, actor=bea, now=now),
            "kept": lambda: services.keep(db, found, actor=bea, now=now),
            "taken back": lambda: services.take_back(db, found, actor=ama, now=now),
            "paused": lambda: pause(db, bea, until=None, now=now),
            "blocked": lambda: block(db, bea, blocked_id=ama.id, now=now),
            "blocking": lambda: block(db, ama, blocked_id=bea.id, now=now),
            "shielded": lambda: raise_shield(db, ama, against="bea.example", now=now),
            "gone": lambda: setattr(ama, "state", State.DEPARTED),
        }[over]()
    assert letters() == []


@pytest.mark.parametrize("decide", [services.show, services.keep])
def test_inv_59_the_author_is_written_nothing(
    vouch: Vouch, letters: Letters, now: datetime, decide: Callable[..., None]
) -> None:
    assert len(letters()) == 1
    with transaction() as db:
        bea = db.get_one(Member, vouch.subject_id)
        decide(db, db.get_one(Vouch, vouch.id), actor=bea, now=now)
    assert [letter["To"] for letter in letters()] == ["bea@bea.example"]
