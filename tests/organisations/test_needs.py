from __future__ import annotations

import pytest
from sqlalchemy import func, select

from network.asks import services as asks
from network.asks.models import AskState
from network.asks.queries import as_asker_sees, inbox
from network.conversations.models import About, Conversation, Participant
from network.conversations.queries import live_stay
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.learning.models import GreenRoom
from network.members.kinds import Work
from network.members.models import Shield
from network.members.services import boundaries
from network.members.services.participation import pause
from network.organisations.models import WorkNeed
from network.organisations.queries.needs import held_by, shown_to
from network.organisations.queries.needs_around import around
from network.organisations.services import needs as services
from network.organisations.services import talking
from network.organisations.services.ending_needs import close_needs_of
from network.organisations.services.needs import Readers
from network.relationships.services.connections import block
from tests.conftest import NOON
from tests.organisations.conftest import keep_organisation
from tests.organisations.needs import (
    ALUMNI,
    DAY,
    REASON,
    asked,
    connect,
    one_house,
    readers_of,
    reads,
    says_no,
    says_yes,
    stay_in_touch,
    talk,
    write,
)

OURS = {"oskar", "siun"}


@pytest.fixture
def shown(it, db):
    """A need of Merrow that Ama and Bo, who stay in touch, may answer."""
    stay_in_touch(db, it, it.ama)
    stay_in_touch(db, it, it.bo)
    return write(db, it, readers=ALUMNI)


@pytest.mark.parametrize(
    ("readers", "who"),
    [
        (Readers(), set()),
        (Readers(alumni=True), {"ama"}),
        (Readers(connections=True), {"bo"}),
        (Readers(alumni=True, connections=True), {"ama", "bo"}),
        (Readers(everybody=True), {"ama", "bo", "eli"}),
    ],
)
def test_a_need_is_read_by_its_own_side_and_by_those_it_is_shown_to(it, db, readers, who):
    one_house(db, it)
    stay_in_touch(db, it, it.ama)
    connect(db, it.oskar, it.bo)
    need = write(db, it, readers=readers)
    assert readers_of(db, need) == OURS | who


def test_a_need_of_ones_own_is_read_by_oneself_and_ones_connections(it, db):
    connect(db, it.eli, it.bo)
    assert readers_of(db, write(db, it, "eli", own=True)) == {"eli", "bo"}


@pytest.mark.parametrize(
    ("who", "values", "refusal"),
    [
        ("oskar", {"readers": ALUMNI}, None),
        ("oskar", {"own": True}, None),
        ("eli", {"own": True}, None),
        ("eli", {}, NotFound),
        ("eli", {"own": True, "readers": ALUMNI}, Invalid),
        ("oskar", {"readers": Readers(everybody=True)}, Invalid),
    ],
)
def test_who_may_write_what_need(it, db, who, values, refusal):
    if refusal is None:
        assert write(db, it, who, **values).id
        return
    with pytest.raises(refusal):
        write(db, it, who, **values)
    assert db.scalar(select(func.count(WorkNeed.id))) == 0


def test_everybody_reads_it_only_as_long_as_one_organisation_runs_the_network(it, db):
    one_house(db, it)
    need = write(db, it, readers=Readers(everybody=True))
    one_house(db, it, is_one=False)
    assert readers_of(db, need) == OURS


def test_inv_20_the_same_need_twice_is_once_and_other_words_are_not_lost(it, db):
    first = write(db, it, submission="once")
    assert write(db, it, submission="once").id == first.id
    other = write(db, it, submission="once", words="We know why now, and need a hand.")
    assert other.id != first.id
    assert write(db, it, submission="once", work=Work.INTERIM).id not in {first.id, other.id}


def test_a_need_is_open_for_ninety_days_and_read_after_them(shown, it, db):
    assert [each.id for each in shown_to(db, it.ama, NOON + 89 * DAY)] == [shown.id]
    assert shown_to(db, it.ama, NOON + 90 * DAY) == []
    assert reads(db, shown, it.ama, NOON + 91 * DAY)
    with pytest.raises(Conflict):
        talk(db, it, shown, now=NOON + 90 * DAY)


def test_lists_hold_what_is_shown_and_what_is_held_apart(shown, it, db):
    mine = write(db, it, "ama", own=True)
    assert [each.id for each in held_by(db, it.siun, NOON)] == [shown.id]
    assert shown_to(db, it.siun, NOON) == []
    assert [each.id for each in held_by(db, it.ama, NOON)] == [mine.id]
    assert held_by(db, it.eli, NOON) == shown_to(db, it.eli, NOON) == []


@pytest.mark.parametrize("way", ["block", "blocked", "shield"])
def test_inv_09_whoever_is_apart_from_its_writer_reads_nothing_of_a_need(shown, it, db, way):
    if way == "shield":
        it.ama.belongs, mark = " @merrow.example ", "@merrow.example"
        db.add(Shield(member_id=it.oskar.id, mark=mark, label=mark, raised_at=NOON))
        db.flush()
    else:
        pair = (it.ama, it.oskar) if way == "block" else (it.oskar, it.ama)
        boundaries.block(db, pair[0], blocked_id=pair[1].id, now=NOON)
    assert not reads(db, shown, it.ama)
    assert shown_to(db, it.ama, NOON) == []
    with pytest.raises(NotFound):
        talk(db, it, shown)


def test_a_yes_to_let_us_talk_opens_a_conversation_of_the_two(shown, it, db):
    ask = talk(db, it, shown)
    says_yes(db, ask, it.oskar)
    conversation = db.scalars(select(Conversation)).one()
    assert (conversation.about, conversation.thing_id) == (About.LET_US_TALK, ask.id)
    people = db.scalars(select(Participant.member_id).order_by(Participant.member_id)).all()
    assert people == sorted((it.ama.id, it.oskar.id))
    assert around(db, shown, it.ama, NOON).conversation == conversation.key
    assert around(db, shown, it.bo, NOON).conversation is None


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("ama", None), ("bo", None), ("siun", NotAllowed), ("oskar", NotAllowed), ("eli", NotFound)],
)
def test_whoever_it_is_shown_to_answers_and_nobody_of_its_own_side(shown, it, db, who, refusal):
    if refusal is None:
        assert talk(db, it, shown, who).addressee_id == it.oskar.id
        return
    with pytest.raises(refusal):
        talk(db, it, shown, who)
    assert asked(db) == []


def test_somebody_who_stays_in_touch_and_speaks_for_it_now_does_not_answer(shown, it, db):
    stay_in_touch(db, it, it.siun)
    with pytest.raises(NotAllowed):
        talk(db, it, shown, "siun")


def test_one_answer_for_each_need_whatever_became_of_it(shown, it, db):
    ask = talk(db, it, shown, submission="once")
    assert talk(db, it, shown, submission="once").id == ask.id
    assert talk(db, it, shown).id == ask.id
    talking.take_back(db, shown, actor=it.ama, now=NOON)
    for reason in (REASON, "And there is something else to it."):
        with pytest.raises(Conflict):
            talk(db, it, shown, reason=reason, submission="once")
    assert [each.state for each in asked(db)] == [AskState.WITHDRAWN]


@pytest.mark.parametrize("answer", ["no", "silence", "close"])
def test_inv_14_a_no_silence_and_an_end_look_alike_to_whoever_asked(shown, it, db, answer):
    ask = talk(db, it, shown)
    if answer == "no":
        says_no(db, ask, it.oskar)
    elif answer == "close":
        services.close_need(db, shown, actor=it.siun, outcome="We found somebody.", now=NOON)
    seen = around(db, shown, it.ama, NOON + DAY)
    assert (seen.waits, as_asker_sees(ask, NOON + DAY)) == (True, AskState.WAITING)
    assert not around(db, shown, it.ama, NOON + 31 * DAY).waits
    told = (
        select(Event.kind)
        .join(Delivery)
        .where(Event.subject_kind == "ask", Event.subject_id == ask.id)
    )
    assert set(db.scalars(told.where(Event.kind != "asks:sent"))) == set()


def test_nobody_reads_what_another_answered(shown, it, db):
    says_no(db, talk(db, it, shown, "ama"), it.oskar)
    says_yes(db, talk(db, it, shown, "bo"), it.oskar)
    for who in (it.siun, it.eli):
        seen = around(db, shown, who, NOON)
        assert (seen.said, seen.conversation) == (None, None)
    assert around(db, shown, it.ama, NOON).said.asker_id == it.ama.id
    assert inbox(db, it.siun, NOON) == []


def test_a_pause_of_its_writer_holds_nothing_back_and_tells_nothing(shown, it, db):
    pause(db, it.oskar, until=None, now=NOON)
    db.flush()
    ask = talk(db, it, shown)
    assert [each.id for each in inbox(db, it.oskar, NOON)] == [ask.id]


def test_inv_10_whoever_shields_from_the_writer_waits_unseen(shown, it, db):
    db.add(Shield(member_id=it.ama.id, mark="merrow ferries", label="Merrow", raised_at=NOON))
    db.flush()
    ask = talk(db, it, shown)
    assert inbox(db, it.oskar, NOON) == []
    assert ask.state is AskState.WAITING


def test_an_answer_is_open_no_longer_than_its_need(shown, it, db):
    ask = talk(db, it, shown, now=NOON + 80 * DAY)
    assert ask.expires_at == shown.open_until
    with pytest.raises(Conflict):
        says_yes(db, ask, it.oskar, NOON + 90 * DAY)


def test_a_closed_need_says_what_became_of_it_and_lets_nothing_wait(shown, it, db):
    ask = talk(db, it, shown)
    talked = talk(db, it, shown, "bo")
    says_yes(db, talked, it.oskar)
    services.close_need(db, shown, actor=it.siun, outcome="We found somebody.", now=NOON)
    assert (ask.state, talked.state) == (AskState.CLOSED, AskState.ACCEPTED)
    assert db.scalars(select(Conversation)).one().closes_at is None
    with pytest.raises(Conflict):
        says_yes(db, ask, it.oskar)
    with pytest.raises(Conflict):
        talk(db, it, shown, "ama")
    assert (reads(db, shown, it.ama), shown.outcome) == (True, "We found somebody.")


@pytest.mark.parametrize(
    ("who", "outcome", "refusal"),
    [
        ("oskar", "Found.", None),
        ("siun", "Found.", None),
        ("ama", "Found.", NotFound),
        ("oskar", "", Invalid),
    ],
)
def test_who_closes_a_need_and_with_what(shown, it, db, who, outcome, refusal):
    actor = getattr(it, who)
    if refusal is None:
        services.close_need(db, shown, actor=actor, outcome=outcome, now=NOON)
        services.close_need(db, shown, actor=actor, outcome="It was Bo.", now=NOON + DAY)
        assert (shown.closed_at, shown.outcome) == (NOON, "It was Bo.")
        return
    with pytest.raises(refusal):
        services.close_need(db, shown, actor=actor, outcome=outcome, now=NOON)
    assert shown.closed_at is None


def test_a_question_grows_out_of_a_need_once(shown, it, db):
    def ask(who, question="Why do people leave?", submission="once"):
        values = {"question": question, "why": "Boats stand still.", "submission": submission}
        return services.ask_in_green_room(db, shown, actor=who, now=NOON, **values)

    room = ask(it.siun)
    assert (ask(it.siun).id, shown.room_id, room.asker_id) == (room.id, room.id, it.siun.id)
    with pytest.raises(Conflict):
        ask(it.oskar, "What makes people stay?", "other")
    with pytest.raises(NotFound):
        ask(it.ama)
    assert db.scalar(select(func.count(GreenRoom.id))) == 1
    assert around(db, shown, it.ama, NOON).room.id == room.id


def test_all_that_somebody_held_for_an_organisation_ends_when_they_speak_no_longer(shown, it, db):
    waits, talked = talk(db, it, shown, "ama"), talk(db, it, shown, "bo")
    says_yes(db, talked, it.oskar)
    other, own = write(db, it, "siun"), write(db, it, own=True)
    close_needs_of(db, it.organisation.id, it.oskar.id, actor=it.siun, now=NOON)
    db.expire_all()
    assert (shown.closed_at, shown.outcome, waits.state) == (NOON, "", AskState.CLOSED)
    assert other.closed_at is own.closed_at is None
    talk_of_two = db.scalars(select(Conversation)).one()
    assert live_stay(db, talk_of_two.id, it.oskar.id) is None
    assert live_stay(db, talk_of_two.id, it.bo.id) is not None
    stay = select(Participant).where(Participant.member_id == it.oskar.id)
    assert db.scalars(stay).one().until_turn == 0


def test_what_somebody_answered_for_themselves_stays_theirs(shown, it, db):
    says_yes(db, talk(db, it, shown, "ama"), it.oskar)
    close_needs_of(db, it.organisation.id, it.ama.id, actor=it.siun, now=NOON)
    conversation = db.scalars(select(Conversation)).one()
    assert live_stay(db, conversation.id, it.ama.id) is not None


def test_a_need_of_another_organisation_does_not_end_with_this_one(it, db):
    other = keep_organisation(db, NOON, name="Ardnacross Mill", speakers=[it.oskar])
    need = write(db, it, organisation=other)
    close_needs_of(db, it.organisation.id, it.oskar.id, actor=it.siun, now=NOON)
    db.refresh(need)
    assert need.closed_at is None


def test_inv_11_a_block_closes_what_waits_and_an_unblock_brings_nothing_back(shown, it, db):
    ask = talk(db, it, shown)
    block(db, it.oskar, it.ama, now=NOON)
    db.refresh(ask)
    assert ask.state is AskState.CLOSED
    boundaries.unblock(db, it.oskar, blocked_id=it.ama.id, now=NOON)
    with pytest.raises(Conflict):
        asks.accept(db, ask, talking.LET_US_TALK, actor=it.oskar, now=NOON, read=ask.mark)


def test_the_log_holds_no_words_of_a_need(shown, it, db):
    says_yes(db, talk(db, it, shown), it.oskar)
    services.close_need(db, shown, actor=it.oskar, outcome="Ama it is.", now=NOON)
    kinds = db.execute(select(Event.kind, Event.data).where(Event.subject_kind == "work_need"))
    told = dict(kinds.all())
    assert set(told) == {
        "organisations:need:written",
        "organisations:need:talk_opened",
        "organisations:need:closed",
    }
    assert all(isinstance(each, int) for data in told.values() for each in data.values())


def test_a_need_goes_to_no_index(shown, it, db):
    says_yes(db, talk(db, it, shown), it.oskar)
    services.close_need(db, shown, actor=it.oskar, outcome="Ama it is.", now=NOON)
    owed = select(Delivery.channel).join(Event).where(Event.subject_kind == "work_need")
    assert db.scalars(owed).all() == ["mail"]
