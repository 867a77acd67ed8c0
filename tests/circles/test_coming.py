from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from network.asks.models import Ask, AskState
from network.asks.queries import inbox
from network.circles import access
from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.circles.queries.door import door_of
from network.circles.services import agreeing, staying
from network.db import reading
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import CameBy, MembershipState, WhoMayAsk
from network.members.models import Connection, Member, Membership, Participation
from network.members.services import boundaries
from network.members.services.participation import pause
from network.relationships.models import Introduction, IntroductionState
from network.relationships.services.connections import block
from tests.circles.conftest import SLUG, a_circle, a_place
from tests.circles.moving import (
    REASON,
    WORDS,
    answer,
    apply,
    at_once,
    committed,
    how_many,
    invite,
    join,
    place_in,
    put_in,
    sent_to,
    state_of,
    states,
    take_back,
    told,
    waiting,
)

DAY = timedelta(days=1)


def door(db, it, who, now=None):
    """Return what the door says to somebody, as the page would read it."""
    member, now = getattr(it, who), now or it.now
    return door_of(db, member, access.circle_for(db, member, SLUG, now=now), now)


# Being asked in


def blocks_dara(db, it):
    block(db, it.eli, it.dara, now=it.now)


def shields_dara(db, it):
    boundaries.raise_shield(db, it.eli, against="@dara.example", now=it.now)


def is_paused(db, it):
    pause(db, it.eli, until=None, now=it.now)


def is_a_paused_connection(db, it):
    is_connected(db, it)
    is_paused(db, it)


def takes_none(db, it):
    db.get_one(Participation, it.eli.id).who_may_invite = WhoMayAsk.NOBODY


def rests(_db, it):
    it.circle.life = Life.RESTING


def closes(_db, it):
    it.circle.life = Life.CLOSING


def was_asked(db, it):
    invite(db, it, "eli")


def stands_in_line(db, it):
    it.circle.most = 5
    invite(db, it, "eli")
    answer(db, it, "eli")


def is_here(db, it):
    put_in(db, it, "eli")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (lambda _db, _it: None, None),
        (blocks_dara, NotFound),
        (shields_dara, NotFound),
        (is_paused, NotFound),
        (is_a_paused_connection, NotAllowed),
        (takes_none, NotAllowed),
        (rests, Conflict),
        (closes, Conflict),
        (was_asked, Conflict),
        (stands_in_line, Conflict),
        (is_here, Conflict),
    ],
)
def test_inv_18_an_invitation_meets_every_guard(db, it, given, refusal):
    given(db, it)
    db.flush()
    before = len(waiting(db, it, "eli")), len(told(db, "circles:invited"))
    if refusal is None:
        place = invite(db, it, "eli")
        assert (place.state, place.by_id) == (MembershipState.INVITED, it.dara.id)
        assert [ask.reason for ask in inbox(db, it.eli, it.now)] == [WORDS]
        assert told(db, "circles:invited")[0].actor_id == it.dara.id
        return
    with pytest.raises(refusal):
        invite(db, it, "eli")
    assert (len(waiting(db, it, "eli")), len(told(db, "circles:invited"))) == before


@pytest.mark.parametrize("words", ["", "  ", "Come.", "x" * 2001])
def test_an_invitation_has_words_and_not_too_many(db, it, words):
    with pytest.raises(Invalid):
        invite(db, it, "eli", words=words)


def shares_nothing(db, it):
    """Eli knows nobody of the circle."""


def is_connected(db, it):
    low, high = sorted((it.dara.id, it.eli.id))
    db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=it.now))


def knows_somebody_too(db, it):
    for one in (it.dara, it.eli):
        low, high = sorted((one.id, it.lee.id))
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=it.now))


def is_in_another_circle_of_theirs(db, it):
    other = a_circle(db, it.dara, it.now, slug="another-abcdefgh", name="Another")
    for one in (it.dara, it.eli):
        db.add(a_place(other, one, MembershipState.MEMBER, it.now))


def was_in_another_circle_of_theirs(db, it):
    other = a_circle(db, it.dara, it.now, slug="another-abcdefgh", name="Another")
    db.add(a_place(other, it.dara, MembershipState.MEMBER, it.now))
    db.add(a_place(other, it.eli, MembershipState.LEFT, it.now))


def were_introduced(db, it):
    low, high = sorted((it.dara.id, it.eli.id))
    db.add(
        Introduction(
            introducer_id=it.lee.id,
            low_id=low,
            high_id=high,
            words="You would like each other.",
            state=IntroductionState.MADE,
            submission="introduced",
            sent_at=it.now,
            expires_at=it.now + DAY,
            ended_at=it.now,
        )
    )


@pytest.mark.parametrize(
    ("who", "given", "taken"),
    [
        (WhoMayAsk.ANYONE, shares_nothing, True),
        (WhoMayAsk.SHARED, shares_nothing, False),
        (WhoMayAsk.SHARED, is_connected, True),
        (WhoMayAsk.SHARED, knows_somebody_too, True),
        (WhoMayAsk.SHARED, is_in_another_circle_of_theirs, True),
        (WhoMayAsk.SHARED, was_in_another_circle_of_theirs, False),
        (WhoMayAsk.INTRODUCED, knows_somebody_too, False),
        (WhoMayAsk.INTRODUCED, were_introduced, True),
        (WhoMayAsk.NOBODY, is_connected, False),
        (WhoMayAsk.NOBODY, were_introduced, False),
    ],
)
def test_who_may_ask_somebody_into_a_circle_is_theirs_to_say(db, it, who, given, taken):
    db.get_one(Participation, it.eli.id).who_may_invite = who
    given(db, it)
    db.flush()
    if taken:
        invite(db, it, "eli")
        assert waiting(db, it, "eli")
        return
    with pytest.raises(NotAllowed):
        invite(db, it, "eli")


def test_inv_16_what_one_of_two_asked_the_other_does_not_ask_again_for_90_days(db, it):
    put_in(db, it, "rui", facilitates=True)
    invite(db, it, "eli", by="dara")
    take_back(db, it, "eli", by="rui")
    assert state_of(db, it, "eli") is MembershipState.WITHDRAWN
    for by, days in (("dara", 0), ("rui", 0), ("rui", 89)):
        with pytest.raises(Conflict):
            invite(db, it, "eli", by=by, now=it.now + days * DAY)
    assert invite(db, it, "eli", by="rui", now=it.now + 90 * DAY).state is MembershipState.INVITED


@pytest.mark.parametrize("yes", [None, False])
def test_inv_15_16_a_no_and_a_lapse_are_followed_by_the_same_time(db, it, yes):
    invite(db, it, "eli")
    if yes is False:
        answer(db, it, "eli", yes=False)
    with pytest.raises(Conflict) as soon:
        invite(db, it, "eli", now=it.now + 9 * DAY)
    with pytest.raises(Conflict) as later:
        invite(db, it, "eli", now=it.now + 40 * DAY)
    said = (str(soon.value.sentence), str(later.value.sentence))
    assert said == (
        "Eli Example has been asked, and it has not had its day.",
        "You asked them not long ago. You can ask again 90 days after that.",
    )
    assert invite(db, it, "eli", now=it.now + 91 * DAY)


def test_inv_20_the_same_invitation_twice_is_once_and_other_words_meet_the_guards(db, it):
    first = invite(db, it, "eli", submission="once")
    assert invite(db, it, "eli", submission="once").id == first.id
    assert len(waiting(db, it, "eli")) == len(told(db, "circles:invited")) == 1
    with pytest.raises(Conflict):
        invite(db, it, "eli", submission="once", words="Other words to you.")
    other = invite(db, it, "lee", submission="once", words="Other words to you.")
    assert other.member_id == it.lee.id
    assert waiting(db, it, "lee")[0].reason == "Other words to you."


def test_inv_14_a_no_changes_nothing_for_those_who_facilitate(db, it):
    place = invite(db, it, "eli")
    answer(db, it, "eli", yes=False)
    assert (place.state, place.ended_at) == (MembershipState.INVITED, None)
    assert sent_to(db, "asks:declined") == []
    assert place_in(db, it, "eli", it.now + 31 * DAY) is None
    assert state_of(db, it, "eli") is MembershipState.LAPSED


def test_a_yes_brings_in_and_is_a_yes_to_the_agreements(db, it):
    place = invite(db, it, "eli")
    answer(db, it, "eli")
    assert (place.state, place.since, place.expires_at) == (MembershipState.MEMBER, it.now, None)
    assert (place.agreed_version, place.agreed_at) == (1, it.now)
    (event,) = told(db, "circles:joined")
    assert (event.actor_id, event.data["membership"]) == (it.eli.id, place.id)
    assert access.circle_for(db, it.eli, SLUG, now=it.now).is_inside


def test_inv_55_a_yes_to_agreements_that_changed_meanwhile_is_refused(db, it):
    invite(db, it, "eli")
    stale = f"{waiting(db, it, 'eli')[0].mark}-1"
    agreeing.put(db, it.circle, words="Three.", actor=it.dara, now=it.now)
    with pytest.raises(Conflict):
        answer(db, it, "eli", read=stale)
    assert answer(db, it, "eli").state is AskState.ACCEPTED
    assert place_in(db, it, "eli").agreed_version == 2


@pytest.mark.parametrize("life", [Life.RESTING, Life.CLOSING])
def test_nobody_comes_in_while_a_circle_rests_or_ends(db, it, life):
    invite(db, it, "eli")
    it.circle.life = life
    db.flush()
    with pytest.raises(Conflict):
        answer(db, it, "eli")
    assert state_of(db, it, "eli") is MembershipState.INVITED


# Coming in by oneself


@pytest.mark.parametrize(
    ("way", "who", "agreed", "refusal"),
    [
        (Door.OPEN, "eli", 1, None),
        (Door.OPEN, "lee", 1, None),
        (Door.OPEN, "ivy", 1, None),
        (Door.OPEN, "max", 1, NotAllowed),
        (Door.OPEN, "eli", 0, Conflict),
        (Door.OPEN, "eli", 2, Conflict),
        (Door.REQUEST, "eli", 1, NotAllowed),
        (Door.INVITATION, "eli", 1, NotAllowed),
        (Door.HIDDEN, "eli", 1, NotAllowed),
    ],
)
def test_inv_18_an_open_door_is_open_to_all_who_were_not_sent_away(
    db, it, way, who, agreed, refusal
):
    it.circle.door = way
    db.flush()
    if refusal is None:
        place = join(db, it, who, agreed=agreed)
        assert place.state is MembershipState.MEMBER
        assert join(db, it, who, agreed=agreed).id == place.id
        assert len(told(db, "circles:joined")) == 1
        return
    with pytest.raises(refusal):
        join(db, it, who, agreed=agreed)
    assert told(db, "circles:joined") == []


@pytest.mark.parametrize(("days", "back"), [(1, True), (179, True), (180, False), (200, False)])
@pytest.mark.parametrize("way", [Door.REQUEST, Door.INVITATION, Door.HIDDEN])
def test_whoever_was_released_comes_back_within_half_a_year(db, it, days, back, way):
    it.circle.door = way
    place = place_in(db, it, "rui")
    staying.release(db, it.circle, place, actor=it.dara, words="", now=it.now)
    later = it.now + days * DAY
    assert door(db, it, "rui", later).may_join is back
    if back:
        assert join(db, it, "rui", now=later).state is MembershipState.MEMBER
        return
    with pytest.raises(NotAllowed):
        join(db, it, "rui", now=later)


def test_whoever_was_removed_comes_back_by_being_asked_alone(db, it):
    it.circle.door = Door.OPEN
    seen = door(db, it, "max")
    assert (seen.may_join, seen.may_apply) == (False, False)
    invite(db, it, "max")
    answer(db, it, "max")
    assert state_of(db, it, "max") is MembershipState.MEMBER


# Asking to come in


@pytest.mark.parametrize(
    ("way", "who", "agreed", "words", "refusal"),
    [
        (Door.REQUEST, "eli", 1, REASON, None),
        (Door.REQUEST, "lee", 1, REASON, None),
        (Door.REQUEST, "max", 1, REASON, NotAllowed),
        (Door.REQUEST, "eli", 0, REASON, Conflict),
        (Door.REQUEST, "eli", 1, "Hm.", Invalid),
        (Door.REQUEST, "eli", 1, "x" * 2001, Invalid),
        (Door.OPEN, "eli", 1, REASON, NotAllowed),
        (Door.INVITATION, "eli", 1, REASON, NotAllowed),
        (Door.HIDDEN, "eli", 1, REASON, NotAllowed),
    ],
)
def test_inv_18_an_application_meets_every_guard(db, it, way, who, agreed, words, refusal):
    it.circle.door = way
    db.flush()
    if refusal is None:
        place = apply(db, it, who, agreed=agreed, words=words)
        assert (place.state, place.came_by) == (MembershipState.APPLIED, CameBy.APPLIED)
        assert [ask.reason for ask in inbox(db, it.dara, it.now)] == [REASON]
        assert told(db, "circles:applied")[0].actor_id == getattr(it, who).id
        return
    with pytest.raises(refusal):
        apply(db, it, who, agreed=agreed, words=words)
    assert told(db, "circles:applied") == []
    assert waiting(db, it, "dara") == []


def test_any_one_of_two_lets_in_and_the_ask_of_the_other_is_over(db, it):
    put_in(db, it, "rui", facilitates=True)
    apply(db, it, "eli")
    answer(db, it, "dara", yes=False)
    assert state_of(db, it, "eli") is MembershipState.APPLIED
    answer(db, it, "rui")
    assert state_of(db, it, "eli") is MembershipState.MEMBER
    assert place_in(db, it, "eli").by_id == it.rui.id
    assert waiting(db, it, "dara") == []
    assert told(db, "circles:let_in")[0].actor_id == it.rui.id
    assert sent_to(db, "asks:accepted") == []


def test_a_second_yes_meets_that_it_is_over(db, it):
    put_in(db, it, "rui", facilitates=True)
    apply(db, it, "eli")
    late = waiting(db, it, "dara")[0]
    answer(db, it, "rui")
    assert late.state is AskState.CLOSED
    assert len(told(db, "circles:let_in")) == 1


def test_inv_09_an_application_is_read_by_those_alone_from_whom_nothing_parts(db, it):
    put_in(db, it, "rui", facilitates=True)
    block(db, it.dara, it.eli, now=it.now)
    apply(db, it, "eli")
    assert waiting(db, it, "dara") == []
    answer(db, it, "rui")
    assert state_of(db, it, "eli") is MembershipState.MEMBER


def test_inv_09_14_where_nobody_may_read_it_it_looks_as_where_somebody_does(db, it):
    """Eli applies where Dara reads it, Lee where Dara has blocked them."""
    block(db, it.dara, it.lee, now=it.now)
    for who in ("eli", "lee"):
        apply(db, it, who)
    for days in (0, 29, 30, 89, 90):
        now = it.now + days * DAY
        one, other = (door(db, it, who, now) for who in ("eli", "lee"))
        assert (one.may_apply, one.again_from) == (other.may_apply, other.again_from)
        assert one.may_apply is (days == 90)
    with pytest.raises(Invalid):
        apply(db, it, "lee", words="Hm.", now=it.now + 90 * DAY)


@pytest.mark.parametrize("who", ["eli", "lee"])
def test_inv_16_taken_back_or_not_one_applies_again_after_90_days(db, it, who):
    block(db, it.dara, it.lee, now=it.now)
    apply(db, it, who)
    take_back(db, it, who, by=who)
    assert state_of(db, it, who) is MembershipState.WITHDRAWN
    assert waiting(db, it, "dara") == []
    assert door(db, it, who).again_from == it.now + 90 * DAY
    with pytest.raises(Conflict):
        apply(db, it, who, now=it.now + 89 * DAY)
    assert apply(db, it, who, now=it.now + 90 * DAY).state is MembershipState.APPLIED


def test_a_turn_taken_meanwhile_moves_no_day_of_whoever_applied(db, it):
    apply(db, it, "eli")
    put_in(db, it, "rui", facilitates=True)
    later = it.now + 20 * DAY
    staying.step_down(db, it.circle, place_in(db, it, "dara"), now=later)
    assert waiting(db, it, "dara") == []
    assert [ask.reason for ask in waiting(db, it, "rui")] == [REASON]
    assert waiting(db, it, "rui")[0].expires_at == it.now + 30 * DAY
    assert door(db, it, "eli", it.now + 40 * DAY).again_from == it.now + 90 * DAY


def test_inv_14_to_whoever_applied_a_no_is_silence(db, it):
    """Dara says no to Eli and nothing to Lee."""
    for who in ("eli", "lee"):
        apply(db, it, who)
    (of_eli,) = (ask for ask in waiting(db, it, "dara") if ask.asker_id == it.eli.id)
    of_eli.state, of_eli.ended_at = AskState.DECLINED, it.now
    db.flush()
    for days in (0, 29, 30, 90):
        now = it.now + days * DAY
        one, other = (door(db, it, who, now) for who in ("eli", "lee"))
        assert (one.may_apply, one.again_from) == (other.may_apply, other.again_from)
        places = [access.circle_for(db, who, SLUG, now=now).place for who in (it.eli, it.lee)]
        assert [each is not None for each in places] == [days < 30] * 2


def test_inv_20_an_application_twice_is_once(db, it):
    first = apply(db, it, "eli", submission="once")
    assert apply(db, it, "eli", submission="once").id == first.id
    assert apply(db, it, "eli", words="Something else to say.").id == first.id
    assert len(waiting(db, it, "dara")) == len(told(db, "circles:applied")) == 1


# Crossing


def test_whoever_is_asked_in_and_asks_to_come_in_is_in(db, it):
    place = invite(db, it, "eli")
    assert apply(db, it, "eli").id == place.id
    assert (place.state, place.agreed_version) == (MembershipState.MEMBER, 1)
    assert waiting(db, it, "eli") == waiting(db, it, "dara") == []


def test_whoever_has_asked_and_is_asked_in_is_in(db, it):
    put_in(db, it, "rui", facilitates=True)
    place = apply(db, it, "eli")
    assert invite(db, it, "eli", by="rui").id == place.id
    assert (place.state, place.by_id) == (MembershipState.MEMBER, it.rui.id)
    assert waiting(db, it, "eli") == waiting(db, it, "dara") == waiting(db, it, "rui") == []
    assert told(db, "circles:invited") == []


def test_a_block_closes_an_invitation_and_the_door_is_as_for_anybody(db, it):
    put_in(db, it, "rui", facilitates=True)
    old = invite(db, it, "eli")
    block(db, it.eli, it.dara, now=it.now)
    assert door(db, it, "eli").may_apply
    assert door(db, it, "eli").invitation is None
    place = apply(db, it, "eli")
    assert (old.state, place.state) == (MembershipState.WITHDRAWN, MembershipState.APPLIED)
    assert waiting(db, it, "dara") == []
    assert len(waiting(db, it, "rui")) == 1


def test_an_invitation_that_a_block_closed_leaves_an_open_door_open(db, it):
    it.circle.door = Door.OPEN
    invite(db, it, "eli")
    block(db, it.eli, it.dara, now=it.now)
    assert door(db, it, "eli").may_join
    assert join(db, it, "eli").state is MembershipState.MEMBER


# Taking it back


@pytest.mark.parametrize(
    ("given", "by", "refusal"),
    [
        ("invited", "dara", None),
        ("invited", "eli", Conflict),
        ("applied", "eli", None),
        ("applied", "dara", NotFound),
        ("queued", "eli", None),
        ("queued", "dara", NotFound),
        ("member", "eli", Conflict),
        ("member", "dara", NotFound),
    ],
)
def test_inv_18_each_takes_back_their_own(db, it, given, by, refusal):
    it.circle.most = 5 if given == "queued" else 8
    if given == "invited":
        invite(db, it, "eli")
    else:
        apply(db, it, "eli")
    if given in {"queued", "member"}:
        answer(db, it, "dara")
    if refusal is None:
        take_back(db, it, "eli", by=by)
        take_back_again = place_of_eli(db, it)
        assert take_back_again.state is MembershipState.WITHDRAWN
        assert told(db, "circles:taken_back")[0].actor_id == getattr(it, by).id
        return
    with pytest.raises(refusal):
        take_back(db, it, "eli", by=by)
    assert (str(state_of(db, it, "eli")), told(db, "circles:taken_back")) == (given, [])


def place_of_eli(db, it):
    found = select(Membership).where(Membership.member_id == it.eli.id)
    return db.scalars(found.order_by(Membership.id.desc()).limit(1)).one()


# The line


def test_the_line_is_first_in_first_out(db, it):
    it.circle.most, it.circle.door = 5, Door.OPEN
    db.flush()
    for who in ("eli", "lee", "ivy"):
        join(db, it, who)
    assert states(db, it, "eli", "lee", "ivy") == ["queued"] * 3
    for leaver, who in (("rui", "eli"), ("ama", "lee")):
        staying.leave(db, it.circle, place_in(db, it, leaver), goodbye="", now=it.now)
        assert state_of(db, it, who) is MembershipState.MEMBER
    assert state_of(db, it, "ivy") is MembershipState.QUEUED
    free = told(db, "circles:place_free")
    assert [event.data["member"] for event in free] == [it.eli.id, it.lee.id]
    assert [event.actor_id for event in free] == [None, None]
    assert set(sent_to(db, "circles:place_free")) == {"mail"}


def test_whoever_left_the_line_is_not_let_in_and_comes_to_its_end(db, it):
    it.circle.most, it.circle.door = 5, Door.OPEN
    db.flush()
    for who in ("eli", "lee"):
        join(db, it, who)
    take_back(db, it, "eli", by="eli")
    join(db, it, "eli")
    staying.leave(db, it.circle, place_in(db, it, "rui"), goodbye="", now=it.now)
    assert states(db, it, "eli", "lee") == ["queued", "member"]


def test_whoever_is_in_line_reads_nothing_of_the_inside(db, it):
    it.circle.most, it.circle.door = 5, Door.OPEN
    db.flush()
    join(db, it, "eli")
    seen = access.circle_for(db, it.eli, SLUG, now=it.now)
    assert (seen.is_inside, seen.is_in_it) == (False, False)
    assert told(db, "circles:queued")[0].data["member"] == it.eli.id


# All at once


def test_inv_55_the_last_place_goes_to_one_and_the_others_stand_in_line(app, people, now):
    def one_place(db, it):
        it.circle.most, it.circle.door = 6, Door.OPEN

    committed(one_place)

    def comes(who):
        return lambda db, it: join(db, it, who, now=now)

    assert at_once(app, *(comes(who) for who in ("eli", "lee", "ivy"))) == []
    with reading() as db:
        circle = db.scalars(select(Circle)).one()
        mine = Membership.circle_id == circle.id
        member = mine & Membership.state.in_((MembershipState.MEMBER, MembershipState.RESTING))
        assert how_many(db, member) == 6
        assert how_many(db, mine & (Membership.state == MembershipState.QUEUED)) == 2


def test_inv_20_the_same_person_twice_at_once_is_once(app, people, now):
    def open_it(_db, it):
        it.circle.door = Door.OPEN

    committed(open_it)
    assert at_once(app, *[lambda db, it: join(db, it, "eli", now=now)] * 4) == []
    with reading() as db:
        eli = db.scalars(select(Member).where(Member.handle == "eli")).one()
        assert how_many(db, Membership.member_id == eli.id) == 1


def test_inv_16_two_who_facilitate_ask_the_same_person_once(app, people, now):
    committed(lambda db, it: put_in(db, with_now(it, now), "rui", facilitates=True))

    def asks_in(by):
        return lambda db, it: invite(db, it, "eli", by=by, now=now, submission=uuid4().hex)

    (refusal,) = at_once(app, asks_in("dara"), asks_in("rui"))
    assert isinstance(refusal, Conflict)
    with reading() as db:
        eli = db.scalars(select(Member).where(Member.handle == "eli")).one()
        assert len(db.scalars(select(Ask).where(Ask.addressee_id == eli.id)).all()) == 1


def with_now(it, now):
    it.now = now
    return it
