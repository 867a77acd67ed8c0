from __future__ import annotations

from datetime import timedelta

import pytest
from flask import current_app

from network.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from network.events.services import claim as claim_deliveries
from network.members.services import boundaries
from network.organisations.kinds import VerifiedBy
from network.organisations.queries.stewarding import asking_stewards
from network.organisations.services.founding import Plan, change
from network.organisations.services.verifying import (
    answer_as_steward,
    ask_steward,
    confirm,
    stamp_of,
    verify_by_address,
)
from network.organisations.tokens import letter_token, open_letter_token
from tests.organisations.conftest import act, keep_organisation
from tests.organisations.speaking import at_once, end, sent_to, told
from tests.organisations.test_founding import hidden

EMAIL = "hello@merrow.example"
WORDS = "Our names stand on merrow.example."
NO = "I could not find you anywhere."


@pytest.fixture
def it(it):
    it.organisation.verified_by = it.organisation.verified_at = None
    return it


def by_address(db, it, email=EMAIL, *, who="oskar", now=None):
    actor = getattr(it, who)
    return verify_by_address(db, it.organisation, actor=actor, email=email, now=now or it.now)


def confirmed(db, it, *, who="oskar", email=EMAIL, stamp=None):
    confirm(
        db,
        it.organisation,
        actor=getattr(it, who),
        email=email,
        stamp=stamp or stamp_of(it.organisation),
        now=it.now,
    )


def verified(it):
    organisation = it.organisation
    return organisation.verified_by and (organisation.verified_by.value, organisation.domain)


@pytest.mark.parametrize(
    "email", ["oskar", "oskar@", "@merrow.example", "oskar@merrow", "a@gmail.com", "A@GMX.de "]
)
def test_an_address_that_shows_nothing_is_refused_kindly(it, db, email):
    with pytest.raises(Invalid) as refused:
        by_address(db, it, email)
    assert refused.value.field == "email"
    assert not told(db, "organisations:letter:wanted")


def test_a_letter_goes_to_the_address_and_the_log_does_not_hold_it(it, db):
    assert by_address(db, it) is False
    assert verified(it) is None
    (event,) = told(db, "organisations:letter:wanted")
    assert (event.data, sent_to(db, event.kind)) == ({}, ["mail"])
    (delivery,) = claim_deliveries(db, "mail", now=it.now)
    assert delivery.carried == {"email": EMAIL}


def test_ones_own_confirmed_address_is_enough_at_once(it, db):
    assert by_address(db, it, it.oskar.email.upper()) is True
    assert verified(it) == ("address", "oskar.example")
    assert not told(db, "organisations:letter:wanted")
    assert sent_to(db, "organisations:verified") == ["things"]


def test_another_address_at_ones_own_domain_needs_the_letter(it, db):
    assert by_address(db, it, "hello@oskar.example") is False
    assert verified(it) is None


def test_three_letters_in_a_day_are_the_most(it, db):
    for _each in range(3):
        by_address(db, it)
    with pytest.raises(TooMany):
        by_address(db, it, who="siun")
    by_address(db, it, now=it.now + timedelta(days=1, seconds=1))


@pytest.mark.parametrize("who", ["oskar", "siun", "eli"])
def test_whoever_speaks_for_it_confirms_and_nobody_else(it, db, who):
    if who == "eli":
        with pytest.raises(NotFound):
            confirmed(db, it, who=who)
        assert verified(it) is None
    else:
        confirmed(db, it, who=who)
        assert verified(it) == ("address", "merrow.example")


def test_one_organisation_is_verified_by_a_domain(it, db):
    keep_organisation(db, it.now, name="Other", slug="other", domain="merrow.example")
    for attempt in (by_address, confirmed):
        with pytest.raises(Invalid):
            attempt(db, it)
    assert verified(it) is None


def test_a_link_works_once(it, db):
    stamp = stamp_of(it.organisation)
    confirmed(db, it, stamp=stamp)
    with pytest.raises(Conflict):
        confirmed(db, it, stamp=stamp)


def test_a_link_dies_when_the_page_says_something_else(it, db):
    stamp = stamp_of(it.organisation)
    plan = Plan(name="A bank", purpose="We are quite another house.")
    change(db, it.organisation, plan, actor=it.oskar, now=it.now)
    with pytest.raises(Conflict):
        confirmed(db, it, stamp=stamp)


def test_of_fifty_who_use_a_link_at_once_one_succeeds(app, merrow, now):
    def unverified(db, it):
        it.organisation.verified_by = it.organisation.verified_at = None
        return stamp_of(it.organisation)

    stamp = act(unverified)

    def use(db, it):
        it.now = now
        confirmed(db, it, stamp=stamp)

    refusals = at_once(app, *[use] * 50)
    assert [type(each) for each in refusals] == [Conflict] * 49
    assert act(lambda db, it: verified(it)) == ("address", "merrow.example")


def test_a_token_says_what_it_is_for_and_cannot_be_made_up(it):
    secret = current_app.config["SECRET_KEY"]
    token = letter_token(secret, it.organisation, it.oskar, EMAIL)
    opened = open_letter_token(secret, token)
    assert (opened.slug, opened.member_id) == (it.organisation.slug, it.oskar.id)
    assert (opened.email, opened.stamp) == (EMAIL, stamp_of(it.organisation))
    assert open_letter_token(secret, token[:-2]) is None
    assert open_letter_token("another key", token) is None


@pytest.mark.parametrize(
    ("against", "hides"), [("@merrow.example", True), ("@other.example", False)]
)
def test_inv_10_a_shield_by_domain_hides_from_the_moment_it_is_verified(it, db, against, hides):
    boundaries.raise_shield(db, it.eli, against=against, now=it.now)
    assert not hidden(db, it.eli, it.siun, it.now)
    confirmed(db, it, email="hello@north.merrow.example")
    assert hidden(db, it.eli, it.siun, it.now) is hides
    end(db, it, "siun")
    assert not hidden(db, it.eli, it.siun, it.now)


# A steward


def ask(db, it, *, words=WORDS, who="oskar"):
    ask_steward(db, it.organisation, actor=getattr(it, who), words=words, now=it.now)


def decide(db, it, *, who="bo", yes=True, words="", read=None):
    answer_as_steward(
        db,
        it.organisation,
        steward=getattr(it, who),
        yes=yes,
        words=words,
        read=read or stamp_of(it.organisation),
        now=it.now,
    )


def test_a_steward_is_asked_in_words_and_told_once(it, db):
    ask(db, it)
    ask(db, it)
    ask(db, it, words="Ask the harbour master.", who="siun")
    assert it.organisation.asks_steward == "Ask the harbour master."
    assert sent_to(db, "organisations:steward:asked") == ["mail"]
    assert [each.organisation for each in asking_stewards(db, it.bo)] == [it.organisation]


def test_what_is_verified_asks_no_steward(it, db):
    confirmed(db, it)
    with pytest.raises(Conflict):
        ask(db, it)


@pytest.mark.parametrize(
    ("yes", "kind"),
    [(True, "organisations:steward:verified"), (False, "organisations:steward:refused")],
)
def test_a_steward_answers_once(it, db, yes, kind):
    ask(db, it)
    decide(db, it, yes=yes, words=NO)
    assert it.organisation.verified_by is (VerifiedBy.STEWARD if yes else None)
    assert (it.organisation.asks_steward, it.organisation.asks_steward_at) == ("", None)
    assert "mail" in sent_to(db, kind)
    assert NO not in str([each.data for each in told(db, kind)])
    with pytest.raises(Conflict):
        decide(db, it, yes=yes, words=NO)


def test_a_no_needs_words(it, db):
    ask(db, it)
    with pytest.raises(Invalid):
        decide(db, it, yes=False)
    assert it.organisation.asks_steward_at == it.now


@pytest.mark.parametrize("who", ["oskar", "siun"])
def test_a_steward_who_speaks_or_spoke_for_it_does_not_decide(it, db, who):
    ask(db, it)
    end(db, it, "siun")
    with pytest.raises(NotAllowed):
        decide(db, it, who=who)
    assert [each.is_own for each in asking_stewards(db, getattr(it, who))] == [True]
    assert verified(it) is None


def test_a_steward_answers_what_they_read(it, db):
    ask(db, it)
    read = stamp_of(it.organisation)
    change(db, it.organisation, Plan("A bank", "We are quite another."), actor=it.oskar, now=it.now)
    with pytest.raises(Conflict):
        decide(db, it, read=read)
    assert verified(it) is None
