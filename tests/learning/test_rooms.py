from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from network.conversations import queries as talk
from network.conversations import services as talking
from network.conversations.access import conversation_for
from network.conversations.models import About, Conversation
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.learning import dress
from network.learning.access_rooms import room_for, room_to_harvest
from network.learning.models import GreenRoom
from network.learning.services import rooms as services
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from network.relationships.services import connections
from tests.conftest import post
from tests.things import keep_session, learn_things, learning_found

QUESTION = "How does a harbour heal?"
WHY = "Ours has lost its herring."
HARVEST = "Begin with the *eelgrass*."
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def clock(now):
    with time_machine.travel(now, tick=False) as travel:
        yield travel


@pytest.fixture(autouse=True)
def at_noon(clock):
    return clock


@pytest.fixture
def people(make_member):
    return {handle: make_member(handle) for handle in ("ama", "rui", "dara", "eli")}


@pytest.fixture
def ama(people):
    return people["ama"]


@pytest.fixture
def rui(people):
    return people["rui"]


@pytest.fixture
def room(ama, now):
    return open_room(ama, now)


def open_room(actor, now, *, question=QUESTION, submission="one"):
    with transaction() as db:
        me = db.get_one(Member, actor.id)
        return services.open_room(
            db, me, question=question, why=WHY, submission=submission, now=now
        )


def doing(do, room, actor, now, **values):
    with transaction() as db:
        found = db.get_one(GreenRoom, room.id)
        return do(db, found, actor=db.get_one(Member, actor.id), now=now, **values)


def sit(room, actor, now):
    doing(services.sit_down, room, actor, now)


def harvest(room, actor, now, words=HARVEST):
    doing(services.write_harvest, room, actor, now, words=words)


def talk_of(db, room):
    return db.scalars(
        select(Conversation).where(
            Conversation.about == About.GREEN_ROOM, Conversation.thing_id == room.id
        )
    ).one()


def say(room, actor, body, now):
    with transaction() as db:
        me = db.get_one(Member, actor.id)
        talking.post(db, talk_of(db, room), actor=me, body=body, submission=uuid4().hex, now=now)


def heard(room, actor, now):
    """Return what somebody reads in a room, and by whom."""
    with reading() as db:
        me = db.get_one(Member, actor.id)
        thread = conversation_for(db, me, talk_of(db, room).key, now=now)
        people = talk.company(db, me, thread, now)
        leaf = talk.leaf(db, me, thread, people, now)
        return [(each.message.body, each.who.handle) for each in leaf.entries if each.message]


def seen_by(viewer, room, now):
    with reading() as db:
        return room_for(db, db.get_one(Member, viewer.id), room.key, now=now)


def knows(viewer, room, now):
    try:
        seen_by(viewer, room, now)
    except NotFound:
        return False
    return True


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("learning:room:%")))
        return [kind.rpartition(":")[2] for kind in found]


def put(member, state):
    with transaction() as db:
        db.get_one(Member, member.id).state = state


def block(one, other, now):
    with transaction() as db:
        me, them = db.get_one(Member, one.id), db.get_one(Member, other.id)
        connections.block(db, me, them, now=now)


def shield(one, other, now):
    with transaction() as db:
        against = f"{other.handle}.example"
        boundaries.raise_shield(db, db.get_one(Member, one.id), against=against, now=now)


# Opening


def test_a_room_is_open_for_a_week_and_opened_once(ama, now):
    room, again = open_room(ama, now), open_room(ama, now)
    assert (room.id, room.closes_at) == (again.id, now + WEEK)
    assert kinds() == ["opened"]
    with reading() as db:
        assert talk_of(db, room).closes_at == room.closes_at
        assert {"things"} <= set(db.scalars(select(Delivery.channel)))


def test_another_question_from_the_same_form_is_not_lost(ama, now):
    assert open_room(ama, now).id != open_room(ama, now, question="Who mends nets?").id


def test_whoever_asks_sits_there_and_may_write_before_anybody_comes(room, ama, now):
    say(room, ama, "I begin.", now)
    assert heard(room, ama, now) == [("I begin.", "ama")]
    assert seen_by(ama, room, now).sits


def test_whoever_sits_alone_in_silence_has_the_room_too(room, ama, now):
    assert heard(room, ama, now) == []


# Sitting down


def test_before_sitting_down_the_words_are_not_there(room, ama, rui, now):
    say(room, ama, "I begin.", now)
    with pytest.raises(NotFound):
        heard(room, rui, now)
    assert seen_by(rui, room, now).conversation is None


def test_whoever_sits_down_reads_what_was_said_before(room, ama, rui, now):
    say(room, ama, "I begin.", now)
    for _twice in range(2):
        sit(room, rui, now)
    say(room, rui, "Eelgrass.", now + HOUR)
    assert heard(room, rui, now + HOUR) == [("I begin.", "ama"), ("Eelgrass.", "rui")]


def test_whoever_steps_out_may_sit_down_again(room, ama, rui, now):
    sit(room, rui, now)
    with transaction() as db:
        talking.leave(db, talk_of(db, room), actor=db.get_one(Member, rui.id), now=now)
    assert not seen_by(rui, room, now).sits
    say(room, ama, "Still here.", now)
    assert heard(room, rui, now) == []
    sit(room, rui, now)
    assert ("Still here.", "ama") in heard(room, rui, now)


@pytest.mark.parametrize(("after", "refused"), [(WEEK - HOUR, False), (WEEK, True)])
def test_after_the_week_nobody_sits_down_although_no_job_ran(room, rui, now, after, refused):
    if refused:
        with pytest.raises(Conflict):
            sit(room, rui, now + after)
    else:
        sit(room, rui, now + after)
    assert seen_by(rui, room, now + after).sits is not refused


@pytest.mark.parametrize(("after", "refused"), [(WEEK - HOUR, False), (WEEK, True)])
def test_after_the_week_nobody_writes_although_no_job_ran(room, ama, rui, now, after, refused):
    sit(room, rui, now)
    for each in (ama, rui):
        if refused:
            with pytest.raises(NotAllowed):
                say(room, each, "Late.", now + after)
        else:
            say(room, each, "In time.", now + after)
    assert len(heard(room, rui, now + after)) == (0 if refused else 2)


def test_after_the_week_what_was_said_stays_to_be_read(room, ama, rui, now):
    sit(room, rui, now)
    say(room, ama, "I begin.", now)
    assert heard(room, rui, now + 2 * WEEK) == [("I begin.", "ama")]


# Who knows of it

HIDES = {
    "nothing": (True, None),
    "who asks is paused": (False, lambda a, v, n: put(a, State.PAUSED)),
    "who asks is suspended": (False, lambda a, v, n: put(a, State.SUSPENDED)),
    "who asks departed": (False, lambda a, v, n: put(a, State.DEPARTED)),
    "blocked by who asks": (False, block),
    "having blocked who asks": (False, lambda a, v, n: block(v, a, n)),
    "a shield of who asks": (False, shield),
}
# While somebody sits there a pause is not to be told from silence.
KEEPS = {"nothing", "who asks is paused"}


@pytest.mark.parametrize("why", HIDES)
def test_inv_09_10_a_room_is_there_for_whoever_may_know_of_the_one_who_asks(
    room, ama, rui, now, why
):
    known, do = HIDES[why]
    if do is not None:
        do(ama, rui, now)
    assert knows(rui, room, now) is known


@pytest.mark.parametrize("why", HIDES)
def test_inv_09_10_whoever_sits_there_learns_of_no_pause(room, ama, rui, now, why):
    sit(room, rui, now)
    if HIDES[why][1] is not None:
        HIDES[why][1](ama, rui, now)
    assert knows(rui, room, now) is (why in KEEPS)


@pytest.mark.parametrize("why", HIDES)
def test_inv_09_10_the_conversation_wears_no_more_than_may_be_known(room, ama, rui, now, why):
    sit(room, rui, now)
    if HIDES[why][1] is not None:
        HIDES[why][1](ama, rui, now)
    with reading() as db:
        me = db.get_one(Member, rui.id)
        worn = dress.ROOM.load(db, talk_of(db, room), me, now)
    assert (worn["room"] is not None) is (why in KEEPS)
    assert worn["is_open"] is (why in KEEPS)


def test_a_block_ends_the_place_of_whoever_blocks(room, ama, rui, now):
    sit(room, rui, now)
    block(rui, ama, now)
    with pytest.raises(NotAllowed):
        say(room, rui, "Still.", now)


def test_a_session_is_worn_by_its_conversation_where_it_may_be_known(people, now):
    session = keep_session("Mending nets", host=people["ama"])
    with transaction() as db:
        ama = db.get_one(Member, people["ama"].id)
        thread = talking.open_about(
            db, About.SESSION, session.id, people=[ama.id], opener=ama, now=now
        )
        rui = db.get_one(Member, people["rui"].id)
        assert dress.SESSION.load(db, thread, rui, now)["session"].id == session.id
        boundaries.block(db, ama, blocked_id=rui.id, now=now)
        db.flush()
        assert dress.SESSION.load(db, thread, rui, now)["session"] is None


# Harvest


def test_the_harvest_comes_after_the_week_by_the_one_who_asked(room, ama, rui, now):
    sit(room, rui, now)
    with pytest.raises(Conflict):
        harvest(room, ama, now + WEEK - HOUR)
    with pytest.raises(NotAllowed):
        harvest(room, rui, now + WEEK)
    with pytest.raises(Invalid):
        harvest(room, ama, now + WEEK, words="")
    for _twice in range(2):
        harvest(room, ama, now + WEEK)
    assert seen_by(rui, room, now + WEEK).room.harvest == HARVEST
    assert kinds() == ["opened", "harvested"]


def test_only_the_one_who_asked_is_let_to_the_harvest(room, ama, rui, now):
    with reading() as db:
        me = db.get_one(Member, ama.id)
        assert room_to_harvest(db, me, room.key, now=now).is_mine
        with pytest.raises(NotAllowed):
            room_to_harvest(db, db.get_one(Member, rui.id), room.key, now=now)


def test_a_harvest_is_put_otherwise(room, ama, rui, now):
    harvest(room, ama, now + WEEK)
    harvest(room, ama, now + WEEK + HOUR, words="Begin with the mud.")
    found = seen_by(rui, room, now + WEEK + HOUR).room
    assert (found.harvest, found.harvested_at) == ("Begin with the mud.", now + WEEK + HOUR)


def test_all_members_find_the_harvest_by_its_words(app, room, ama, people, now):
    harvest(room, ama, now + WEEK)
    learn_things(app)
    found = learning_found(app, people["eli"], "eelgrass", now=now + WEEK + HOUR)
    assert [each.row.id for each in found.things] == [room.id]


# Pages


def url(room, way=""):
    return f"/green-rooms/{room.key}{way}"


def test_a_room_is_opened_on_its_page(people, sign_in):
    client = sign_in(people["ama"])
    sent = {"question": QUESTION, "why": WHY, "submission": "one"}
    page = post(client, "/green-rooms/new", sent, follow_redirects=True).text
    assert QUESTION in page
    assert WHY in page
    assert "You ask this." in page
    assert "Go to the room" in page


@pytest.mark.parametrize(
    ("field", "words"),
    [("question", ""), ("question", "x" * 301), ("why", ""), ("why", "y" * 2001)],
)
def test_what_cannot_be_kept_comes_back_with_its_words(people, sign_in, field, words):
    sent = {"question": QUESTION, "why": WHY, "submission": "one", field: words}
    answer = post(sign_in(people["ama"]), "/green-rooms/new", sent)
    assert answer.status_code == 422
    assert all(value in answer.text for value in (sent["question"], sent["why"]))


def test_the_page_says_the_question_and_never_the_words(room, ama, rui, sign_in, now):
    say(room, ama, "Between us: eelgrass.", now)
    page = sign_in(rui).get(url(room)).text
    assert all(words in page for words in (QUESTION, WHY, "Ama Example asks.", "Sit down"))
    assert "eelgrass" not in page


def test_sitting_down_leads_into_the_conversation(room, ama, rui, sign_in, now):
    say(room, ama, "I begin.", now)
    page = post(sign_in(rui), url(room, "/join"), follow_redirects=True).text
    assert all(words in page for words in (QUESTION, "I begin.", 'name="body"'))


def test_after_the_week_the_conversation_takes_nothing(clock, room, rui, sign_in, now):
    sit(room, rui, now)
    clock.move_to(now + WEEK)
    client = sign_in(rui)
    with reading() as db:
        key = talk_of(db, room).key
    page = client.get(f"/conversations/{key}").text
    assert "Its week is over" in page
    assert 'name="body"' not in page
    sent = {"body": "Late.", "submission": "late", "send": "yes"}
    assert post(client, f"/conversations/{key}", sent).status_code in {403, 404, 405}
    assert heard(room, rui, now + WEEK) == []


def test_after_the_week_the_one_who_asked_is_given_the_form(clock, room, ama, rui, sign_in, now):
    clock.move_to(now + WEEK)
    assert "Give it to members" in sign_in(ama).get(url(room)).text
    page = post(sign_in(ama), url(room, "/harvest"), {"words": HARVEST}, follow_redirects=True)
    assert "<em>eelgrass</em>" in page.text
    page = sign_in(rui).get(url(room)).text
    assert "<em>eelgrass</em>" in page
    assert "Give it to members" not in page
    assert "Sit down" not in page


def test_a_harvest_that_cannot_be_kept_comes_back(clock, room, ama, sign_in, now):
    clock.move_to(now + WEEK)
    answer = post(sign_in(ama), url(room, "/harvest"), {"words": "x" * 4001})
    assert (answer.status_code, "x" * 4001 in answer.text) == (422, True)


def test_a_hidden_room_is_as_absent_as_one_that_never_was(room, ama, rui, sign_in, now):
    block(ama, rui, now)
    client = sign_in(rui)
    assert client.get(url(room)).status_code == 404
    for way in ("/join", "/harvest"):
        assert post(client, url(room, way)).status_code == 404
        assert post(client, f"/green-rooms/nobodys{way}").status_code == 404


def test_the_page_of_a_room_takes_the_same_statements_for_one_and_for_many(
    room, rui, sign_in, make_member, ran, now
):
    client = sign_in(rui)
    client.get(url(room))
    few = ran(lambda: client.get(url(room)))
    for number in range(12):
        sit(room, make_member(f"other{number}"), now)
    assert len(few) == len(ran(lambda: client.get(url(room)))) <= 12
