from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.balance import Piece, balance, earned
from network.engagements.kinds import Cash, Kind, Period
from network.engagements.leaning import in_words, lean, of_income, of_time
from network.engagements.money import Money
from network.engagements.months import months_ahead
from network.engagements.terms import Share
from tests.engagements import strategies
from tests.engagements.portfolios import cash, other, terms, time

TODAY = date(2026, 11, 20)
MONTHS = months_ahead(TODAY)
MAY = date(2027, 5, 1)


def piece(name, *lines, **values):
    return Piece(name, name, terms(*lines), "me", TODAY, **values)


def of(*pieces):
    return balance(pieces, MONTHS)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Fraction(0), "none"),
        (Fraction(1, 1000), "a little"),
        (Fraction(12, 100), "an eighth"),
        (Fraction(14, 100), "an eighth"),
        (Fraction(23, 100), "a quarter"),
        (Fraction(33, 100), "a third"),
        (Fraction(45, 100), "just under half"),
        (Fraction(1, 2), "half"),
        (Fraction(55, 100), "just over half"),
        (Fraction(2, 3), "two thirds"),
        (Fraction(3, 4), "three quarters"),
        (Fraction(9, 10), "nearly all"),
        (Fraction(999, 1000), "nearly all"),
        (Fraction(1), "all"),
    ],
)
def test_a_share_is_said_in_words(part, said):
    assert str(in_words(part)) == said


@given(st.fractions(0, 1))
def test_every_share_has_words_and_only_the_whole_is_all(part):
    said = str(in_words(part))
    assert (said == "none") == (part == 0)
    assert (said == "all") == (part == 1)


def test_time_and_income_of_a_relationship_are_added_and_others_stand_beside():
    found = of(
        piece("Veldhaven", time(10), cash(300_00), other("A course")),
        piece("Veldhaven", time(2), cash(100_00)),
        piece("Tansy", time(6), cash(400_00)),
    )
    veldhaven, tansy = found.relations
    assert veldhaven.days == [12] * 8
    assert veldhaven.earned("EUR") == tansy.earned("EUR") == 8 * 400_00
    assert veldhaven.others == ["A course"]


def test_currencies_are_kept_apart_and_each_is_whole():
    found = of(
        piece("Veldhaven", cash(300_00), cash(90_000, "JPY")),
        piece("Tansy", cash(100_00), cash(5_500, "KWD")),
    )
    shares = of_income(found)
    assert [(each.currency, each.part) for each in shares["Veldhaven"]] == [
        ("EUR", Fraction(3, 4)),
        ("JPY", 1),
    ]
    assert [(each.currency, each.part) for each in shares["Tansy"]] == [
        ("EUR", Fraction(1, 4)),
        ("KWD", 1),
    ]


pieces = st.lists(
    st.builds(
        Piece,
        st.sampled_from(["one", "two", "three"]),
        st.just("Somebody"),
        strategies.terms,
        st.sampled_from(strategies.PARTIES),
        st.dates(date(2025, 1, 1), date(2028, 1, 1)),
        st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    ),
    max_size=5,
)


@given(pieces)
def test_shares_sum_to_the_whole_of_time_and_of_every_currency(found):
    summed = balance(found, MONTHS)
    time = of_time(summed)
    assert not time or sum(each.part for each in time.values()) == 1
    assert sum(summed.days) == sum(each.time for each in summed.relations)
    by_currency = {}
    for shares in of_income(summed).values():
        for each in shares:
            by_currency[each.currency] = by_currency.get(each.currency, 0) + each.part
    assert by_currency == dict.fromkeys(summed.currencies, 1)


@given(pieces)
def test_no_money_is_made_or_lost_by_grouping(found):
    summed = balance(found, MONTHS)
    for currency in {line.amount.currency for each in found for line in each.terms.cash}:
        single = sum(sum(earned(each, MONTHS).get(currency, [])) for each in found)
        assert sum(each.earned(currency) for each in summed.relations) == single
        for each in summed.relations:
            assert abs(each.said(currency) - each.earned(currency)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("line", "of_mine"),
    [
        (cash(100_00, period=Period.MONTH), 800_00),
        (
            cash(100_00, period=Period.QUARTER),
            Fraction(100_00 * 31, 92) + 2 * 100_00 + Fraction(100_00 * 31, 92),
        ),
        (cash(700, period=Period.WEEK), 700 * Fraction(243, 7)),
        (cash(500_00, sort=Cash.DAY_RATE, period=Period.DAY), 500_00 * 3 * 8),
        (cash(500_00, sort=Cash.DAY_RATE, period=Period.MONTH), 500_00 * 3 * 8),
        (cash(100_00, sort=Cash.OUTCOME, period=Period.IN_ALL), 0),
        (cash(100_00, receiver="them", giver="me"), 0),
        (
            cash(9_00, split=(Share("me", Money("EUR", 4_00)), Share("rui", Money("EUR", 5_00)))),
            32_00,
        ),
        (cash(9_00, split=(Share("rui", Money("EUR", 9_00)),)), 0),
    ],
)
def test_income_is_what_one_has_of_a_line_as_far_as_it_can_be_known(line, of_mine):
    assert sum(earned(piece("Veldhaven", time(6), line), MONTHS).get("EUR", [])) == of_mine


def test_what_nobody_can_know_is_said_and_in_no_share():
    outcome = piece("Veldhaven", time(2), cash(100_00, sort=Cash.OUTCOME))
    days_unsaid = piece("Tansy", cash(100_00, sort=Cash.DAY_RATE, period=Period.DAY))
    found = of(outcome, days_unsaid, piece("Rui", cash()))
    assert {each.name: each.unknown for each in found.relations} == {
        "Veldhaven": True,
        "Tansy": True,
        "Rui": False,
    }


def test_work_that_is_over_or_paused_counts_for_nothing():
    ended = piece("Veldhaven", time(6), cash(), other(), until=TODAY)
    later = piece("Tansy", time(6, starts=date(2028, 1, 1)), cash())
    assert of(ended, later).relations == []


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([], None),
        ([piece("Veldhaven", time())], ("Veldhaven", MONTHS[0], True)),
        ([piece("Veldhaven", time()), piece("Tansy", time())], None),
        ([piece("Veldhaven", time(8)), piece("Tansy", time(4))], ("Veldhaven", MONTHS[0], False)),
        (
            [
                piece("Veldhaven", time(10), cash(100_00)),
                piece("Tansy", time(6, ends=date(2027, 4, 30)), cash(100_00)),
                piece("Peers", time(2)),
            ],
            ("Veldhaven", MAY, True),
        ),
        ([piece("Veldhaven", cash(100_00)), piece("Tansy", cash(1_000_00, "JPY"))], None),
        (
            [piece("Veldhaven", cash(500_00)), piece("Tansy", time(9), cash(100_00))],
            ("Veldhaven", MONTHS[0], True),
        ),
    ],
)
def test_on_whom_it_rests_to_the_end_and_from_when(pieces, said):
    found = lean(of(*pieces))
    assert (found and (found.relation.name, found.since, found.nearly_all)) == said


def test_pro_bono_is_seen_as_a_wish():
    found = of(piece("Peers", time(2), other("Help", Kind.PRO_BONO, giver="me", receiver="them")))
    assert found.relations[0].pro_bono
    assert found.relations[0].others == []
