from __future__ import annotations

from datetime import timedelta

import pytest

from network.asks.models import AskState
from network.errors import Conflict, Invalid, NotAllowed
from network.members.kinds import State, WhoMayAsk
from network.members.models import Participation
from network.members.services import boundaries
from network.organisations.kinds import VerifiedBy
from network.organisations.queries.people import organisations_of, somebody_speaks
from network.organisations.queries.stewarding import claims
from network.organisations.services.claiming import decide, is_at_domain
from tests.organisations.conftest import place_of
from tests.organisations.speaking import (
    REASON,
    answer,
    claim,
    end,
    invite,
    sent_to,
    state_of,
    told,
    waiting,
)

DAY = timedelta(days=1)
NO = "We could not find you there."


def at_domain(it, domain="ama.example"):
    it.organisation.verified_by, it.organisation.domain = VerifiedBy.ADDRESS, domain


def nobody_speaks(db, it):
    for each in ("siun", "oskar"):
        end(db, it, each)
    assert not somebody_speaks(db, it.organisation)


def decided(db, it, *, yes=True, who="bo", words=NO, now=None):
    place = place_of(db, it.ama, it.organisation)
    decide(
        db,
        it.organisation,
        place,
        steward=getattr(it, who),
        yes=yes,
        words=words,
        now=now or it.now,
    )


def test_everybody_who_speaks_for_it_is_asked_and_one_yes_is_enough(it, db):
    claim(db, it, "ama")
    first, second = (waiting(db, it, each)[0] for each in ("oskar", "siun"))
    assert (first.reason, first.body_id) == (REASON, it.organisation.id)
    answer(db, it, "siun")
    assert (state_of(db, it, "ama"), first.state) == ("active", AskState.CLOSED)
    assert (second.state, organisations_of(db, it.ama)) == (AskState.ACCEPTED, [it.organisation])
    assert it.ama.represents == "merrow ferries"


def test_a_no_of_one_is_quiet_and_another_may_still_say_yes(it, db):
    claim(db, it, "ama")
    answer(db, it, "oskar", yes=False)
    assert state_of(db, it, "ama") == "claimed"
    answer(db, it, "siun")
    assert state_of(db, it, "ama") == "active"


@pytest.mark.parametrize("part", ["block", "shield"])
def test_whoever_is_apart_from_the_one_who_claims_is_not_asked(it, db, part):
    if part == "block":
        boundaries.block(db, it.oskar, blocked_id=it.ama.id, now=it.now)
    else:
        boundaries.raise_shield(db, it.oskar, against="ama.example", now=it.now)
    claim(db, it, "ama")
    assert (waiting(db, it, "oskar"), len(waiting(db, it, "siun"))) == ([], 1)


def test_claiming_twice_is_once_and_another_time_comes_after_90_days(it, db):
    assert claim(db, it, "ama") is claim(db, it, "ama", words="Other words of mine.")
    assert len(waiting(db, it, "oskar")) == 1
    for later in (31, 89):
        with pytest.raises(Conflict):
            claim(db, it, "ama", now=it.now + later * DAY)
    again = claim(db, it, "ama", now=it.now + 91 * DAY)
    assert again.state == "claimed"


def test_a_claim_has_words(it, db):
    with pytest.raises(Invalid):
        claim(db, it, "ama", words="Me.")
    assert place_of(db, it.ama) is None


def test_whoever_was_invited_has_now_said_yes(it, db):
    at_domain(it)
    place = invite_to(db, it)
    assert claim(db, it, "ama", words="") is place
    assert state_of(db, it, "ama") == "active"


def invite_to(db, it):
    db.get_one(Participation, it.ama.id).who_may_invite = WhoMayAsk.ANYONE
    return invite(db, it, "ama")


@pytest.mark.parametrize(
    ("domain", "alone", "state"),
    [
        ("ama.example", True, "active"),
        ("ama.example", False, "claimed"),
        ("other.example", True, "claimed"),
        ("example", True, "claimed"),
    ],
)
def test_an_address_at_its_domain_is_enough_where_nobody_speaks(it, db, domain, alone, state):
    at_domain(it, domain)
    if alone:
        nobody_speaks(db, it)
    claim(db, it, "ama")
    assert state_of(db, it, "ama") == state


def test_a_domain_that_no_address_verified_is_no_key(it, db):
    it.organisation.domain = "ama.example"
    assert not is_at_domain(it.organisation, it.ama)
    at_domain(it)
    assert is_at_domain(it.organisation, it.ama)


@pytest.mark.parametrize("yes", [True, False])
def test_where_nobody_speaks_a_steward_decides_once(it, db, yes):
    nobody_speaks(db, it)
    claim(db, it, "ama")
    assert [each.place.member.handle for each in claims(db, it.bo, it.now)] == ["ama"]
    assert sent_to(db, "organisations:claimed") == ["mail"]
    decided(db, it, yes=yes)
    assert state_of(db, it, "ama") == ("active" if yes else "ended")
    assert sent_to(db, "organisations:claim:refused") == ([] if yes else ["mail"])
    assert NO not in str([each.data for each in told(db, "organisations:claim:refused")])
    assert claims(db, it.bo, it.now) == []
    with pytest.raises(Conflict):
        decided(db, it, yes=yes)


@pytest.mark.parametrize("who", ["ama", "oskar", "bo"])
def test_nobody_decides_about_what_they_have_to_do_with(it, db, who):
    nobody_speaks(db, it)
    claim(db, it, "ama")
    if who == "bo":
        decided(db, it, who=who)
    else:
        with pytest.raises(NotAllowed):
            decided(db, it, who=who)
    assert state_of(db, it, "ama") == ("active" if who == "bo" else "claimed")


def test_a_steward_decides_nothing_where_somebody_speaks_or_time_ran_out(it, db):
    claim(db, it, "ama")
    with pytest.raises(Conflict):
        decided(db, it)
    assert claims(db, it.bo, it.now) == []
    nobody_speaks(db, it)
    with pytest.raises(Conflict):
        decided(db, it, now=it.now + 31 * DAY)
    decided(db, it)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DEPARTED])
def test_a_page_whose_speakers_cannot_come_in_is_the_stewards_to_decide(it, db, state):
    for each in (it.oskar, it.siun):
        each.state = state
    db.flush()
    claim(db, it, "ama")
    assert [each.place.member.handle for each in claims(db, it.bo, it.now)] == ["ama"]
    decided(db, it)
    assert state_of(db, it, "ama") == "active"


def test_whoever_was_suspended_meanwhile_is_not_let_speak(it, db):
    nobody_speaks(db, it)
    claim(db, it, "ama")
    it.ama.state = State.SUSPENDED
    db.flush()
    with pytest.raises(Conflict):
        decided(db, it, yes=True)
    assert state_of(db, it, "ama") == "claimed"
    decided(db, it, yes=False)
    assert state_of(db, it, "ama") == "ended"


def test_what_waits_goes_where_it_can_be_answered(it, db):
    claim(db, it, "ama")
    nobody_speaks(db, it)
    assert waiting(db, it, "oskar") == waiting(db, it, "siun") == []
    assert len(claims(db, it.bo, it.now)) == 1
    at_domain(it, "eli.example")
    claim(db, it, "eli")
    assert claims(db, it.bo, it.now) == []
    assert [each.asker_id for each in waiting(db, it, "eli")] == [it.ama.id]
    answer(db, it, "eli")
    assert state_of(db, it, "ama") == "active"
