from __future__ import annotations

import re
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from network.conversations.models import About, Conversation, Message, Participant
from network.conversations.queries import my_conversations
from network.db import reading
from network.demo.talk import moment, read_told
from network.members.models import Member
from tests.conftest import NOON

SPOKEN = re.compile(r'"(?:says|words|note|how_met|context)": "((?:[^"\\]|\\.)*)"')
# Zone names would say a city; these are the marks of a machine or of a brochure.
UNHEARD = re.compile(
    r"[!—–\u2026\U0001F300-\U0001FAFF]|'|--|\b(?:excited|passionate|journey|amazing)\b"
)


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def ama(db):
    return db.scalar(select(Member).where(Member.handle == "ama"))


@pytest.fixture(scope="module")
def spoken():
    folder = files("network.demo")
    return [
        words
        for name in (
            "talk.json",
            "ties.json",
            "memory.json",
            "circles.json",
            "learning.json",
            "organisations.json",
        )
        for words in SPOKEN.findall(folder.joinpath(name).read_text(encoding="utf-8"))
    ]


def test_what_they_say_is_set_as_a_printer_would(spoken):
    assert len(spoken) > 250
    assert [words for words in spoken if UNHEARD.search(words)] == []
    assert len(set(spoken)) == len(spoken)


def test_nobody_in_it_points_at_the_web(spoken):
    assert [words for words in spoken if "http" in words or "@" in words or "www" in words] == []


def test_everything_is_said_in_its_order_and_in_the_past(db):
    for conversation in db.scalars(select(Conversation)):
        said = db.scalars(
            select(Message.sent_at)
            .where(Message.conversation_id == conversation.id)
            .order_by(Message.turn)
        ).all()
        assert all(one <= other for one, other in pairwise(said))
        assert said[-1] == conversation.moved_at < NOON


@pytest.mark.parametrize("hours", range(0, 7 * 24, 13))
def test_it_is_in_order_whatever_day_and_hour_it_is_told(told, hours):
    now = NOON + timedelta(hours=hours)
    zones = {each["handle"]: each["time_zone"] for each in told["members"]}
    threads = [*read_told("talk.json")["conversations"], *read_told("ties.json")["introductions"]]
    for thread in threads:
        steps = [*thread.get("then", ()), *thread.get("said", ())]
        said = [moment(step, Member(time_zone=zones[step["who"]]), now) for step in steps]
        assert said == sorted(said)


def test_ifeoma_answers_on_sundays(ama, now):
    told = {"who": "ifeoma", "days": 30, "on": "Sunday", "at": "16:00"}
    said = moment(told, ama, now)
    assert said.astimezone(ZoneInfo(ama.time_zone)).strftime("%A %H:%M") == "Sunday 16:00"
    assert timedelta(days=29) < now - said < timedelta(days=38)


def test_ama_finds_one_unread_one_muted_one_draft_and_one_she_left(db, ama, now):
    mine = my_conversations(db, ama, now)
    assert len(mine) > 10
    assert [[each.handle for each in row.others] for row in mine if row.unread] == [["ifeoma"]]
    assert [row.conversation.title for row in mine if row.stay.muted] == ["One page for everybody"]
    assert [[each.handle for each in row.others] for row in mine if row.stay.draft] == [["tomasz"]]
    left = [row.conversation.about for row in mine if row.stay.left_at]
    assert left == [About.INTRODUCTION]


def test_one_conversation_is_long_and_one_message_was_taken_back(db):
    counts = db.scalars(select(func.count(Message.id)).group_by(Message.conversation_id)).all()
    assert max(counts) > 60
    assert db.scalar(select(func.count(Message.id)).where(Message.withdrawn_at.is_not(None))) == 1


def test_whoever_was_brought_in_sees_nothing_earlier(db):
    late = db.scalars(
        select(Participant)
        .join(Conversation)
        .where(Participant.after_turn > 0, Conversation.about == About.GROUP)
    ).all()
    assert [db.get_one(Member, stay.member_id).handle for stay in late] == ["sigridur"]
