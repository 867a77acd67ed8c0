from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from network.asks.queries import inbox
from network.composition import KINDS
from network.conversations.models import About, Conversation, Participant
from network.conversations.queries import live_stay
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Event
from network.members.services import boundaries
from network.members.services.participation import pause
from network.organisations.kinds import ApproachState
from network.organisations.models import Representative
from network.organisations.services import representing
from network.referrals import hearing
from network.referrals.access import referral_for
from network.referrals.kinds import AskOf, Interest, ReferralState, Role, Tells, Told
from network.referrals.queries import between, of_conversation, overview
from network.referrals.services.after import step_back, tell, thank, withdraw
from network.relationships.services import connections
from tests.referrals.conftest import (
    NAMES,
    SECRET,
    answers,
    ask_of,
    made,
    refers,
    write_approach,
)

DAY = timedelta(days=1)


def told(it, referral, who, now=None):
    """Return what somebody is told of a referral, or None where it is not there for them."""
    it.db.flush()
    try:
        return referral_for(it.db, getattr(it, who), referral.key, now=now or it.now).told
    except NotFound:
        return None


def talks(it):
    it.db.flush()
    found = select(Conversation).where(Conversation.about == About.REFERRAL)
    return it.db.scalars(found).all()


def test_inv_25_both_say_yes_and_a_conversation_of_the_two_opens(it):
    referral = refers(it)
    answers(it, referral, AskOf.CONSENT)
    assert talks(it) == []
    answers(it, referral, AskOf.MEETING)
    (talk,) = talks(it)
    here = select(Participant.member_id).where(Participant.conversation_id == talk.id)
    assert set(it.db.scalars(here)) == {it.mara.id, it.ines.id}
    assert referral.state is ReferralState.MADE


def test_inv_25_the_holder_learns_nothing_before_the_member_says_yes(it):
    referral = refers(it)
    before = inbox(it.db, it.ines, it.now)
    assert (told(it, referral, "ines"), list(before)) == (None, [])
    answers(it, referral, AskOf.CONSENT, yes=False)
    assert list(inbox(it.db, it.ines, it.now)) == []
    answers(it, referral, AskOf.CONSENT)
    (ask,) = inbox(it.db, it.ines, it.now)
    assert (ask.asker_id, ask.about_id) == (it.rui.id, it.mara.id)
    assert told(it, referral, "ines") is None


def other_words(it, referral):
    referral.words = "Other words than those that were read."


def another_interest(it, referral):
    referral.interest = Interest.EMPLOYED


def other_words_of_interest(it, referral):
    referral.interest_words = "They pay me for it."


def another_need(it, referral):
    it.need.words = "Something else altogether."


@pytest.mark.parametrize("kind", AskOf)
@pytest.mark.parametrize(
    "change", [other_words, another_interest, other_words_of_interest, another_need]
)
def test_inv_25_a_yes_is_to_what_was_read_with_the_interest(it, kind, change):
    referral = refers(it)
    if kind is AskOf.MEETING:
        answers(it, referral, AskOf.CONSENT)
    ask = ask_of(it, referral, kind)
    read = KINDS[ask.kind].read(it.db, ask)
    change(it, referral)
    it.db.flush()
    with pytest.raises(Conflict):
        answers(it, referral, kind, read=read)
    with pytest.raises(Conflict):
        answers(it, referral, kind, read=ask.mark)
    assert referral.state is not ReferralState.MADE


def need_closes(it, referral):
    it.need.closed_at, it.need.outcome = it.now, "Found."


def right_ends(it, referral):
    ines = select(Representative).where(Representative.member_id == it.ines.id)
    place = it.db.scalars(ines).one()
    representing.end(it.db, it.organisation, place, actor=it.ines, now=it.now)


def holder_shields(it, referral):
    boundaries.raise_shield(it.db, it.ines, against="@mara.example", now=it.now)


def nothing(it, referral):
    pass


@pytest.mark.parametrize("kind", AskOf)
@pytest.mark.parametrize("what", [nothing, need_closes, right_ends, holder_shields])
def test_inv_25_each_yes_looks_again_and_what_stops_looks_open(it, kind, what):
    referral = refers(it)
    if kind is AskOf.MEETING:
        answers(it, referral, AskOf.CONSENT)
    what(it, referral)
    it.db.flush()
    try:
        answers(it, referral, kind)
    except NotFound:
        assert what is holder_shields
    gone_on = {AskOf.CONSENT: ReferralState.AGREED, AskOf.MEETING: ReferralState.MADE}
    assert (referral.state is gone_on[kind]) == (what is nothing)
    assert len(talks(it)) == (what is nothing and kind is AskOf.MEETING)
    assert told(it, referral, "rui") is Told.WAITING
    assert told(it, referral, "rui", it.now + 43 * DAY) is Told.OVER


@pytest.mark.parametrize("pair", ["mara ines", "rui mara", "rui ines"])
@pytest.mark.parametrize("after", [(), (AskOf.CONSENT,)])
def test_inv_9_a_block_ends_it_for_good(it, pair, after):
    referral = refers(it)
    for kind in after:
        answers(it, referral, kind)
    one, other = (getattr(it, name) for name in pair.split())
    connections.block(it.db, one, other, now=it.now)
    boundaries.unblock(it.db, one, blocked_id=other.id, now=it.now)
    for kind in AskOf:
        if ask_of(it, referral, kind) is not None and kind not in after:
            with pytest.raises(Conflict):
                answers(it, referral, kind)
    assert talks(it) == []


def test_a_holder_who_is_paused_is_asked_about_when_they_are_back(it):
    pause(it.db, it.ines, until=it.now + DAY, now=it.now)
    referral = refers(it)
    assert list(inbox(it.db, it.mara, it.now)) == []
    answers(it, referral, AskOf.CONSENT, now=it.now + 2 * DAY)
    assert referral.state is ReferralState.AGREED


def test_an_approach_taken_back_leads_nowhere(it):
    approach = write_approach(it.db, it.ines, it.rui, it.now, organisation=it.organisation)
    referral = refers(it, thing=approach)
    approach.state, approach.ended_at = ApproachState.WITHDRAWN, it.now
    it.db.flush()
    answers(it, referral, AskOf.CONSENT)
    assert referral.state is ReferralState.STOPPED


# What each is told


@pytest.mark.parametrize("who", NAMES)
def test_it_is_there_for_the_three_alone(it, who):
    referral = made(it)
    expected = {"rui": Told.WAITING, "mara": Told.MADE, "ines": Told.MADE}
    assert told(it, referral, who) is expected.get(who)
    roles = {"rui": Role.REFERRER, "mara": Role.MEMBER, "ines": Role.HOLDER}
    if who in roles:
        assert referral_for(it.db, getattr(it, who), referral.key, now=it.now).role is roles[who]


def says_no(it, referral):
    answers(it, referral, AskOf.CONSENT, yes=False)


def holder_says_no(it, referral):
    answers(it, referral, AskOf.CONSENT)
    answers(it, referral, AskOf.MEETING, yes=False)


def both_say_yes(it, referral):
    for kind in AskOf:
        answers(it, referral, kind)


def the_two_part(it, referral):
    connections.block(it.db, it.mara, it.ines, now=it.now)


def steps_back(it, referral):
    answers(it, referral, AskOf.CONSENT)
    step_back(it.db, referral, actor=it.mara, now=it.now)


ENDS = (nothing, says_no, holder_says_no, both_say_yes, the_two_part, steps_back, need_closes)


@pytest.mark.parametrize("what", ENDS)
def test_inv_14_the_referrer_cannot_tell_what_became_of_it(it, what):
    referral = refers(it)
    what(it, referral)
    seen = referral_for(it.db, it.rui, referral.key, now=it.now)
    assert (seen.told, seen.conversation) == (Told.WAITING, None)
    assert told(it, referral, "rui", it.now + 42 * DAY) is Told.OVER
    with pytest.raises(Conflict):
        refers(it, submission="again")
    withdraw(it.db, referral, actor=it.rui, now=it.now)
    withdraw(it.db, referral, actor=it.rui, now=it.now)
    assert told(it, referral, "rui") is Told.TAKEN_BACK
    assert (referral.state is ReferralState.MADE) == (what is both_say_yes)


def test_only_the_member_lets_it_be_known(it):
    referral = made(it)
    for who in (it.rui, it.ines, it.bo):
        with pytest.raises(NotFound):
            tell(it.db, referral, tells=Tells.WHETHER_MADE, actor=who, now=it.now)
    tell(it.db, referral, tells=Tells.WHETHER_MADE, actor=it.mara, now=it.now)
    assert told(it, referral, "rui") is Told.MADE
    with pytest.raises(Conflict):
        withdraw(it.db, referral, actor=it.rui, now=it.now)
    tell(it.db, referral, tells=Tells.NOTHING, actor=it.mara, now=it.now)
    assert told(it, referral, "rui") is Told.WAITING


def test_taking_back_is_the_referrers_before_the_day(it):
    referral = refers(it)
    for who in (it.mara, it.ines):
        with pytest.raises(NotFound):
            withdraw(it.db, referral, actor=who, now=it.now)
    with pytest.raises(Conflict):
        withdraw(it.db, referral, actor=it.rui, now=referral.expires_at)
    withdraw(it.db, referral, actor=it.rui, now=it.now)
    with pytest.raises(Conflict):
        answers(it, referral, AskOf.CONSENT)
    assert told(it, referral, "mara") is None


def test_a_yes_is_taken_back_before_it_is_made_and_nobody_is_told(it):
    referral = refers(it)
    answers(it, referral, AskOf.CONSENT)
    with pytest.raises(NotFound):
        step_back(it.db, referral, actor=it.rui, now=it.now)
    step_back(it.db, referral, actor=it.mara, now=it.now)
    step_back(it.db, referral, actor=it.mara, now=it.now)
    assert list(inbox(it.db, it.ines, it.now)) == []
    assert told(it, referral, "mara") is None
    other = made(it, member="dara", submission="another")
    with pytest.raises(Conflict):
        step_back(it.db, other, actor=it.dara, now=it.now)


@pytest.mark.parametrize(
    ("who", "words", "refusal"),
    [
        ("mara", "Thank you.", None),
        ("ines", "Thank you.", None),
        ("rui", "Thank you.", NotFound),
        ("bo", "Thank you.", NotFound),
        ("mara", "x" * 601, Invalid),
    ],
)
def test_the_two_thank_in_words_and_the_members_tell_that_it_was_made(it, who, words, refusal):
    referral = made(it)
    actor = getattr(it, who)
    if refusal is not None:
        with pytest.raises(refusal):
            thank(it.db, referral, words=words, actor=actor, now=it.now)
        return
    thank(it.db, referral, words=words, actor=actor, now=it.now)
    assert words in {referral.thanks_of_member, referral.thanks_of_holder}
    assert (told(it, referral, "rui") is Told.MADE) == (who == "mara")


def test_nobody_thanks_before_it_is_made(it):
    referral = refers(it)
    answers(it, referral, AskOf.CONSENT)
    with pytest.raises(Conflict):
        thank(it.db, referral, words="Thanks.", actor=it.mara, now=it.now)


def test_doing_the_same_again_writes_nothing_to_the_log(it):
    referral = made(it)
    for _twice in range(2):
        thank(it.db, referral, words="Thanks.", actor=it.mara, now=it.now)
        tell(it.db, referral, tells=Tells.WHETHER_MADE, actor=it.mara, now=it.now)
    it.db.flush()
    counted = select(func.count(Event.id)).where(Event.kind.like("referrals:t%"))
    assert it.db.scalar(counted) == 1


def test_the_overview_shows_each_what_is_theirs(it):
    refers(it, member="dara", submission="waits")
    made(it)
    asked, ties = overview(it.db, it.dara, it.now), overview(it.db, it.mara, it.now)
    mine, brought = overview(it.db, it.rui, it.now), overview(it.db, it.ines, it.now)
    assert (len(asked.of_me), len(ties.of_me)) == (0, 1)
    assert ([each.name for each in mine.by_me], len(brought.to_me)) == (
        ["Mara Example", "Dara Example"],
        1,
    )


# How it came about


def chain(it):
    """Dara recommends Eli, who passes it on to Mara."""
    first = refers(it, "dara", "eli", submission="first")
    return made(it, referrer="eli", member="mara", came_by=first.id)


def test_the_two_are_told_through_whom_they_came_together(it):
    referral = chain(it)
    (talk,) = talks(it)
    for who in (it.mara, it.ines):
        seen = of_conversation(it.db, who, talk.thing_id, it.now)
        assert (seen.referrer, seen.first, seen.referral) == (it.eli, it.dara, referral)


@pytest.mark.parametrize("who", ["dara", "eli"])
def test_whoever_is_apart_now_is_not_named(it, who):
    chain(it)
    (talk,) = talks(it)
    connections.block(it.db, it.mara, getattr(it, who), now=it.now)
    seen = of_conversation(it.db, it.mara, talk.thing_id, it.now)
    named = {each.handle for each in (seen.referrer, seen.first) if each is not None}
    assert named == {"dara", "eli"} - {who}


def test_the_two_can_be_told_through_whom_they_came_together(it):
    assert between(it.db, it.ines, it.mara, it.now) is None
    referral = made(it)
    for one, other in ((it.ines, it.mara), (it.mara, it.ines)):
        seen = between(it.db, one, other, it.now + DAY)
        assert (seen.referral, seen.referrer) == (referral, it.rui)
    assert between(it.db, it.rui, it.ines, it.now) is None


def test_whose_right_ended_reads_nothing_of_it_any_more(it):
    referral, waiting = made(it), refers(it, member="dara", submission="waits")
    (talk,) = talks(it)
    right_ends(it, referral)
    it.db.flush()
    assert told(it, referral, "ines") is None
    event = it.db.scalars(select(Event).where(Event.kind == "organisations:ended")).one()
    for _twice in range(2):
        hearing.hear(it.db, event, secret=SECRET, now=it.now)
    assert live_stay(it.db, talk.id, it.ines.id) is None
    assert live_stay(it.db, talk.id, it.mara.id) is not None
    assert waiting.state is ReferralState.STOPPED
