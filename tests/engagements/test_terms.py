from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.changes import Happened, apply, changes
from network.engagements.kinds import Clause
from network.engagements.terms import Terms, as_data, canonical, digest, from_data
from network.members.kinds import Work
from tests.engagements.strategies import PARTIES, terms

PLAIN = Terms("A first director", Work.FRACTIONAL)


@given(terms)
def test_terms_come_back_from_json_as_they_were(written):
    assert from_data(json.loads(json.dumps(as_data(written)))) == written


@given(terms, terms)
def test_the_changes_of_two_versions_lead_from_one_to_the_other(old, new):
    assert apply(old, changes(old, new)) == new


@given(terms)
def test_nothing_changed_is_no_change(written):
    assert changes(written, written) == []


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
