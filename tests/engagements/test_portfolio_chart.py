from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.balance import Balance, Relation
from network.engagements.charts import HEIGHT, HEIGHTS, MOST_SERIES, WIDTH, chart, series
from network.engagements.months import months_ahead

MONTHS = months_ahead(date(2026, 11, 20))


def relation(name, *days, **values):
    row = list(days) + [0] * (8 - len(days))
    return Relation(name, name, row, **{"settled": True, **values})


def of(*relations):
    return Balance(MONTHS, sorted(relations, key=lambda each: -each.time))


def test_what_is_agreed_stands_below_what_is_on_the_table():
    found = of(relation("Veldhaven", 0, 10, settled=False, on_table=True), relation("Tansy", 6))
    assert [(each.name, each.colour) for each in series(found)] == [("Tansy", 1), ("Veldhaven", 2)]


@pytest.mark.parametrize(
    ("many", "names"),
    [
        (4, ["a", "b", "c", "d"]),
        (5, ["a", "b", "c", "All others together"]),
        (60, ["a", "b", "c", "All others together"]),
    ],
)
def test_more_than_four_relationships_are_three_and_the_others(many, names):
    letters = [*"abcd", *map(str, range(many))][:many]
    found = of(*(relation(each, 100 - n) for n, each in enumerate(letters)))
    drawn = series(found)
    assert [str(each.name) for each in drawn] == names
    assert sum(sum(each.days) for each in drawn) == sum(found.days)


@pytest.mark.parametrize(
    ("most", "room", "level"),
    [(20, 20, 10), (24, 20, 10), (25, 20, 8), (30, 20, 8), (31, 20, 6), (80, 20, 2), (4000, 1, 1)],
)
def test_the_line_of_full_is_as_high_as_the_fullest_month_leaves_room(most, room, level):
    found = chart(of(relation("Tansy", most)), room)
    assert found.level == level
    assert 0 <= found.full <= HEIGHT
    assert found.bars[0].height <= HEIGHT


def test_where_nothing_is_said_to_be_full_there_is_no_line():
    found = chart(of(relation("Tansy", 6)), 0)
    assert (found.full, found.level) == (None, 0)


rows = st.lists(st.lists(st.integers(0, 400), min_size=8, max_size=8), max_size=8)


@given(rows, st.integers(0, 40))
def test_every_bar_is_inside_the_picture_and_as_high_as_its_days(found, room):
    balance = of(*(relation(str(n), *row) for n, row in enumerate(found)))
    drawn = chart(balance, room)
    for bar in drawn.bars:
        assert 0 <= bar.x <= WIDTH - 64
        assert -0.2 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.2
    assert len(drawn.series) <= MOST_SERIES
    assert {bar.colour for bar in drawn.bars} <= {each.colour for each in drawn.series}
    assert drawn.level in {0, *HEIGHTS}
    assert all(0 < line < HEIGHT for line in drawn.lines)
