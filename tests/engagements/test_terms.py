from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.engagements.changes import Happened, apply, changes
from network.engagements.kinds import Cash, Clause, Period
from network.engagements.money import Money
from network.engagements.terms import (
    CashLine,
    Share,
    Terms,
    as_data,
    canonical,
    digest,
    from_data,
    from_text,
)
from network.members.kinds import Work
from tests.engagements.strategies import EXAMPLES, PARTIES, edits, pairs, terms

PLAIN = Terms("A first director", Work.FRACTIONAL)
FEE = CashLine(
    "f",
    Cash.FIXED,
    "veldhaven",
    "ama",
    Money("EUR", 100),
    Period.IN_ALL,
    split=(Share("ama", Money("EUR", 60)), Share("tomasz", Money("EUR", 40))),
)


@given(terms)
def test_terms_come_back_from_json_as_they_were(written):
    assert from_data(json.loads(json.dumps(as_data(written)))) == written


@given(terms, terms)
def test_the_changes_of_two_versions_lead_from_one_to_the_other(old, new):
    assert apply(old, changes(old, new)) == new


@settings(max_examples=EXAMPLES)
@given(pairs(), st.data())
def test_the_changes_of_an_edit_lead_to_its_very_bytes_and_back_and_on(pair, data):
    old, new = pair
    last = data.draw(edits(new))
    for one, other in ((old, new), (new, old), (new, last), (old, last)):
        reached = apply(one, changes(one, other))
        assert canonical(reached, PARTIES) == canonical(other, PARTIES)
        for part in ("times", "cash", "others"):
            assert getattr(reached, part) == getattr(other, part)


@settings(max_examples=EXAMPLES)
@given(pairs())
def test_each_change_is_one_and_is_one(pair):
    found = changes(*pair)
    assert all(change.old != change.new for change in found)
    places = [(change.part, change.key, change.name) for change in found]
    assert len(set(places)) == len(places)
    # Whatever is left out is missed.
    for number in range(len(found)):
        fewer = apply(pair[0], found[:number])
        assert canonical(fewer, PARTIES) != canonical(pair[1], PARTIES)


@settings(max_examples=EXAMPLES)
@given(pairs())
def test_no_change_is_found_where_the_bytes_are_the_same_and_only_there(pair):
    old, new = pair
    same = canonical(old, PARTIES) == canonical(new, PARTIES)
    assert (changes(old, new) == []) == same
    assert changes(old, replace(old, clauses={**dict.fromkeys(Clause, ""), **old.clauses})) == []


def test_a_line_that_is_not_there_cannot_be_changed():
    (found,) = changes(replace(PLAIN, cash=(FEE,)), PLAIN)
    with pytest.raises(KeyError):
        apply(PLAIN, [found])


@pytest.mark.parametrize(
    ("new", "happened"),
    [
        ((), [Happened.TAKEN_OUT]),
        ((replace(FEE, period=Period.YEAR),), [Happened.CHANGED]),
        ((FEE, replace(FEE, key="g")), [Happened.ADDED]),
        ((replace(FEE, key="g"), FEE), [Happened.ADDED, Happened.ORDERED]),
        ((replace(FEE, key="g"),), [Happened.TAKEN_OUT, Happened.ADDED]),
        ((replace(FEE, split=()),), [Happened.CHANGED]),
        ((replace(FEE, split=FEE.split[::-1]),), [Happened.CHANGED]),
        ((replace(FEE, amount=Money("EUR", 2), split=()),), [Happened.CHANGED] * 2),
    ],
)
def test_what_happens_to_a_line_is_told_as_what_it_is(new, happened):
    found = changes(replace(PLAIN, cash=(FEE,)), replace(PLAIN, cash=new))
    assert [change.happened for change in found] == happened


@given(terms)
def test_inv_35_what_is_stored_is_read_as_it_was_accepted(written):
    read = from_text(canonical(written, PARTIES).decode())
    assert read == written
    assert canonical(read, PARTIES) == canonical(written, PARTIES)


@settings(max_examples=EXAMPLES)
@given(pairs())
def test_inv_35_one_other_letter_is_another_digest(pair):
    old, new = pair
    same = canonical(old, PARTIES) == canonical(new, PARTIES)
    assert (digest(old, PARTIES) == digest(new, PARTIES)) == same
    assert digest(old, PARTIES) == hashlib.sha256(canonical(old, PARTIES)).hexdigest()


@given(terms, terms)
def test_inv_35_the_digest_tells_any_two_versions_apart(one, other):
    assert (digest(one, PARTIES) == digest(other, PARTIES)) == (one == other)


@given(terms, st.permutations(PARTIES))
def test_inv_35_the_digest_does_not_hang_on_the_order_of_the_parties(written, order):
    assert digest(written, order) == digest(written, PARTIES)
    assert digest(written, PARTIES[1:]) != digest(written, PARTIES)


def test_the_bytes_are_the_words_themselves():
    written = replace(PLAIN, clauses={Clause.PURPOSE: "Über die Fähre"})
    assert "Über die Fähre" in canonical(written, PARTIES).decode()


@pytest.mark.parametrize(
    ("before", "after", "happened"),
    [
        ("", "Pay rounds.", Happened.ADDED),
        ("Pay rounds.", "", Happened.TAKEN_OUT),
        ("Pay rounds.", "Pay rounds, and IT.", Happened.CHANGED),
    ],
)
def test_a_clause_is_added_changed_or_taken_out(before, after, happened):
    old = replace(PLAIN, clauses={Clause.SCOPE: before} if before else {})
    new = replace(PLAIN, clauses={Clause.SCOPE: after} if after else {})
    (found,) = changes(old, new)
    assert (found.happened, found.part, found.old, found.new) == (happened, "scope", before, after)


@given(terms.filter(lambda written: len(written.cash) > 1))
def test_lines_in_another_order_are_one_change(written):
    turned = replace(written, cash=written.cash[1:] + written.cash[:1])
    (found,) = changes(written, turned)
    assert (found.happened, found.part) == (Happened.ORDERED, "cash")


def test_what_was_never_terms_is_not_read_as_terms():
    data = as_data(PLAIN)
    for broken in ({**data, "work": "gig"}, {**data, "clauses": {"price": "x"}}):
        with pytest.raises(ValueError, match="is not a valid"):
            from_data(broken)
