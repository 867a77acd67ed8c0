from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.asks.queries import answered, due, inbox, sent, something_waits
from network.conversations.models import Conversation, Participant
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.members.kinds import State, WhoMayAsk
from network.members.models import Connection, Participation
from network.members.services import boundaries
from network.relationships import access
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries import introductions as queries
from network.relationships.queries.connections import live_connection
from network.relationships.services import connections, making
from network.relationships.services import introductions as services

WORDS = "You both left something unfinished about kitchens that run themselves."
OTHER_WORDS = "You both know what a kitchen does when its manager leaves."


@pytest.fixture
def people(make_member, db, now):
    """Dara knows Ama and Rui; Eli knows nobody."""
    made = [make_member(each) for each in ("ama", "rui", "dara", "eli")]
    ama, rui, dara, eli = (db.merge(each) for each in made)
    tie(db, dara, ama, now)
    tie(db, dara, rui, now)
    db.get_one(Participation, dara.id).shown_as_way = True
    db.flush()
    return ama, rui, dara, eli


def tie(db, one, other, now):
    low, high = sorted((one.id, other.id))
    row = Connection(low_id=low, high_id=high, asker_id=low, reason="We met.", since=now)
    db.add(row)
    db.flush()
    return row


def introduce(db, dara, ama, rui, now, submission="one", words=WORDS):
    return services.introduce(db, dara, ama, rui, words=words, submission=submission, now=now)


def letter(db, introduction, addressee):
    (found,) = (
        each for each in making.consents(db, introduction) if each.addressee_id == addressee.id
    )
    return found


def say(db, introduction, who, now, answer="yes"):
    ask = letter(db, introduction, who)
    if answer == "yes":
        asks.accept(db, ask, services.CONSENT_KIND, actor=who, now=now, read=ask.mark)
    else:
        asks.decline(db, ask, services.CONSENT_KIND, actor=who, now=now)


def events(db, kind):
    return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def test_inv_21_two_yes_to_the_same_words_make_it_and_open_a_conversation_of_three(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    assert introduction.state is IntroductionState.OPEN
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.MADE
    conversation = db.scalars(select(Conversation)).one()
    here = db.scalars(select(Participant.member_id).order_by(Participant.member_id)).all()
    assert (conversation.thing_id, here) == (
        introduction.id,
        sorted(each.id for each in people[:3]),
    )
    assert live_connection(db, ama.id, rui.id) is None


def test_inv_21_other_words_void_a_yes_and_leave_a_no(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    say(db, introduction, rui, now, "no")
    services.reword(db, introduction, words=OTHER_WORDS, actor=dara, now=now)
    assert letter(db, introduction, ama).state is AskState.WAITING
    assert letter(db, introduction, rui).state is AskState.DECLINED
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.OPEN
    say(db, introduction, ama, now)
    assert introduction.state is IntroductionState.MADE


def test_inv_21_a_yes_to_words_that_changed_meanwhile_is_not_taken(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    ask = letter(db, introduction, ama)
    read = ask.mark
    services.reword(db, introduction, words=OTHER_WORDS, actor=dara, now=now)
    for stale in (read, None, ""):
        with pytest.raises(Conflict, match="words changed"):
            asks.accept(db, ask, services.CONSENT_KIND, actor=ama, now=now, read=stale)
    assert ask.state is AskState.WAITING


def test_words_change_three_times_at_most(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    for time in range(3):
        services.reword(db, introduction, words=f"{OTHER_WORDS} {time}", actor=dara, now=now)
    with pytest.raises(Conflict):
        services.reword(db, introduction, words=WORDS, actor=dara, now=now)
    assert introduction.words == f"{OTHER_WORDS} 2"


def test_inv_21_a_yes_can_be_taken_back_until_it_is_made(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    ask = letter(db, introduction, ama)
    asks.take_back(db, ask, services.CONSENT_KIND, actor=ama, now=now)
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.OPEN
    say(db, introduction, ama, now)
    with pytest.raises(Conflict):
        asks.take_back(db, ask, services.CONSENT_KIND, actor=ama, now=now)
    assert introduction.state is IntroductionState.MADE


@pytest.mark.parametrize("answer", ["yes", "no", "nothing"])
@pytest.mark.parametrize("days", [0, 13, 15])
def test_inv_23_what_introducer_and_other_are_told_is_the_same_for_every_answer(
    people, db, now, answer, days
):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, rui, now)
    if answer == "yes":
        letter(db, introduction, rui)  # Ama's alone is missing
    if answer == "no":
        say(db, introduction, ama, now, "no")
    later = now + timedelta(days=days)
    (mine,) = queries.carried_by(db, dara, later)
    (theirs,) = queries.of_me(db, rui, later)
    expected = queries.Told.OPEN if days < 14 else queries.Told.NOT_MADE
    assert (mine.told, theirs.told) == (expected, expected)
    assert sent(db, dara) == []


def test_inv_23_an_answer_is_mailed_to_nobody(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    owed = {each.id for each in db.scalars(select(Delivery))}
    say(db, introduction, ama, now)
    say(db, introduction, rui, now, "no")
    assert {each.id for each in db.scalars(select(Delivery))} == owed


def breaks(db, people, now, how):
    ama, rui, dara, _eli = people
    if how == "a connection ends":
        connections.end(db, live_connection(db, dara.id, rui.id), actor=rui, now=now)
    elif how == "the other blocks":
        connections.block(db, rui, ama, now=now)
    elif how == "the introducer is blocked":
        connections.block(db, rui, dara, now=now)
    elif how == "withdrawn":
        services.withdraw(db, db.scalars(select(Introduction)).one(), actor=dara, now=now)


@pytest.mark.parametrize(
    "how", ["a connection ends", "the other blocks", "the introducer is blocked", "withdrawn"]
)
def test_inv_24_what_it_stood_on_is_gone_and_it_is_never_made(people, db, now, how):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, rui, now)
    breaks(db, people, now, how)
    assert inbox(db, ama, now) == []
    assert not something_waits(db, ama, now)
    with pytest.raises(Conflict):
        say(db, introduction, ama, now)
    assert introduction.state in {IntroductionState.STOPPED, IntroductionState.WITHDRAWN}
    assert db.scalars(select(Conversation)).all() == []


def test_inv_23_a_stop_looks_open_until_the_day_to_whoever_can_still_see_it(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    connections.end(db, live_connection(db, dara.id, rui.id), actor=rui, now=now)
    for days, told in ((13, queries.Told.OPEN), (15, queries.Told.NOT_MADE)):
        later = now + timedelta(days=days)
        assert [each.told for each in queries.of_me(db, ama, later)] == [told]
        assert [each.told for each in queries.carried_by(db, dara, later)] == [told]


def test_inv_11_an_unblocked_pair_is_not_introduced_by_what_was_closed(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    connections.block(db, rui, ama, now=now)
    boundaries.unblock(db, rui, blocked_id=ama.id, now=now)
    assert inbox(db, ama, now) == []
    with pytest.raises(Conflict):
        say(db, introduction, ama, now)


def test_inv_10_whom_the_other_does_not_see_is_not_asked_about_them(people, db, now):
    ama, rui, dara, _eli = people
    ama.belongs = " @ama.example "
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    boundaries.raise_shield(db, rui, against="ama.example", now=now)
    db.flush()
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.OPEN
    assert queries.of_me(db, ama, now) == []


def test_inv_09_sending_does_not_tell_the_introducer_of_a_block(people, db, now):
    ama, rui, dara, _eli = people
    connections.block(db, rui, ama, now=now)
    introduction = introduce(db, dara, ama, rui, now)
    assert inbox(db, ama, now) == inbox(db, rui, now) == []
    assert [each.told for each in queries.carried_by(db, dara, now)] == [queries.Told.OPEN]
    with pytest.raises(Conflict):
        services.withdraw(db, introduction, actor=dara, now=introduction.expires_at)


def closed(db, people, _now):
    db.get_one(Participation, people[1].id).open_to_introductions = False
    return people[0], people[1]


def paused(_db, people, _now):
    people[1].state = State.PAUSED
    return people[0], people[1]


def blocked(db, people, now):
    connections.block(db, people[1], people[2], now=now)
    return people[0], people[1]


def again(db, people, now):
    tie(db, people[2], people[3], now)
    say(db, introduce(db, people[2], people[0], people[1], now), people[0], now, "no")
    return people[0], people[3]


REFUSALS = {
    "somebody not connected": (NotAllowed, lambda db, p, now: (p[0], p[3])),
    "the same person twice": (Invalid, lambda db, p, now: (p[0], p[0])),
    "somebody who takes none": (NotAllowed, closed),
    "somebody paused": (NotAllowed, paused),
    "somebody who has blocked": (NotFound, blocked),
    "somebody in an open one": (Conflict, again),
}


@pytest.mark.parametrize("why", [*REFUSALS, ""])
def test_inv_24_who_may_be_introduced(people, db, now, why):
    refusal, prepare = REFUSALS.get(why, (None, lambda db, p, now: (p[0], p[1])))
    one, other = prepare(db, people, now)
    before = db.scalars(select(Ask.id)).all()
    if refusal is None:
        assert introduce(db, people[2], one, other, now, "two").state is IntroductionState.OPEN
        return
    with pytest.raises(refusal):
        introduce(db, people[2], one, other, now, "two")
    assert db.scalars(select(Ask.id)).all() == before


@pytest.mark.parametrize("answer", ["yes", "no", "nothing"])
def test_inv_16_the_same_two_are_not_proposed_again_for_ninety_days(people, db, now, answer):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    if answer != "nothing":
        say(db, introduction, ama, now, answer)
    with pytest.raises(Conflict):
        introduce(db, dara, ama, rui, now + timedelta(days=89), "two")
    later = introduce(db, dara, ama, rui, now + timedelta(days=90), "three")
    assert later.state is IntroductionState.OPEN


def test_inv_20_the_same_submission_is_one_introduction(people, db, now):
    ama, rui, dara, _eli = people
    first = introduce(db, dara, ama, rui, now)
    assert introduce(db, dara, ama, rui, now).id == first.id
    assert len(db.scalars(select(Ask)).all()) == 2
    assert len(events(db, "relationships:introduction:begun")) == 1


def carry(db, ama, dara, rui, now, submission="carry"):
    return services.ask_to_carry(db, ama, dara, rui, words=WORDS, submission=submission, now=now)


def test_a_connector_passes_words_on_and_the_one_who_asked_has_said_yes(people, db, now):
    ama, rui, dara, _eli = people
    ask = carry(db, ama, dara, rui, now)
    asks.accept(db, ask, services.CARRY_KIND, actor=dara, now=now)
    introduction = db.scalars(select(Introduction)).one()
    assert (introduction.introducer_id, introduction.asked_by_id) == (dara.id, ama.id)
    assert letter(db, introduction, ama).state is AskState.ACCEPTED
    assert inbox(db, ama, now) == []
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.MADE


def test_a_connector_puts_it_otherwise_and_the_one_who_asked_is_asked_again(people, db, now):
    ama, rui, dara, _eli = people
    ask = carry(db, ama, dara, rui, now)
    services.carry_otherwise(db, ask, words=OTHER_WORDS, now=now)
    introduction = db.scalars(select(Introduction)).one()
    assert introduction.words == OTHER_WORDS
    assert [each.reason for each in inbox(db, ama, now)] == [OTHER_WORDS]
    say(db, introduction, rui, now)
    assert introduction.state is IntroductionState.OPEN


@pytest.mark.parametrize("why", ["", "not shown as a way", "no way", "no introductions", "tied"])
def test_only_a_way_that_is_shown_is_asked(people, db, now, why):
    ama, rui, dara, eli = people
    target = eli if why == "no way" else rui
    if why == "not shown as a way":
        db.get_one(Participation, dara.id).shown_as_way = False
    elif why == "no introductions":
        db.get_one(Participation, rui.id).open_to_introductions = False
    elif why == "tied":
        tie(db, ama, rui, now)
    db.flush()
    if not why:
        assert carry(db, ama, dara, target, now).state is AskState.WAITING
        return
    with pytest.raises((NotAllowed, Conflict)):
        carry(db, ama, dara, target, now)


def test_a_second_ask_to_carry_waits_its_turn_whatever_was_answered(people, db, now):
    ama, rui, dara, eli = people
    tie(db, dara, eli, now)
    ask = carry(db, ama, dara, rui, now)
    said = []
    for answer in (False, True):
        if answer:
            asks.decline(db, ask, services.CARRY_KIND, actor=dara, now=now)
        with pytest.raises(Conflict) as refused:
            carry(db, ama, dara, eli, now, f"two {answer}")
        said.append(str(refused.value.sentence))
    assert said[0] == said[1]


def test_the_end_of_a_connection_closes_what_was_to_be_carried(people, db, now):
    ama, rui, dara, _eli = people
    carry(db, ama, dara, rui, now)
    connections.end(db, live_connection(db, ama.id, dara.id), actor=ama, now=now)
    assert inbox(db, dara, now) == []


def test_put_off_it_comes_back_to_its_owner_alone(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    again = now + timedelta(days=30)
    ask = letter(db, introduction, ama)
    asks.decline(db, ask, services.CONSENT_KIND, actor=ama, now=now, again_at=again)
    assert [due(db, ama, at)[1] for at in (now, again - timedelta(seconds=1))] == [[], []]
    assert [each.id for each in due(db, ama, again)[1]] == [ask.id]
    assert [each.told for each in queries.carried_by(db, dara, again)] == [queries.Told.NOT_MADE]
    asks.let_go(ask, actor=ama)
    db.flush()
    assert due(db, ama, again)[1] == []


def test_the_introduced_may_ask_where_only_an_introduction_opens_the_door(people, db, now):
    ama, rui, dara, _eli = people
    part = db.get_one(Participation, rui.id)
    part.who_may_connect = WhoMayAsk.INTRODUCED
    assert not connections.open_to_connect(db, ama, rui, part)
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    say(db, introduction, rui, now)
    db.flush()
    assert connections.open_to_connect(db, ama, rui, part)


@pytest.mark.parametrize("who", [0, 1, 3])
def test_only_the_introducer_has_the_page_of_an_introduction(people, db, now, who):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    assert access.introduction_carried(db, dara, introduction.key) is introduction
    with pytest.raises(NotFound):
        access.introduction_carried(db, people[who], introduction.key)


def test_inv_18_only_who_is_asked_answers(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    ask = letter(db, introduction, ama)
    for stranger in (rui, dara):
        with pytest.raises(NotFound):
            asks.accept(db, ask, services.CONSENT_KIND, actor=stranger, now=now, read=ask.mark)
    assert answered(db, ama, now) == []


@pytest.mark.parametrize("ending", ["withdrawn", "a connection ends"])
def test_inv_23_a_yes_to_what_is_over_is_taken_back_as_if_it_were_open(people, db, now, ending):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    breaks(db, people, now, ending)
    ask = letter(db, introduction, ama)
    asks.take_back(db, ask, services.CONSENT_KIND, actor=ama, now=now)
    assert [each.id for each in inbox(db, ama, now)] == [ask.id]
    assert queries.of_me(db, ama, now) == []
    say(db, introduction, ama, now)
    assert [each.told for each in queries.of_me(db, ama, now)] == [queries.Told.OPEN]


@pytest.mark.parametrize("answer", ["yes", "no", "nothing"])
def test_inv_16_taking_it_back_makes_no_room_for_the_next_whatever_was_answered(
    people, db, now, answer
):
    ama, rui, dara, eli = people
    tie(db, dara, eli, now)
    introduction = introduce(db, dara, ama, rui, now)
    if answer != "nothing":
        say(db, introduction, ama, now, answer)
    services.withdraw(db, introduction, actor=dara, now=now)
    with pytest.raises(Conflict, match="has not had its day"):
        introduce(db, dara, ama, eli, now, "two")
    day = introduction.expires_at
    assert introduce(db, dara, ama, eli, day, "three").state is IntroductionState.OPEN


def test_inv_16_taking_back_an_ask_to_carry_makes_no_room_for_the_next(people, db, now):
    ama, rui, dara, eli = people
    tie(db, dara, eli, now)
    ask = carry(db, ama, dara, rui, now)
    asks.withdraw(db, ask, actor=ama, now=now)
    with pytest.raises(Conflict):
        carry(db, ama, dara, eli, now, "two")
    assert carry(db, ama, dara, eli, ask.expires_at, "three").state is AskState.WAITING


def test_whoever_ended_the_connection_is_not_written_to_by_other_words(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    connections.end(db, live_connection(db, dara.id, ama.id), actor=ama, now=now)
    services.reword(db, introduction, words=OTHER_WORDS, actor=dara, now=now)
    assert letter(db, introduction, ama).reason == WORDS
    assert inbox(db, ama, now) == []


def test_other_people_in_the_same_form_are_another_introduction(people, db, now):
    ama, rui, dara, eli = people
    tie(db, dara, eli, now)
    introduce(db, dara, ama, rui, now)
    with pytest.raises(Conflict):
        introduce(db, dara, ama, eli, now)


def test_a_yes_to_words_of_a_stopped_one_is_taken_and_nothing_comes_of_it(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    say(db, introduction, ama, now)
    breaks(db, people, now, "a connection ends")
    services.reword(db, introduction, words=OTHER_WORDS, actor=dara, now=now)
    say(db, introduction, ama, now)
    assert [each.told for each in queries.of_me(db, ama, now)] == [queries.Told.OPEN]
    assert introduction.state is IntroductionState.STOPPED


@pytest.mark.parametrize("taken_back", [False, True])
@pytest.mark.parametrize("answer", ["yes", "no", "nothing"])
def test_inv_14_whoever_was_asked_introduces_the_introducer_only_afterwards(
    people, db, now, answer, taken_back
):
    ama, rui, dara, eli = people
    tie(db, ama, eli, now)
    introduction = introduce(db, dara, ama, rui, now)
    if answer != "nothing":
        say(db, introduction, ama, now, answer)
    if taken_back:
        services.withdraw(db, introduction, actor=dara, now=now)
    with pytest.raises(NotAllowed, match="not open to this just now"):
        introduce(db, ama, dara, eli, now, "two")
    assert introduce(db, ama, dara, eli, introduction.expires_at, "three")


@pytest.mark.parametrize("declined", [False, True])
def test_inv_14_who_declined_to_carry_asks_the_same_person_only_afterwards(
    people, db, now, declined
):
    ama, rui, dara, eli = people
    tie(db, ama, eli, now)
    db.get_one(Participation, ama.id).shown_as_way = True
    ask = carry(db, ama, dara, rui, now)
    if declined:
        asks.decline(db, ask, services.CARRY_KIND, actor=dara, now=now)
    with pytest.raises(Conflict):
        carry(db, dara, ama, eli, now, "back")


@pytest.mark.parametrize("who", [0, 1, 3])
def test_inv_18_nobody_else_rewords_or_takes_back(people, db, now, who):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    with pytest.raises(NotFound):
        services.reword(db, introduction, words=OTHER_WORDS, actor=people[who], now=now)
    with pytest.raises(NotFound):
        services.withdraw(db, introduction, actor=people[who], now=now)
    assert (introduction.words, introduction.state) == (WORDS, IntroductionState.OPEN)


def test_words_that_are_too_few_are_not_taken_where_nobody_reads_them_either(people, db, now):
    ama, rui, dara, _eli = people
    introduction = introduce(db, dara, ama, rui, now)
    for other in (ama, rui):
        connections.end(db, live_connection(db, dara.id, other.id), actor=other, now=now)
    with pytest.raises(Invalid):
        services.reword(db, introduction, words="Hi", actor=dara, now=now)
    assert introduction.words == WORDS
