from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from network.asks.models import Ask
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.members.kinds import MembershipState, State
from network.members.models import Block, Participation
from network.members.services import boundaries
from network.organisations.kinds import ApproachState, Speaks
from network.organisations.models import Representative
from network.referrals.access import approach_to_pass_on, need_to_recommend_for
from network.referrals.kinds import AskOf, Interest, ReferralState
from network.referrals.models import Referral
from network.referrals.queries import people_to_recommend
from network.referrals.services.after import withdraw
from network.relationships.services import connections
from tests.circles.conftest import a_circle, a_place
from tests.referrals.conftest import WORDS, answers, ask_of, refers, tie, write_approach, write_need

DAY = timedelta(days=1)


def by_nobody(it):
    return {}


def of_a_stranger(it):
    return {"member": "bo"}


def of_somebody_gone(it):
    it.mara.state = State.DEPARTED
    return {}


def of_somebody_blocked(it):
    it.db.add(Block(blocker_id=it.mara.id, blocked_id=it.rui.id, at=it.now))
    return {}


def of_somebody_paused(it):
    it.mara.state = State.PAUSED
    return {}


def of_somebody_who_takes_none(it):
    it.db.get_one(Participation, it.mara.id).open_to_introductions = False
    return {}


def of_oneself(it):
    return {"member": "rui"}


def of_the_holder(it):
    return {"member": "ines"}


def by_the_holder(it):
    return {"referrer": "ines", "member": "rui"}


def by_another_who_speaks(it):
    row = {"member_id": it.rui.id, "state": Speaks.ACTIVE, "asked_at": it.now, "since": it.now}
    it.db.add(Representative(organisation_id=it.organisation.id, **row))
    return {}


def for_what_is_closed(it):
    it.need.closed_at = it.now
    return {}


def for_what_is_over(it):
    return {"now": it.need.open_until}


def without_interest(it):
    return {"interest": None}


def with_a_fee_untold(it):
    return {"interest": Interest.FEE}


def with_too_much_interest(it):
    return {"interest": Interest.FEE, "interest_words": "x" * 301}


def without_words(it):
    return {"words": "Good."}


def soon_again(it):
    refers(it, submission="before", now=it.now - 89 * DAY)
    return {}


def soon_again_after_it_was_taken_back(it):
    referral = refers(it, submission="before", now=it.now - DAY)
    withdraw(it.db, referral, actor=it.rui, now=it.now)
    return {}


def again_after_ninety_days(it):
    refers(it, submission="before", now=it.now - 90 * DAY)
    return {}


def to_another_holder_at_once(it):
    tie(it.db, it.rui, it.dara, it.now - DAY).ended_at = it.now  # it is another need that counts
    refers(it, submission="before", thing=write_need(it.db, it.dara, it.now))
    return {}


def of_another_at_once(it):
    refers(it, submission="before", member="dara")
    return {}


def of_whom_they_share_a_circle_with(it):
    share_a_circle(it)
    return {"member": "bo"}


def share_a_circle(it):
    circle = a_circle(it.db, it.rui, it.now)
    for member in (it.rui, it.bo):
        it.db.add(a_place(circle, member, MembershipState.RESTING, it.now))
    it.db.flush()


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        (by_nobody, None),
        (again_after_ninety_days, None),
        (to_another_holder_at_once, None),
        (of_another_at_once, None),
        (of_whom_they_share_a_circle_with, None),
        (of_a_stranger, NotAllowed),
        (of_somebody_gone, NotFound),
        (of_somebody_blocked, NotFound),
        (of_somebody_paused, NotAllowed),
        (of_somebody_who_takes_none, NotAllowed),
        (of_oneself, Invalid),
        (of_the_holder, Invalid),
        (by_the_holder, NotAllowed),
        (by_another_who_speaks, NotAllowed),
        (for_what_is_closed, Conflict),
        (for_what_is_over, Conflict),
        (without_interest, Invalid),
        (with_a_fee_untold, Invalid),
        (with_too_much_interest, Invalid),
        (without_words, Invalid),
        (soon_again, Conflict),
        (soon_again_after_it_was_taken_back, Conflict),
    ],
)
def test_inv_25_somebody_is_recommended_under_every_guard_or_nobody_is_asked(it, what, refusal):
    values = what(it)
    it.db.flush()
    before = counted(it)
    if refusal is None:
        referral = refers(it, **values)
        ask = ask_of(it, referral, AskOf.CONSENT)
        assert (ask.reason, ask.addressee_id, ask.about_id) == (
            WORDS,
            referral.member_id,
            referral.holder_id,
        )
        return
    with pytest.raises(refusal):
        refers(it, **values)
    assert counted(it) == before


def counted(it):
    it.db.flush()
    return [it.db.scalar(select(func.count(each.id))) for each in (Referral, Ask, Event)]


def test_the_same_submission_twice_is_once_and_other_words_are_never_lost(it):
    first = refers(it)
    before = counted(it)
    assert refers(it) is first
    assert counted(it) == before
    with pytest.raises(Conflict):
        refers(it, words="Other words about the very same person.")
    other = refers(it, member="dara")
    assert other is not first
    assert other.submission != first.submission


def apart_by_a_block(it):
    it.db.add(Block(blocker_id=it.mara.id, blocked_id=it.ines.id, at=it.now))


def apart_by_a_shield(it):
    boundaries.raise_shield(it.db, it.mara, against="Merrow Ferries", now=it.now)


def another_has_recommended_them(it):
    tie(it.db, it.dara, it.mara, it.now)
    it.db.flush()
    refers(it, referrer="dara", submission="theirs")


@pytest.mark.parametrize(
    "what", [apart_by_a_block, apart_by_a_shield, another_has_recommended_them]
)
def test_inv_14_sending_looks_the_same_where_nobody_is_asked(it, what):
    what(it)
    it.db.flush()
    referral = refers(it)
    assert ask_of(it, referral, AskOf.CONSENT) is None
    assert (referral.state, referral.expires_at) == (ReferralState.ASKED, it.now + 42 * DAY)
    with pytest.raises(Conflict):
        refers(it, submission="again")


def test_no_ask_outlives_the_need(it):
    it.need.open_until = it.now + 5 * DAY
    referral = refers(it)
    assert ask_of(it, referral, AskOf.CONSENT).expires_at == it.need.open_until
    assert referral.expires_at == it.need.open_until


# Passing an approach on


def withdrawn(approach):
    approach.state, approach.ended_at = ApproachState.WITHDRAWN, approach.sent_at


def opened(approach):
    approach.state, approach.ended_at = ApproachState.OPENED, approach.sent_at


def lapsed(approach):
    approach.expires_at = approach.sent_at


def just_sent(approach):
    pass


@pytest.mark.parametrize(
    ("what", "refusal"),
    [(just_sent, None), (opened, None), (withdrawn, Conflict), (lapsed, Conflict)],
)
def test_an_approach_is_passed_on_while_it_lasts(it, what, refusal):
    approach = write_approach(it.db, it.ines, it.rui, it.now, organisation=it.organisation)
    what(approach)
    about = approach_to_pass_on(it.db, it.rui, approach.key, now=it.now)
    assert about.came_by_id is None
    if refusal is None:
        referral = refers(it, thing=about.thing)
        assert (referral.approach_id, referral.holder_id) == (approach.id, it.ines.id)
        return
    with pytest.raises(refusal):
        refers(it, thing=about.thing)


@pytest.mark.parametrize("who", ["ines", "mara", "bo"])
def test_only_whom_an_approach_was_written_to_can_pass_it_on(it, who):
    approach = write_approach(it.db, it.ines, it.rui, it.now, organisation=it.organisation)
    with pytest.raises(NotFound):
        approach_to_pass_on(it.db, getattr(it, who), approach.key, now=it.now)


def test_what_was_written_for_one_is_not_passed_on(it):
    approach = write_approach(it.db, it.ines, it.rui, it.now, organisation=it.organisation)
    about = approach_to_pass_on(it.db, it.rui, approach.key, now=it.now)
    told = repr(about.matter)
    assert approach.need in told
    assert approach.time in told
    assert not [each for each in (approach.fits, approach.value, approach.next) if each in told]


# A chain


def test_who_was_recommended_can_pass_it_on_and_it_is_kept_from_whom(it):
    with pytest.raises(NotFound):
        need_to_recommend_for(it.db, it.mara, it.need.key, now=it.now)
    first = refers(it)
    about = need_to_recommend_for(it.db, it.mara, it.need.key, now=it.now)
    assert about.came_by_id == first.id
    second = refers(it, "mara", "eli", came_by=about.came_by_id)
    assert second.came_by_id == first.id
    answers(it, second, AskOf.CONSENT)
    assert ask_of(it, second, AskOf.MEETING).addressee_id == it.ines.id


def test_whom_it_is_shown_to_anyway_has_it_from_nobody(it):
    refers(it, "dara", "rui", submission="from dara")
    assert need_to_recommend_for(it.db, it.rui, it.need.key, now=it.now).came_by_id is None


def test_a_block_takes_the_need_from_whom_it_was_passed_on_to(it):
    refers(it)
    connections.block(it.db, it.rui, it.mara, now=it.now)
    with pytest.raises(NotFound):
        need_to_recommend_for(it.db, it.mara, it.need.key, now=it.now)


def test_who_can_be_recommended_is_told_by_nobody_elses_walls(it):
    apart_by_a_block(it)
    it.db.flush()
    found = people_to_recommend(it.db, it.rui, it.now)
    assert [each.handle for each in found] == ["dara", "ines", "mara"]
