from __future__ import annotations

from datetime import timedelta

import pytest

from network.asks.models import AskState
from network.db import transaction
from network.errors import Conflict, NotAllowed, NotFound
from network.members.kinds import WhoMayAsk
from network.members.models import Participation
from network.members.services import boundaries
from network.organisations.queries.people import organisations_of, somebody_speaks
from network.organisations.services import inviting
from tests.organisations.conftest import place_of
from tests.organisations.speaking import (
    answer,
    at_once,
    claim,
    end,
    invite,
    sent_to,
    state_of,
    told,
    waiting,
)
from tests.organisations.test_founding import hidden

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def open_to_anyone(merrow):
    with transaction() as db:
        for each in (merrow.ama, merrow.bo, merrow.eli):
            db.get_one(Participation, each.id).who_may_invite = WhoMayAsk.ANYONE


def test_whoever_says_yes_speaks_for_it_and_not_before(it, db):
    invite(db, it, "ama")
    assert (state_of(db, it, "ama"), organisations_of(db, it.ama)) == ("invited", [])
    assert not it.ama.represents
    answer(db, it, "ama")
    assert organisations_of(db, it.ama) == [it.organisation]
    assert it.ama.represents == "merrow ferries"
    assert sent_to(db, "organisations:came") == ["mail"]


@pytest.mark.parametrize(
    ("who", "refusal"),
    [(WhoMayAsk.NOBODY, NotAllowed), (WhoMayAsk.SHARED, NotAllowed), (WhoMayAsk.ANYONE, None)],
)
def test_whom_they_let_invite_them_may_ask_them_to_speak(it, db, who, refusal):
    db.get_one(Participation, it.ama.id).who_may_invite = who
    if refusal is None:
        assert invite(db, it, "ama").member_id == it.ama.id
        return
    with pytest.raises(refusal):
        invite(db, it, "ama")
    assert place_of(db, it.ama) is None


@pytest.mark.parametrize("part", ["block", "shield"])
def test_inv_10_who_is_apart_cannot_be_asked_and_does_not_exist(it, db, part):
    if part == "block":
        boundaries.block(db, it.ama, blocked_id=it.oskar.id, now=it.now)
    else:
        boundaries.raise_shield(db, it.ama, against="Merrow Ferries", now=it.now)
    with pytest.raises(NotFound):
        invite(db, it, "ama")
    assert place_of(db, it.ama) is None


def test_only_who_speaks_for_it_asks_others(it, db):
    with pytest.raises(NotFound):
        invite(db, it, "ama", by="eli")
    invite(db, it, "ama", by="siun")


def test_the_same_invitation_twice_is_once_and_one_waits_at_a_time(it, db):
    first = invite(db, it, "ama", submission="once")
    assert invite(db, it, "ama", submission="once") is first
    with pytest.raises(Conflict):
        invite(db, it, "ama", by="siun")
    assert len(waiting(db, it, "ama")) == 1


def test_inv_16_after_a_no_nobody_of_the_organisation_asks_again_for_90_days(it, db):
    invite(db, it, "ama")
    answer(db, it, "ama", yes=False)
    for later in (31, 89):
        with pytest.raises(Conflict):
            invite(db, it, "ama", by="siun", now=it.now + later * DAY)
    invite(db, it, "ama", by="siun", now=it.now + 91 * DAY)


@pytest.mark.parametrize("by", ["oskar", "siun"])
def test_an_invitation_is_taken_back_by_any_of_them_and_can_be_answered_no_more(it, db, by):
    place = invite(db, it, "ama")
    (ask,) = waiting(db, it, "ama")
    for _twice in range(2):
        inviting.take_back(db, it.organisation, place, actor=getattr(it, by), now=it.now)
    assert (state_of(db, it, "ama"), ask.state) == ("ended", AskState.CLOSED)
    assert len(told(db, "organisations:taken_back")) == 1


def test_nobody_else_takes_an_invitation_back(it, db):
    place = invite(db, it, "ama")
    with pytest.raises(NotFound):
        inviting.take_back(db, it.organisation, place, actor=it.eli, now=it.now)
    assert state_of(db, it, "ama") == "invited"


def test_whoever_has_claimed_the_page_is_let_in_by_being_invited(it, db):
    claim(db, it, "ama")
    invite(db, it, "ama")
    assert state_of(db, it, "ama") == "active"
    assert waiting(db, it, "oskar") == waiting(db, it, "siun") == []


@pytest.mark.parametrize(
    ("by", "letter"), [("siun", False), ("oskar", True)], ids=["leaves", "is ended"]
)
def test_whoever_stops_speaks_no_more_from_that_transaction_on(it, db, by, letter):
    boundaries.raise_shield(db, it.eli, against="Merrow Ferries", now=it.now)
    invite(db, it, "ama", by="siun")
    claim(db, it, "bo")
    end(db, it, "siun", by=by)
    assert (state_of(db, it, "siun"), organisations_of(db, it.siun)) == ("ended", [])
    assert (it.siun.represents, hidden(db, it.eli, it.siun, it.now)) == ("", False)
    assert (waiting(db, it, "siun"), waiting(db, it, "ama")) == ([], [])
    assert state_of(db, it, "ama") == "ended"
    assert len(waiting(db, it, "oskar")) == 1
    assert ("mail" in sent_to(db, "organisations:ended")) is letter


@pytest.mark.parametrize(("by", "ended"), [("eli", False), ("ama", False), ("oskar", True)])
def test_only_who_speaks_for_it_ends_another(it, db, by, ended):
    invite(db, it, "ama")
    if ended:
        end(db, it, "siun", by=by)
        end(db, it, "siun", by=by)
    else:
        with pytest.raises(NotFound):
            end(db, it, "siun", by=by)
    assert (state_of(db, it, "siun") == "ended") is ended
    assert len(told(db, "organisations:ended")) == ended


def test_the_last_may_leave_and_then_nobody_speaks(it, db):
    it.organisation.asks_steward, it.organisation.asks_steward_at = "Look at us.", it.now
    end(db, it, "siun")
    assert it.organisation.asks_steward_at == it.now
    end(db, it, "oskar")
    assert not somebody_speaks(db, it.organisation)
    assert (it.organisation.asks_steward, it.organisation.asks_steward_at) == ("", None)


def test_two_who_end_each_other_at_once_leave_one(app, merrow, db, now):
    def ending(who, by):
        return lambda db, it: (setattr(it, "now", now), end(db, it, who, by=by))

    refusals = at_once(app, ending("siun", "oskar"), ending("oskar", "siun"))
    assert [type(each) for each in refusals] == [NotFound]
    from_now_on = [merrow.oskar, merrow.siun]
    assert sorted(str(place_of(db, each).state) for each in from_now_on) == ["active", "ended"]


def test_a_yes_after_the_inviter_has_gone_is_no_way_in(it, db):
    invite(db, it, "ama", by="siun")
    (ask,) = waiting(db, it, "ama")
    end(db, it, "siun")
    assert ask.state is AskState.CLOSED
    assert organisations_of(db, it.ama) == []
