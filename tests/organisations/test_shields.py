from __future__ import annotations

import pytest

from network.db import transaction
from network.errors import NotFound
from network.members.access import member_for
from network.members.services import boundaries
from network.members.visibility import Viewer
from network.organisations import shield_check
from network.organisations.kinds import Speaks
from network.organisations.services.marks import remember_all
from tests.conftest import NOON, names, post
from tests.organisations.conftest import MERROW, act, keep_organisation, place_of

PAGE = "/me/participation/shields"


def raised(db, it, *against, who="ama"):
    for each in against:
        boundaries.raise_shield(db, getattr(it, who), against=each, now=NOON)
    db.flush()


def labels(checked):
    return [shield.label for shield in checked.met]


def verified_at(db, it, domain="boats.merrow.example"):
    organisation = keep_organisation(
        db, NOON, name="Merrow Boats", speakers=[it.eli], domain=domain
    )
    db.flush()
    return organisation


@pytest.mark.parametrize(
    ("against", "met"),
    [
        ("Merrow Ferries", True),
        ("  mérrow   FERRIES ", True),
        ("Merrow", True),
        ("Merrow Ferries Ltd", False),
        ("errow Ferries", False),
        ("@merrow.example", False),
        ("Ash and Elder", False),
    ],
)
def test_inv_10_a_shield_meets_exactly_those_for_whom_the_member_is_not_there(db, it, against, met):
    raised(db, it, against)
    checked = shield_check.check_organisation(db, it.ama, it.organisation)
    assert labels(checked) == ([" ".join(against.split())] if met else [])
    assert is_there(db, it, "oskar") is not met


def is_there(db, it, who):
    """Whether somebody who speaks for it reaches the member at all."""
    try:
        member_for(db, Viewer.of(getattr(it, who)), "ama", now=NOON)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize(
    ("against", "met"),
    [
        ("@boats.merrow.example", True),
        ("merrow.example", True),
        ("someone@boats.merrow.example", True),
        ("@other.merrow.example", False),
        ("Merrow Boats", True),
    ],
)
def test_inv_10_the_verified_end_of_its_addresses_is_compared_too(db, it, against, met):
    organisation = verified_at(db, it)
    raised(db, it, against)
    checked = shield_check.check_organisation(db, it.ama, organisation)
    assert (len(checked.met) == 1) is met
    assert is_there(db, it, "eli") is not met


def test_an_end_that_nobody_verified_is_not_what_it_is(db, it):
    it.organisation.domain = "merrow.example"
    raised(db, it, "@merrow.example")
    checked = shield_check.check_organisation(db, it.ama, it.organisation)
    assert (checked.met, checked.raises) == ([], ["Merrow Ferries"])
    remember_all(db, it.organisation)
    assert is_there(db, it, "oskar")


@pytest.mark.parametrize(
    ("typed", "met"),
    [
        ("Nordanvik Care", ["Nordanvik Care"]),
        ("nordanvik  care and sons", ["Nordanvik Care"]),
        ("Nordanvik", []),
        ("@care.example", ["@care.example"]),
        ("north.care.example", ["@care.example"]),
        ("head@north.care.example", ["@care.example"]),
        ("scare.example", []),
        ("%", []),
        ("", []),
    ],
)
def test_what_is_typed_is_compared_as_a_name_or_as_an_end(db, it, typed, met):
    raised(db, it, "Nordanvik Care", "@care.example")
    assert labels(shield_check.check_text(db, it.ama, typed)) == met


def test_only_ones_own_shields_are_compared(db, it):
    raised(db, it, "Merrow Ferries", who="bo")
    assert shield_check.check_organisation(db, it.ama, it.organisation).met == []
    assert labels(shield_check.check_organisation(db, it.bo, it.organisation)) == ["Merrow Ferries"]


# The page


def check(client, **values):
    return post(client, PAGE, {"organisation": "", "text": "", **values})


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"organisation": MERROW}, 200, "Yes. Merrow Ferries meets your shield: Merrow."),
        ({"text": "merrow ferries"}, 200, "Yes. merrow ferries meets your shield: Merrow."),
        ({"text": "Ash and Elder"}, 200, "No shield of yours meets Ash and Elder."),
        ({"text": "Elder", "organisation": MERROW}, 200, "No shield of yours meets Elder."),
        ({"organisation": "not-there-abcdefgh"}, 422, "Choose an organisation, or type a name."),
        ({}, 422, "Choose an organisation, or type a name."),
        ({"text": "x" * 121}, 422, "120 is the most."),
    ],
)
def test_a_member_checks_and_reads_what_people_from_there_see(
    merrow, sign_in, values, status, said
):
    act(lambda db, it: raised(db, it, "Merrow"))
    got = check(sign_in(merrow.ama), **values)
    assert (got.status_code, said in got.text) == (status, True)
    assert ("see nothing at all" in got.text) is said.startswith("Yes")


def test_a_shield_that_is_missing_is_raised_from_there(merrow, sign_in):
    ama = sign_in(merrow.ama)
    assert 'value="Merrow Ferries"' in check(ama, organisation=MERROW).text
    assert post(ama, "/me/boundaries/shields", {"against": "Merrow Ferries"}).status_code == 303
    assert "Yes. Merrow Ferries" in check(ama, organisation=MERROW).text
    assert sign_in(merrow.oskar).get("/people/ama").status_code == 404


def nobody_speaks(db, it):
    for each in (it.oskar, it.siun):
        place = place_of(db, each)
        place.state, place.ended_at = Speaks.ENDED, NOON
    db.flush()
    remember_all(db, it.organisation)


def a_colleague_is_here(db, it):
    it.bo.represents, it.bo.belongs = "merrow ferries", " @bo.example merrow ferries "


def oskar_has_blocked_her(db, it):
    boundaries.block(db, it.oskar, blocked_id=it.ama.id, now=NOON)


@pytest.mark.parametrize("shield", ["Merrow Ferries", "Another"])
@pytest.mark.parametrize("given", [nobody_speaks, a_colleague_is_here, oskar_has_blocked_her])
def test_inv_02_the_answer_is_the_same_whoever_is_here_or_speaks(merrow, sign_in, shield, given):
    act(lambda db, it: raised(db, it, shield))
    ama = sign_in(merrow.ama)
    before = [answer(ama, organisation=MERROW), answer(ama, text="merrow ferries")]
    act(given)
    assert [answer(ama, organisation=MERROW), answer(ama, text="merrow ferries")] == before


def answer(client, **values):
    sent = {"organisation": "", "text": "", **values}
    text = post(client, PAGE, sent).text
    return [line for line in text.splitlines() if "csrf_token" not in line]


def test_inv_02_another_member_reads_nothing_of_ones_shields(merrow, sign_in):
    act(lambda db, it: raised(db, it, "Merrow Ferries"))
    for who in (merrow.oskar, merrow.bo):
        client = sign_in(who)
        assert "You have raised none." in client.get(PAGE).text
        got = check(client, organisation=MERROW).text
        assert "No shield of yours meets Merrow Ferries." in got
        assert not names(got, "Ama")


def test_the_page_says_what_a_shield_cannot_do_and_is_reached_from_the_shields(merrow, sign_in):
    ama = sign_in(merrow.ama)
    assert f'href="{PAGE}"' in ama.get("/me/participation").text
    assert "What you show to anyone" in ama.get("/me/participation").text
    assert "under a private address" in ama.get(PAGE).text


def test_the_check_keeps_nothing_and_asks_little_of_the_database(merrow, sign_in, ran):
    ama = sign_in(merrow.ama)
    check(ama, text="Anybody")
    asked = ran(lambda: check(ama, text="Ash and Elder"))
    assert [each for each in asked if each.split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []
    few = ran(lambda: ama.get(PAGE))
    with transaction() as db:
        for number in range(120):
            keep_organisation(db, NOON, name=f"Place {number:03}", slug=f"place-{number}")
    assert len(ran(lambda: ama.get(PAGE))) == len(few) <= 12
    assert ama.get(PAGE).text.count("<option") <= shield_check.MOST_CHOICES + 1
