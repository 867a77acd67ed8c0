from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.kinds import Clause
from network.engagements.promises import Promise, names_in, read, stands_in
from network.text import fold

WORDS = "Ama tells Tansy before she works for Merrow Ferries, or for Łódź Harbour."


def promise(words=WORDS, name="Tansy Mutual"):
    return Promise(name, words, Clause.EXCLUSIVITY)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Merrow Ferries", "Merrow Ferries"),
        ("merrow  ferries", "merrow  ferries"),
        ("MERROW FERRIES", "MERROW FERRIES"),
        ("Merrow Shipping", "Merrow"),
        ("Łódź Harbour", "Łódź Harbour"),
        ("Mérrow", "Mérrow"),
        ("Merr", ""),
        ("Ferries of Oban", "Ferries"),
        ("She or For", ""),
        ("Veldhaven", ""),
    ],
)
def test_a_name_is_sought_as_shields_seek_it_whole_or_by_its_longer_words(name, found):
    assert stands_in(name, WORDS) == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Merrow Ferries, Rui Melo", ["Merrow Ferries", "Rui Melo"]),
        (" Merrow  Ferries ;\nRui", ["Merrow Ferries", "Rui"]),
        (" , ;", []),
    ],
)
def test_several_names_stand_in_one_line(text, names):
    assert names_in(text) == names


def test_promises_that_name_somebody_come_first_and_every_other_is_still_read():
    other = promise("No other mutual.", "Oban Mutual")
    found = read([other, promise()], "Merrow Ferries")
    assert [(each.promise.name, each.found) for each in found.naming] == [
        ("Tansy Mutual", "Merrow Ferries")
    ]
    assert found.others == [other]


def test_what_was_promised_to_somebody_does_not_keep_them_away():
    found = read([promise(name="Merrow Ferries")], "merrow ferries")
    assert (found.naming, found.others) == ([], [])


@given(
    st.lists(st.builds(promise, st.text(max_size=40), st.text(max_size=10))), st.text(max_size=40)
)
def test_no_promise_is_lost_or_read_twice(promises, name):
    found = read(promises, name)
    asked = {fold(each) for each in names_in(name)}
    left = [each for each in promises if fold(each.name) not in asked]
    shown = [each.promise for each in found.naming] + list(found.others)
    assert sorted(map(str, shown)) == sorted(map(str, left))
