from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.kinds import Period
from network.engagements.months import (
    IN_ALL_DAYS,
    Span,
    last_day,
    months_ahead,
    rounded,
    spread,
)

A_YEAR = tuple(date(2028, month, 1) for month in range(1, 13))
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def whole(half_days, period, starts, ends=None, months=A_YEAR, **values):
    return spread(half_days, period, Span(starts, ends), months, **values)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 1), date(2026, 11, 1), date(2027, 6, 1)),
        (date(2026, 11, 15), date(2026, 11, 1), date(2027, 6, 1)),
        (date(2026, 11, 16), date(2026, 12, 1), date(2027, 7, 1)),
        (date(2026, 12, 31), date(2027, 1, 1), date(2027, 8, 1)),
        (date(2028, 2, 29), date(2028, 3, 1), date(2028, 10, 1)),
    ],
)
def test_eight_months_lie_ahead_from_this_one_until_half_of_it_is_over(today, first, last):
    months = months_ahead(today)
    assert (months[0], months[-1], len(months)) == (first, last, 8)


@pytest.mark.parametrize(
    ("today", "many"), [(date.max, 1), (date(9999, 12, 1), 1), (date(9999, 6, 20), 6)]
)
def test_the_calendar_has_an_end(today, many):
    assert len(months_ahead(today)) == many
    assert months_ahead(today)[-1] == date(9999, 12, 1)


@pytest.mark.parametrize(
    ("period", "starts", "ends", "month", "exact"),
    [
        (Period.MONTH, date(2028, 1, 1), None, 2, Fraction(6)),
        (Period.MONTH, date(2028, 2, 15), None, 2, Fraction(6 * 15, 29)),
        (Period.MONTH, date(2027, 2, 15), date(2028, 4, 10), 4, Fraction(6 * 10, 30)),
        (Period.WEEK, date(2028, 1, 1), None, 2, Fraction(6 * 29, 7)),
        (Period.QUARTER, date(2028, 1, 1), None, 2, Fraction(6 * 29, 91)),
        (Period.QUARTER, date(2028, 1, 1), None, 7, Fraction(6 * 31, 92)),
        (Period.YEAR, date(2028, 1, 1), None, 2, Fraction(6 * 29, 366)),
        (Period.IN_ALL, date(2028, 1, 21), date(2028, 3, 10), 2, Fraction(6 * 29, 50)),
        (Period.DAY, date(2028, 1, 1), None, 2, Fraction(6 * 21)),
        (Period.DAY, date(2028, 2, 5), date(2028, 2, 6), 2, Fraction(0)),
        (Period.MONTH, date(2028, 3, 1), None, 2, Fraction(0)),
        (Period.MONTH, date(2027, 3, 1), date(2028, 1, 31), 2, Fraction(0)),
        (Period.MONTH, date(2028, 5, 1), date(2028, 4, 1), 5, Fraction(0)),
    ],
)
def test_a_month_has_its_part_by_the_days_of_the_calendar(period, starts, ends, month, exact):
    assert whole(6, period, starts, ends)[month - 1] == exact


@pytest.mark.parametrize(
    ("period", "in_a_year"),
    [(Period.MONTH, 12), (Period.QUARTER, 4), (Period.YEAR, 1), (Period.IN_ALL, 1)],
)
def test_a_leap_year_that_is_worked_whole_is_its_periods(period, in_a_year):
    found = whole(10, period, date(2028, 1, 1), date(2028, 12, 31))
    assert sum(found) == 10 * in_a_year
    assert sum(rounded(found)) == 10 * in_a_year


def test_what_is_given_in_all_without_an_end_lasts_thirteen_weeks():
    starts = date(2028, 2, 1)
    open_ended = whole(12, Period.IN_ALL, starts)
    assert open_ended == whole(12, Period.IN_ALL, starts, starts + timedelta(IN_ALL_DAYS - 1))
    assert sum(open_ended) == 12


def test_what_stops_early_is_lost_and_not_moved():
    found = whole(12, Period.IN_ALL, date(2028, 1, 1), date(2028, 12, 31), until=date(2028, 6, 30))
    assert sum(found) == Fraction(12 * 182, 366)
    assert found[6:] == [0] * 6


@pytest.mark.parametrize("period", Period)
@pytest.mark.parametrize("ends", [None, date.max])
@pytest.mark.parametrize("starts", [date.min, date.max])
def test_no_day_of_the_calendar_is_too_far(period, ends, starts):
    for months in (A_YEAR, (date(1, 1, 1),), (date(9999, 12, 1),)):
        assert all(each >= 0 for each in whole(4000, period, starts, ends, months))


@given(st.integers(0, 2000), st.sampled_from(Period), days, st.none() | days, days)
def test_months_cut_anywhere_add_up_to_the_same(half_days, period, starts, ends, cut):
    first, second = whole(half_days, period, starts, ends, until=cut), Span(starts, ends)
    rest = [
        all_of_it - before
        for all_of_it, before in zip(spread(half_days, period, second, A_YEAR), first, strict=True)
    ]
    assert all(each >= 0 for each in (*first, *rest))
    cut_month = [month for month in A_YEAR if month <= cut <= last_day(month)]
    for month, before, after in zip(A_YEAR, first, rest, strict=True):
        assert month in cut_month or not (before and after)


@given(st.integers(1, 2000), days, st.integers(0, 400))
def test_days_given_in_all_are_all_there_once_every_month_is_looked_at(half_days, starts, long):
    ends = starts + timedelta(long)
    months = tuple(date(year, month, 1) for year in range(2020, 2035) for month in range(1, 13))
    found = rounded(whole(half_days, Period.IN_ALL, starts, ends, months))
    assert sum(found) == half_days


@given(st.lists(st.fractions(0, 400, max_denominator=5000), max_size=12))
def test_whole_numbers_add_up_to_the_exact_sum_and_no_month_is_off_by_one(exact):
    found = rounded(exact)
    assert sum(found) == floor(sum(exact) + Fraction(1, 2))
    assert all(abs(each - real) < 1 for each, real in zip(found, exact, strict=True))
    assert all(each >= 0 for each in found)
