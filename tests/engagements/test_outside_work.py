from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from network.db import reading, transaction
from network.engagements.kinds import Period
from network.engagements.models import OutsideWork
from network.engagements.services.outside_work import MOST, Outside, says, write_outside
from network.errors import Invalid
from network.events.models import Event
from network.members.models import Member
from tests.conftest import NOON, post

BOARD = Outside(
    "Oban Savings Bank",
    "Chair of the audit committee",
    half_days=5,
    time_period=Period.QUARTER,
    minor=12_000_50,
    currency="EUR",
    money_period=Period.YEAR,
    others="Lunch",
    promise="No seat at another bank.",
    starts=date(2026, 1, 1),
    ends=date(2027, 6, 30),
)
TYPED = {
    "whom": "Oban Savings Bank",
    "title": "Chair of the audit committee",
    "days": "2.5",
    "time_period": "quarter",
    "amount": "12,000.50",
    "currency": "eur",
    "money_period": "year",
    "others": "Lunch",
    "promise": "No seat at another bank.",
    "starts": "2026-01-01",
    "ends": "2027-06-30",
    "submission": "once",
}
ADDRESS = "/portfolio/outside"


@pytest.fixture
def people(make_member):
    return [make_member(name) for name in ("ama", "bea")]


@pytest.fixture
def ama(people, sign_in):
    return sign_in(people[0])


@pytest.fixture
def entry(people):
    with transaction() as db:
        owner = db.get_one(Member, people[0].id)
        return write_outside(db, owner, BOARD, now=NOON, submission="first").key


def kept():
    with reading() as db:
        return [says(each) for each in db.scalars(select(OutsideWork).order_by(OutsideWork.id))]


def test_work_elsewhere_is_written_as_it_is_typed_and_counted(ama):
    answer = post(ama, ADDRESS, TYPED)
    assert (answer.status_code, answer.location) == (303, "/portfolio#elsewhere")
    assert kept() == [BOARD]
    text = ama.get("/portfolio").text
    assert "2½ days a quarter, €12,000.50 a year, until 30 June" in text
    assert "Key to the chart" in text


@pytest.mark.parametrize(
    ("typed", "says_so"),
    [
        ({"whom": " "}, "Say whom it is with."),
        ({"whom": "O" * 121}, "120 is the most"),
        ({"days": "two"}, "Days are a number"),
        ({"days": "1.3"}, "Half a day is the smallest part."),
        ({"days": "1001"}, "A thousand days are the most."),
        ({"time_period": "fortnight"}, "Choose one of these."),
        ({"amount": "-5"}, "is not an amount."),
        ({"amount": "much"}, "is not an amount."),
        ({"amount": "1.005"}, "has no unit as small as that."),
        ({"amount": "5", "currency": "XYZZ"}, "Choose the currency"),
        ({"amount": "1e30"}, "is not an amount."),
        ({"starts": "2027-02-30"}, "That is not a day."),
        ({"ends": "2025-12-31"}, "It ends before it begins."),
        ({"promise": "P" * 1001}, "1000 is the most"),
    ],
)
def test_what_cannot_be_counted_comes_back_with_its_words(ama, entry, typed, says_so):
    for address in (ADDRESS, f"{ADDRESS}/{entry}"):
        answer = post(ama, address, {**TYPED, **typed})
        assert answer.status_code == 422
        assert says_so in answer.text
        assert "Chair of the audit committee" in answer.text
    assert kept() == [BOARD]


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1200", "JPY", 1200), ("12.5", "EUR", 12_50), ("1.234", "KWD", 1_234), ("", "EUR", 0)],
)
def test_an_amount_is_kept_in_the_units_of_its_currency(ama, amount, currency, minor):
    post(ama, ADDRESS, {**TYPED, "amount": amount, "currency": currency})
    [work] = kept()
    assert (work.minor, work.currency) == (minor, currency if minor else "")


@pytest.mark.parametrize(
    ("days", "half_days"), [("3", 6), ("2,5", 5), ("2½", 5), ("½", 1), ("", 0)]
)
def test_days_are_read_as_people_write_them(ama, days, half_days):
    post(ama, ADDRESS, {**TYPED, "days": days})
    assert kept()[0].half_days == half_days


def test_inv_20_a_form_sent_twice_is_one_entry_and_other_words_are_another(ama):
    for whom in ("Oban", "Oban", "Tiree"):
        post(ama, ADDRESS, {**TYPED, "whom": whom})
    assert [each.whom for each in kept()] == ["Oban", "Tiree"]


@pytest.mark.parametrize("field", ["days", "amount", "currency", "starts", "ends"])
def test_what_was_typed_stands_in_its_field_still(ama, field):
    answer = post(ama, ADDRESS, {**TYPED, field: "umpteen"})
    assert 'value="umpteen"' in answer.text
    assert kept() == []


def test_an_entry_stands_in_its_form_and_is_changed(ama, entry):
    text = ama.get(f"{ADDRESS}/{entry}").text
    for value in ("2.5", "12,000.50", "EUR", "2027-06-30", "Oban Savings Bank"):
        assert f'value="{value}"' in text
    assert (
        post(ama, f"{ADDRESS}/{entry}", {**TYPED, "whom": "Tiree", "ends": ""}).status_code == 303
    )
    assert [(each.whom, each.ends) for each in kept()] == [("Tiree", None)]


def test_an_entry_is_taken_out_for_good(ama, entry):
    assert post(ama, f"{ADDRESS}/{entry}/take-out").status_code == 303
    assert kept() == []
    assert ama.get(f"{ADDRESS}/{entry}").status_code == 404


def test_nobody_else_knows_of_an_entry(people, sign_in, entry):
    bea = sign_in(people[1])
    assert bea.get(f"{ADDRESS}/{entry}").status_code == 404
    assert post(bea, f"{ADDRESS}/{entry}", TYPED).status_code == 404
    assert post(bea, f"{ADDRESS}/{entry}/take-out").status_code == 404
    assert "Oban" not in bea.get("/portfolio").text
    assert kept() == [BOARD]


def test_no_event_tells_of_it(ama):
    with reading() as db:
        before = db.scalar(select(func.count()).select_from(Event))
    post(ama, ADDRESS, TYPED)
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Event)) == before


def test_a_promise_made_elsewhere_is_read_in_a_check(ama, entry):
    text = post(ama, "/portfolio/check", {"whom": "Another Bank"}).text
    assert "One promise to look at" in text
    assert "what you wrote of Oban Savings Bank" in text


def test_there_is_an_end_to_entries(db, people):
    for n in range(MOST):
        write_outside(db, people[0], BOARD, now=NOON, submission=str(n))
    with pytest.raises(Invalid, match="Sixty are the most"):
        write_outside(db, people[0], BOARD, now=NOON, submission="more")
    assert write_outside(db, people[0], BOARD, now=NOON, submission="1").submission == "1"
    assert write_outside(db, people[1], BOARD, now=NOON, submission="1").member_id == people[1].id
