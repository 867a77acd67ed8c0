from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from network.composition import PEOPLE
from network.conversations.models import About, Conversation, Message, Participant
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.members.kinds import State
from network.members.models import Connection, Member
from network.members.services import boundaries, participation
from network.relationships.models import PrivateNote, Rhythm
from network.relationships.queries import notes as queries
from network.relationships.services import notes as services
from network.search import backend, indexer
from tests.conftest import post

NOTE = "Ask how the vote on the merger went.\n\nA second thought."
HOW_MET = "In the queue at the spring gathering"
FORM = {"note": NOTE, "how_met": HOW_MET, "rhythm": "monthly"}
HTMX = {"HX-Request": "true"}
NUMBER = count()


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def people(make_member):
    made = {handle: make_member(handle) for handle in ("ama", "rui", "dara", "kim")}
    made["steward"] = make_member("steward", steward=True)
    return made


@pytest.fixture
def ama(people):
    return people["ama"]


@pytest.fixture
def rui(people):
    return people["rui"]


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


def in_db(do, *members, **values):
    with transaction() as db:
        return do(db, *[db.get_one(Member, member.id) for member in members], **values)


def keep(owner, about, now, *, note=NOTE, how_met="", rhythm=Rhythm.MONTHLY):
    in_db(services.save, owner, about, note=note, how_met=how_met, rhythm=rhythm, now=now)


def kept(owner, about):
    with reading() as db:
        return db.get(PrivateNote, (owner.id, about.id))


def due(member, now):
    """Return whom a member might write to now."""
    with reading() as db:
        found = queries.to_write_to(db, db.get_one(Member, member.id), now)
        return [again.note.about.handle for again in found]


def told(member, now):
    """Return which contact was the last with the one person who is due."""
    with reading() as db:
        (again,) = queries.to_write_to(db, db.get_one(Member, member.id), now)
        return again.wrote_at, again.spoke_at


def connect(one, other, now):
    low, high = sorted((one.id, other.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))


def talk(author, *people, at, about=About.GROUP, until=None, after=0, turn=1):
    """Let one of several people write in a conversation of theirs."""
    everybody = [author, *people]
    low, high = sorted((author.id, people[0].id)) if about is About.DIRECT else (None, None)
    with transaction() as db:
        conversation = Conversation(
            about=about, low_id=low, high_id=high, submission=str(next(NUMBER)), turn=turn
        )
        conversation.thing_id = next(NUMBER) if about is About.INTRODUCTION else None
        conversation.opened_at = conversation.moved_at = at
        db.add(conversation)
        db.flush()
        stay = {"conversation_id": conversation.id, "joined_at": at}
        for person in everybody:
            db.add(Participant(**stay, member_id=person.id))
        db.flush()
        one = db.scalars(select(Participant).where(Participant.member_id == people[0].id))
        last = one.all()[-1]
        last.after_turn, last.until_turn, last.left_at = after, until, at if until else None
        db.add(
            Message(
                conversation_id=conversation.id,
                turn=turn,
                author_id=author.id,
                body="Hello.",
                sent_at=at,
                submission=str(next(NUMBER)),
            )
        )


# Keeping


def test_a_note_is_kept_as_one_row_and_changed_in_place(ama, rui, now):
    keep(ama, rui, now, rhythm=Rhythm.NONE)
    keep(ama, rui, now + timedelta(days=1), note="Other words.", how_met=HOW_MET)
    found = kept(ama, rui)
    assert (found.note, found.how_met, found.rhythm) == ("Other words.", HOW_MET, Rhythm.MONTHLY)
    assert found.since == now + timedelta(days=1)
    keep(ama, rui, now + timedelta(days=9), how_met=HOW_MET)
    assert kept(ama, rui).since == now + timedelta(days=1)


def test_letting_the_rhythm_go_deletes_nothing(ama, rui, now):
    keep(ama, rui, now, how_met=HOW_MET)
    in_db(services.spoke, ama, rui, now=now)
    keep(ama, rui, now, how_met=HOW_MET, rhythm=Rhythm.NONE)
    found = kept(ama, rui)
    assert (found.note, found.how_met, found.spoke_at) == (NOTE, HOW_MET, now)
    assert due(ama, now + timedelta(days=900)) == []


def test_notes_write_no_event_and_are_owed_to_nobody(ama, rui, hers, now):
    def log():
        with reading() as db:
            return [db.scalar(select(func.count()).select_from(each)) for each in (Event, Delivery)]

    before = log()
    for path, data in (("", FORM), ("/spoke", {}), ("/not-now", {})):
        assert post(hers, f"/people/rui/note{path}", data).status_code == 303
    assert kept(ama, rui).quiet_until == now + timedelta(days=30)
    assert log() == before


def test_nobody_but_the_owner_ever_sees_a_note(app, ama, rui, people, hers, client, sign_in, now):
    post(hers, "/people/rui/note", FORM)
    connect(ama, rui, now)
    indexer.rebuild(backend.index(app), PEOPLE)
    paths = ["/", "/people/rui", "/people/ama", "/people/rui/note", "/people/ama/note"]
    paths += ["/people?q=merger", "/connections", "/asks", "/steward", "/people?q=gathering"]
    seen = {
        who: "".join(each.get(path).text for path in paths if path != "/people?q=merger")
        for who, each in {
            **{name: sign_in(people[name]) for name in ("rui", "dara", "steward")},
            "": client,
        }.items()
    }
    for page in seen.values():
        assert not re.search("merger|queue at the spring", page)
    assert 'data-member="rui"' not in hers.get("/people?q=merger").text
    assert "merger" in hers.get("/people/rui").text
    assert "merger" not in hers.get("/people/ama").text


def test_inv_05_no_document_of_the_index_holds_a_note(ama, rui, now):
    keep(ama, rui, now, how_met=HOW_MET)
    with reading() as db:
        assert not re.search("merger|spring gathering", str(list(PEOPLE.every(db))))


HIDINGS = {
    "pauses": lambda a, r, n: in_db(participation.pause, r, until=None, now=n),
    "blocks": lambda a, r, n: in_db(boundaries.block, r, blocked_id=a.id, now=n),
    "is blocked": lambda a, r, n: in_db(boundaries.block, a, blocked_id=r.id, now=n),
    "shields": lambda a, r, n: in_db(boundaries.raise_shield, r, against="ama.example", now=n),
    "is suspended": lambda a, r, n: in_db(lambda _db, m: setattr(m, "state", "suspended"), r),
    "departs": lambda a, r, n: in_db(lambda _db, m: setattr(m, "state", State.DEPARTED), r),
}


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_09_10_a_note_stays_and_is_reached_no_more_where_the_person_is_hidden(
    ama, rui, hers, now, hides
):
    keep(ama, rui, now - timedelta(days=90))
    assert (due(ama, now), hers.get("/people/rui/note").status_code) == (["rui"], 200)
    HIDINGS[hides](ama, rui, now)
    assert (due(ama, now), hers.get("/people/rui/note").status_code) == ([], 404)
    for path in ("", "/spoke", "/not-now"):
        assert post(hers, f"/people/rui/note{path}", FORM).status_code == 404
    assert kept(ama, rui).note == NOTE


def test_a_connection_who_pauses_can_still_be_written_to(ama, rui, now):
    connect(ama, rui, now)
    keep(ama, rui, now - timedelta(days=90))
    HIDINGS["pauses"](ama, rui, now)
    assert due(ama, now) == ["rui"]


# The rhythm


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last: the rule, said another way."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


@given(
    today=st.dates(date(2023, 1, 1), date(2029, 12, 31)),
    days=st.integers(0, 400),
    rhythm=st.sampled_from(list(queries.MONTHS)),
)
def test_a_rhythm_counts_whole_months_whatever_their_length(today, days, rhythm):
    last = today - timedelta(days=days)
    is_due = last < queries.due_before(today, rhythm)
    assert is_due == (months_later(last, queries.MONTHS[rhythm]) <= today)


@pytest.mark.parametrize(
    ("last", "rhythm", "first_due"),
    [
        ("2027-01-31", Rhythm.MONTHLY, "2027-02-28"),
        ("2027-01-28", Rhythm.MONTHLY, "2027-02-28"),
        ("2028-01-31", Rhythm.MONTHLY, "2028-02-29"),
        ("2027-02-28", Rhythm.MONTHLY, "2027-03-28"),
        ("2026-11-30", Rhythm.QUARTERLY, "2027-02-28"),
        ("2026-08-31", Rhythm.HALF_YEARLY, "2027-02-28"),
        ("2028-02-29", Rhythm.YEARLY, "2029-02-28"),
        ("2026-12-15", Rhythm.MONTHLY, "2027-01-15"),
    ],
)
def test_month_ends(ama, rui, last, rhythm, first_due):
    at = datetime.combine(date.fromisoformat(last), time(23, 30), UTC)
    keep(ama, rui, at, rhythm=rhythm)
    day = datetime.combine(date.fromisoformat(first_due), time(), UTC)
    assert due(ama, day - timedelta(seconds=1)) == []
    assert due(ama, day) == ["rui"]


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 0), ("Asia/Tokyo", -9), ("Etc/GMT+8", 8)])
def test_days_are_those_of_where_the_owner_is(ama, rui, zone, hour):
    in_db(lambda _db, member: setattr(member, "time_zone", zone), ama)
    keep(ama, rui, datetime(2026, 3, 10, 12, tzinfo=UTC))
    day = datetime(2026, 4, 10, tzinfo=UTC) + timedelta(hours=hour)
    assert due(ama, day - timedelta(seconds=1)) == []
    assert due(ama, day) == ["rui"]


def test_speaking_moves_the_rhythm(ama, rui, now):
    keep(ama, rui, now - timedelta(days=90))
    assert told(ama, now) == (None, None)
    in_db(services.spoke, ama, rui, now=now - timedelta(days=40))
    assert told(ama, now) == (None, now - timedelta(days=40))
    in_db(services.spoke, ama, rui, now=now - timedelta(days=20))
    assert due(ama, now) == []


def test_not_now_is_quiet_for_a_month_and_speaking_ends_it(ama, rui, now):
    keep(ama, rui, now - timedelta(days=90))
    in_db(services.not_now, ama, rui, now=now)
    assert [due(ama, now + timedelta(days=days)) for days in (0, 29, 30)] == [[], [], ["rui"]]
    in_db(services.spoke, ama, rui, now=now)
    assert kept(ama, rui).quiet_until is None
    in_db(services.not_now, ama, ama, now=now)
    assert kept(ama, ama) is None


REAL = {
    "I wrote to them": (lambda a, r, d, k: (a, r), {"about": About.DIRECT}, True),
    "they wrote to me": (lambda a, r, d, k: (r, a), {"about": About.DIRECT}, True),
    "I wrote in an introduction": (
        lambda a, r, d, k: (a, r, d),
        {"about": About.INTRODUCTION},
        True,
    ),
    "they wrote among three": (lambda a, r, d, k: (r, a, d), {}, True),
    "the third wrote": (lambda a, r, d, k: (d, a, r), {}, False),
    "I wrote among four": (lambda a, r, d, k: (a, r, d, k), {}, False),
    "I wrote to another": (lambda a, r, d, k: (a, d), {"about": About.DIRECT}, False),
    "they wrote to another": (lambda a, r, d, k: (r, d), {"about": About.DIRECT}, False),
    "they had left before": (lambda a, r, d, k: (a, r, d), {"until": 4, "turn": 5}, False),
    "they left the three of us": (lambda a, r, d, k: (a, r, d), {"until": 5, "turn": 5}, False),
    "they left the two of us": (
        lambda a, r, d, k: (a, r),
        {"about": About.DIRECT, "until": 5, "turn": 5},
        True,
    ),
    "they came later": (lambda a, r, d, k: (a, r, d), {"after": 5, "turn": 5}, False),
}


@pytest.mark.parametrize("what", REAL)
def test_a_message_between_the_two_moves_the_rhythm(ama, rui, people, now, what):
    who, values, counts = REAL[what]
    keep(ama, rui, now - timedelta(days=90))
    talk(*who(ama, rui, people["dara"], people["kim"]), at=now - timedelta(days=5), **values)
    assert due(ama, now) == ([] if counts else ["rui"])
    if counts:
        assert told(ama, now + timedelta(days=40)) == (now - timedelta(days=5), None)


def test_a_few_are_shown_the_longest_silence_first(ama, make_member, now):
    for number, days in enumerate((40, 200, 90, 60, 20)):
        keep(ama, make_member(f"p{number}"), now - timedelta(days=days))
    assert due(ama, now) == ["p1", "p2", "p3"]


def test_only_ones_own_rhythms_count(ama, rui, people, now):
    keep(rui, ama, now - timedelta(days=90))
    keep(people["dara"], rui, now - timedelta(days=90))
    assert (due(ama, now), due(rui, now)) == ([], ["ama"])


# Pages


def test_the_form_saves_in_place_or_by_a_plain_post(ama, rui, hers):
    answer = post(hers, "/people/rui/note", FORM)
    assert (answer.status_code, answer.location) == (303, "/people/rui#kept")
    page = hers.get("/people/rui").text
    assert HOW_MET in page
    assert "You would like to be in touch every month." in page
    part = post(hers, "/people/rui/note", {**FORM, "note": "Shorter."}, headers=HTMX)
    assert part.status_code == 200
    assert '<section class="sec strong" id="kept"' in part.text
    assert ("Kept. Only you read it." in part.text, "<html" in part.text) == (True, False)
    assert kept(ama, rui).note == "Shorter."


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"note": "z" * 4001}, "4000 is the most"),
        ({"how_met": "z" * 301}, "300 is the most"),
        ({"rhythm": "hourly"}, "Choose one of these rhythms."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_note_that_is_not_taken_comes_back_with_its_words(ama, rui, hers, wrong, says, headers):
    answer = post(hers, "/people/rui/note", {**FORM, **wrong}, headers=headers)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Ask how the vote" in answer.text or "z" * 4001 in answer.text
    assert kept(ama, rui) is None


def test_there_is_no_note_about_oneself_nor_for_somebody_not_signed_in(ama, rui, hers, client):
    assert post(hers, "/people/ama/note", FORM).status_code == 403
    assert 'id="kept"' not in hers.get("/people/ama").text
    assert client.get("/people/rui/note").status_code == 303


@pytest.mark.parametrize(
    ("then", "says"),
    [
        (None, "You wanted to be in touch every month. You said so in August."),
        ("spoke", "You last spoke in October."),
        ("wrote", "You last wrote in September."),
    ],
)
def test_today_says_whom_to_write_to_and_why(ama, rui, hers, now, then, says):
    keep(ama, rui, now - timedelta(days=90))
    if then == "spoke":
        in_db(services.spoke, ama, rui, now=now - timedelta(days=40))
    if then == "wrote":
        talk(ama, rui, at=now - timedelta(days=60), about=About.DIRECT)
    page = hers.get("/").text
    section = re.search(r'<h2 id="again".*?</section>', page, re.DOTALL)[0]
    text = " ".join(re.sub(r"<[^>]+>", "", section).split())
    assert says in text
    assert "Your note to yourself: Ask how the vote on the merger went." in text
    assert "A second thought." not in text
    assert 'href="/conversations/new?to=rui"' in section
    answer = post(hers, "/people/rui/note/not-now")
    assert (answer.status_code, answer.location) == (303, "/")
    assert '<h2 id="again"' not in hers.get("/").text


def test_today_asks_once_however_many_notes_there_are(ama, hers, make_member, ran, now):
    hers.get("/")
    few = ran(lambda: hers.get("/"))
    for number in range(5):
        other = make_member(f"p{number}", purpose="")
        keep(ama, other, now - timedelta(days=90))
        talk(ama, other, at=now - timedelta(days=60), about=About.DIRECT)
    many = ran(lambda: hers.get("/"))
    assert len(many) == len(few)
    assert sum("private_note" in statement for statement in many) == 1
