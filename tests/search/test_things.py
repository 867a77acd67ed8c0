from __future__ import annotations

from itertools import product

import pytest

from network.search.fitting import has_marks
from network.search.query import parse
from network.search.terms import Analyzer
from network.search.things import (
    Thing,
    Words,
    document,
    number_of,
    numbers_of,
    row_of,
    rows_of,
    thing_of,
)
from network.search.whoosh_index import WhooshIndex

PLAIN = Words(title="Herons", purpose="Quiet shores", more=("At dawn",), marks=frozenset({"a=b"}))


def test_every_thing_has_a_number_of_its_own():
    pairs = list(product(Thing, (1, 2, 7, 8, 9, 2**40)))
    numbers = [number_of(thing, row_id) for thing, row_id in pairs]
    assert len(set(numbers)) == len(pairs)
    assert [(thing_of(each), row_of(each)) for each in numbers] == pairs
    assert [numbers_of(thing)(row_id) for thing, row_id in pairs] == numbers


def test_the_numbers_of_one_kind_are_taken_from_many():
    numbers = [number_of(thing, row_id) for thing in Thing for row_id in (3, 5)]
    assert [rows_of(numbers, thing) for thing in Thing] == [[3, 5]] * len(Thing)


def test_the_numbers_of_kinds_never_change():
    # They stand in indexes on disk.
    assert [(each.name, each.value, each.mark) for each in Thing] == [
        ("CIRCLE", 0, "thing=circle"),
        ("SESSION", 1, "thing=session"),
        ("NEED", 2, "thing=need"),
        ("ROOM", 3, "thing=room"),
        ("HARVEST", 4, "thing=harvest"),
        ("ORGANISATION", 5, "thing=organisation"),
    ]


def test_what_is_for_those_inside_has_nothing_for_members():
    shut = document(Thing.CIRCLE, 1, PLAIN, members=False)
    assert (shut.members.words, shut.members.purpose, shut.members.marks) == ("", "", frozenset())
    assert shut.connections == document(Thing.CIRCLE, 1, PLAIN, members=True).members


def test_a_title_is_a_theme_beside_a_purpose_only():
    assert PLAIN.layer().themes == "Herons"
    assert Words(title="Herons").layer().themes == ""
    assert PLAIN.layer().words.splitlines() == ["Herons", "Quiet shores", "At dawn"]


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ((), True),
        (("form=team",), True),
        (("form=team", "form=pair"), True),
        (("form=team", "door=open"), True),
        (("form=pair",), False),
        (("form=team", "door=shut"), False),
    ],
)
def test_one_fact_of_each_name_is_enough(wanted, fits):
    assert has_marks(wanted, {"form=team", "door=open"}) is fits


def test_a_thing_for_those_inside_is_proposed_to_them_alone(tmp_path):
    analyzer = Analyzer()
    index = WhooshIndex(tmp_path / "things", analyzer)
    index.rebuild([document(Thing.CIRCLE, 1, PLAIN, members=False)])
    number = number_of(Thing.CIRCLE, 1)
    for words in ("", "herons", "hero", '"quiet shores"'):
        query = parse(words, analyzer)
        assert list(index.find(query, marks={"a=b"}, connected=(), day=1)) == []
        (hit,) = index.find(query, marks={"a=b"}, connected=(number,), day=1)
        assert hit.id == number
    assert index.near("heron") == []
