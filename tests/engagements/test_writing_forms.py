from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.engagements.forms_terms import (
    TermsForm,
    fields_of,
    with_new_line,
    with_shares,
    without_line,
)
from network.engagements.money import Money
from network.engagements.terms import CashLine, Share
from network.text import clean, clean_line
from tests.engagements import strategies
from tests.engagements.test_sound import FEE, GOOD

NAMES = {key: key.capitalize() for key in strategies.PARTIES}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def cleaned(terms):
    """Return terms as somebody can type them: without what cannot be seen, or is not there."""
    clauses = {which: clean(words) for which, words in terms.clauses.items()}
    return replace(
        terms,
        title=clean_line(terms.title),
        clauses={which: words for which, words in clauses.items() if words},
        cash=tuple(cleaned_line(each) for each in terms.cash),
        others=tuple(cleaned_line(each) for each in terms.others),
    )


def cleaned_line(line):
    words = {name: clean_line(getattr(line, name)) for name in ("what", "when", "known_by")}
    if isinstance(line, CashLine):
        code = line.amount.currency
        words["split"] = tuple(
            Share(each.party, Money(code, each.amount.minor)) for each in line.split
        )
    return replace(line, **words)


@settings(max_examples=60, deadline=None)
@given(strategies.terms.map(cleaned), st.sampled_from(["en", "de", "fr", "hi"]))
def test_terms_as_a_form_and_back_are_the_same_terms(terms, locale):
    form = TermsForm(fields_of(terms, locale), NAMES)
    assert form.read(locale) == terms


def form_of(terms=GOOD, **changed):
    """A form with these terms between the people of `test_sound`, in which something is typed."""
    return TermsForm({**fields_of(terms, "en"), **changed}, NAMES)


@pytest.mark.parametrize(
    ("typed", "at", "sentence"),
    [
        ({"title": ""}, "title", "Say in a few words"),
        ({"title": "x" * 121}, "title", "120 letters"),
        ({"work": "slavery"}, "work", "Choose one of these"),
        ({"purpose": " "}, "purpose", "Say what it is for"),
        ({"scope": "x" * 4001}, "scope", "4001 letters"),
        ({"rhythm": "hourly"}, "rhythm", "Choose one of these"),
        ({"times-0-party": ""}, "times-0-party", "Say who gives this time"),
        ({"times-0-half_days": "a few"}, "times-0-half_days", "Days are a number"),
        ({"times-0-half_days": "2.3"}, "times-0-half_days", "Half a day"),
        ({"times-0-half_days": ""}, "times-0-half_days", "half a day or more"),
        ({"times-0-period": "aeon"}, "times-0-period", "Choose one of these"),
        ({"times-0-starts": "soon"}, "times-0-starts", "not a day"),
        ({"times-0-ends": "2027-02-30"}, "times-0-ends", "not a day"),
        (
            {"times-0-starts": "2027-02-02", "times-0-ends": "2027-02-01"},
            "times-0-ends",
            "ends before it begins",
        ),
        ({"times-0-notice_days": "1.5"}, "times-0-notice_days", "whole number"),
        ({"times-0-notice_days": "400"}, "times-0-notice_days", "A year"),
        ({"cash-0-amount": "many"}, "cash-0-amount", "not an amount"),
        ({"cash-0-amount": "4.001"}, "cash-0-amount", "no unit as small"),
        ({"cash-0-amount": ""}, "cash-0-amount", "Say how much"),
        ({"cash-0-currency": "GOLD"}, "cash-0-currency", "three letters"),
        ({"cash-0-giver": "nobody"}, "cash-0-giver", "Say who gives"),
        ({"cash-0-receiver": "veldhaven"}, "cash-0-receiver", "Nobody gives to themselves"),
        ({"cash-0-what": "x" * 301}, "cash-0-what", "300 letters"),
        ({"cash-0-sort": "loot"}, "cash-0-sort", "Choose one of these"),
        ({"cash-0-split-0-amount": "1"}, "cash-0-split", "do not add up"),
        ({"cash-0-split-0-amount": "much"}, "cash-0-split", "not an amount"),
        ({"others-0-what": ""}, "others-0-what", "Say what is given"),
        ({"others-0-sort": "luck"}, "others-0-sort", "Choose one of these"),
        ({"others-0-sort": "pro_bono"}, "others", "not both"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_stays_as_it_was_typed(typed, at, sentence):
    typed = {"cash-0-split-0-party": "ama", "others-0-when": "In spring.", **typed}
    form = form_of(**typed)
    form.read("en")
    assert [(each.at, sentence in each.sentence) for each in form.troubles] == [(at, True)]
    for name, value in typed.items():
        assert clean(value) in (field.data for field in fields(form) if field.name == name)


def fields(form):
    found = list(form)
    for _name, line in form.lines():
        found += line
        found += [field for share in getattr(line, "split", ()) for field in share.form]
    return found


def test_terms_without_a_flaw_have_nothing_to_look_at_again():
    form = form_of()
    assert form.read("en") == GOOD
    assert form.troubles == []
    assert form.until("UTC", NOW) is None


def test_every_wrong_field_is_said_at_once_in_the_order_of_the_page():
    form = form_of(purpose="", **{"cash-0-amount": "x", "times-0-half_days": "x"})
    form.read("en")
    places = [each.at for each in form.troubles]
    assert places == ["purpose", "times-0-half_days", "cash-0-amount"]


@pytest.mark.parametrize(
    ("day", "found", "sentence"),
    [
        ("", None, ""),
        ("2026-12-04", datetime(2026, 12, 4, 22, 59, tzinfo=UTC), ""),
        ("2026-11-21", datetime(2026, 11, 21, 22, 59, tzinfo=UTC), ""),
        ("2026-11-20", None, "a day to come"),
        ("2028-12-04", None, "a day to come"),
        ("9999-12-31", None, "a day to come"),
        ("Friday", None, "not a day"),
    ],
)
def test_a_version_lies_on_the_table_until_the_end_of_its_day_where_its_author_is(
    day, found, sentence
):
    form = form_of(valid_until=day)
    assert form.until("Europe/Amsterdam", NOW) == found
    assert [each.at for each in form.troubles] == (["valid_until"] if sentence else [])
    assert all(sentence in each.sentence for each in form.troubles)


def test_why_has_an_end():
    form = form_of(why="x" * 1001)
    form.words()
    assert [each.at for each in form.troubles] == ["why"]


@pytest.mark.parametrize("key", ["", "f", "two words", "x" * 17, "<script>"])
def test_each_line_has_a_key_of_its_own(key):
    second = {
        f"cash-7-{name.split('-')[2]}": v
        for name, v in fields_of(GOOD, "en").items()
        if name.startswith("cash-0-")
    }
    form = form_of(**second | {"cash-7-key": key})
    first, new = form.read("en").cash
    assert first == FEE
    assert new.key not in {"f", key} or key == ""
    assert len(new.key) == 12
    assert replace(new, key="f") == FEE


def test_a_line_is_added_behind_the_others_and_taken_out_without_touching_them():
    before = fields_of(GOOD, "en")
    after, place = with_new_line(before, "cash", giver="veldhaven")
    assert place == "1"
    assert {name: after[name] for name in before} == before
    assert after["cash-1-giver"] == "veldhaven"
    assert without_line(after, "cash", "1") == before
    assert not any(name.startswith("cash-0-") for name in without_line(after, "cash", "0"))


def test_a_line_in_which_nothing_was_written_is_never_passed_over():
    after, chosen = fields_of(GOOD, "en"), {"giver": "veldhaven", "receiver": "ama"}
    after, _place = with_new_line(after, "times", party="ama")
    after, _place = with_new_line(after, "cash", **chosen, currency="EUR")
    after, _place = with_new_line(after, "others", **chosen)
    form = TermsForm(after, NAMES)
    form.read("en")
    places = {each.at for each in form.troubles}
    assert {"times-1-half_days", "cash-1-amount", "others-1-what"} <= places


@pytest.mark.parametrize(
    ("shares", "parted"),
    [
        ({}, {"ama": "1,416.67", "tomasz": "1,416.67", "keiko": "1,416.66"}),
        ({"ama": "1"}, {"ama": "4,250"}),
        ({"ama": "1", "keiko": "x"}, {"ama": "2,125", "keiko": "2,125"}),
    ],
)
def test_inv_37_an_amount_is_parted_equally_to_the_last_unit(shares, parted):
    typed = fields_of(GOOD, "en")
    for n, (party, amount) in enumerate(shares.items()):
        typed |= {f"cash-0-split-{n}-party": party, f"cash-0-split-{n}-amount": amount}
    typed = with_shares(TermsForm(typed, NAMES), typed, "0", "en")
    line = TermsForm(typed, NAMES).read("en").cash[0]
    assert {each.party: each.amount.typed() for each in line.split} == parted
    assert sum(each.amount.minor for each in line.split) == line.amount.minor


@pytest.mark.parametrize("amount", ["", "many", "0"])
def test_what_is_no_amount_is_not_parted(amount):
    typed = fields_of(GOOD, "en") | {"cash-0-amount": amount}
    after = with_shares(TermsForm(typed, NAMES), typed, "0", "en")
    assert not any(
        value for name, value in after.items() if name.endswith("-amount") and "split" in name
    )


def test_two_have_nothing_to_part():
    form = TermsForm(fields_of(GOOD, "en"), {"ama": "You", "veldhaven": "Hanneke"})
    assert list(form.cash[0].split) == []


def test_somebody_who_left_is_chosen_anew_and_never_replaced_by_another():
    form = TermsForm(fields_of(GOOD, "en"), {"ama": "You", "tomasz": "Tomasz"})
    giver = form.cash[0].giver
    assert giver.choices[0] == ("", "Choose")
    assert "veldhaven" not in dict(giver.choices)
    form.read("en")
    assert [each.at for each in form.troubles] == ["cash-0-giver", "others-0-giver"]


def test_what_is_more_than_terms_can_have_is_said():
    typed = fields_of(GOOD, "en")
    for _each in range(45):
        typed, place = with_new_line(typed, "others", giver="ama", receiver="tomasz", sort="time")
        typed[f"others-{place}-what"] = "An evening."
    form = TermsForm(typed, NAMES)
    form.read("en")
    assert [(each.at, each.sentence) for each in form.troubles] == [
        ("others", "40 lines are the most.")
    ]
