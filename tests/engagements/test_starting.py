from __future__ import annotations

import pytest

from network.engagements.forms_terms import TermsForm, fields_of
from network.engagements.sound import flaws
from network.engagements.starting import LABELS, Sides, Start, begun, sides

TWO = {"ama": False, "hanneke": True}
THREE = {"ama": False, "hanneke": True, "tomasz": False}
PEERS = {"ama": False, "bea": False}


@pytest.mark.parametrize(
    ("parties", "reader", "workers", "host"),
    [
        (TWO, "ama", ["ama"], "hanneke"),
        (TWO, "hanneke", ["ama"], "hanneke"),
        (THREE, "tomasz", ["tomasz", "ama"], "hanneke"),
        (PEERS, "bea", ["bea"], "ama"),
        ({"ama": True, "bea": True}, "ama", ["ama"], "bea"),
        ({"ama": True, "bea": True, "cai": False}, "ama", ["cai"], "ama"),
    ],
)
def test_whoever_signs_for_an_organisation_is_likely_to_be_worked_for(
    parties, reader, workers, host
):
    assert sides(parties, reader) == Sides(workers, host)


@pytest.mark.parametrize("start", Start)
@pytest.mark.parametrize("parties", [TWO, THREE, PEERS])
def test_a_template_leaves_open_only_what_those_who_agree_can_say(start, parties):
    terms = begun(start, parties, "ama")
    left = {(each.part, each.name) for each in flaws(terms, list(parties))}
    # How many days, how much, and what each gives where there is no money; the purpose always.
    open_parts = {("times", "half_days"), ("cash", "amount"), ("others", "what"), ("purpose", "")}
    if start is Start.EMPTY:
        open_parts |= {("title", ""), ("others", "")}
    assert ("purpose", "") in left
    assert left <= open_parts


@pytest.mark.parametrize("start", Start)
def test_a_template_becomes_a_form_and_is_read_back_as_it_was(start):
    terms = begun(start, THREE, "ama")
    assert TermsForm(fields_of(terms, "en"), dict.fromkeys(THREE, "x")).read("en") == terms


def test_a_team_is_offered_a_split_in_which_each_who_works_has_a_share():
    (line,) = begun(Start.TEAM, THREE, "tomasz").cash
    assert [each.party for each in line.split] == ["tomasz", "ama"]
    assert (line.giver, line.receiver) == ("hanneke", "tomasz")
    (alone,) = begun(Start.TEAM, TWO, "ama").cash
    assert alone.split == ()


def test_peers_begin_without_money_and_each_gives():
    terms = begun(Start.PEER, PEERS, "bea")
    assert terms.cash == ()
    assert [(each.giver, each.receiver) for each in terms.others] == [
        ("bea", "ama"),
        ("ama", "bea"),
    ]


def test_each_template_has_words_by_which_it_is_chosen_and_lines_with_keys_of_their_own():
    assert set(LABELS) == set(Start)
    keys = [
        line.key
        for start in Start
        for lines in (begun(start, THREE, "ama"),)
        for line in (*lines.times, *lines.cash, *lines.others)
    ]
    assert len(set(keys)) == len(keys) > 10
