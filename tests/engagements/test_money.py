from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.kinds import Cash, Clause, Period
from network.engagements.money import MOST, MOST_IN_ALL, Money, read, shares, totals
from network.engagements.sound import flaws
from network.engagements.terms import CashLine, Share, Terms, as_data, from_data
from network.errors import Invalid
from network.members.kinds import Work

PLACES = {"JPY": 0, "KRW": 0, "EUR": 2, "USD": 2, "KWD": 3, "TND": 3}
CURRENCIES = list(PLACES)
PARTIES = ["veldhaven", "ama", "tomasz", "keiko", "rui"]
amounts = st.builds(Money, st.sampled_from(CURRENCIES), st.integers(0, 10**9))
wholes = st.builds(Money, st.sampled_from(CURRENCIES), st.integers(1, MOST))
weights = st.lists(st.integers(0, 1000), min_size=1, max_size=4).filter(any)


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("4,250", "EUR", "en", 425_000),
        ("4.250,50", "EUR", "de", 425_050),
        ("9600", "JPY", "en", 9_600),
        ("1.234", "KWD", "en", 1_234),
        ("0", "USD", "en", 0),
    ],
)
def test_what_somebody_wrote_is_read_in_their_language(text, currency, locale, minor):
    assert read(text, currency, locale=locale) == Money(currency, minor)


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("", "EUR", "not an amount"),
        ("a lot", "EUR", "not an amount"),
        ("-1", "EUR", "not an amount"),
        ("3.200", "EUR", "Write it like 3,200."),
        ("3.200,00", "EUR", "Write it like 3,200."),
        ("3.2000", "KWD", "Write it like 3,200."),
        ("NaN", "EUR", "not an amount"),
        ("1e400", "EUR", "not an amount"),
        ("9" * 30, "EUR", "not an amount"),
        ("1.5", "JPY", "no unit as small"),
        ("1.005", "EUR", "no unit as small"),
        ("1", "eur", "three letters"),
        ("1", "XYZ", "three letters"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(text, currency, said):
    with pytest.raises(Invalid) as refused:
        read(text, currency, field="amount")
    assert said in refused.value.sentence
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money("EUR", 425_000), "€4,250"),
        (Money("EUR", 425_050), "€4,250.50"),
        (Money("JPY", 9_600), "¥9,600"),
        (Money("KWD", 1_234), "KWD 1.234"),
    ],
)
def test_an_amount_is_said_with_its_currency(money, said):
    assert money.said().replace("\xa0", " ") == said


@given(st.sampled_from(CURRENCIES), st.integers(0, MOST))
def test_inv_37_what_is_said_reads_back_as_it_was(currency, minor):
    money = Money(currency, minor)
    plain = "".join(letter for letter in money.said() if letter in "0123456789.,")
    assert read(plain, currency) == money


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_inv_37_shares_add_up_to_the_whole_and_are_fair_to_one_unit(whole, weights):
    parts = shares(whole, weights)
    assert totals([*parts, Money(whole.currency, 0)]) == (whole,)
    exact = [whole.minor * weight / sum(weights) for weight in weights]
    assert all(
        abs(part.minor - fair) < 1 + whole.minor * 1e-9
        for part, fair in zip(parts, exact, strict=True)
    )
    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


@given(st.lists(amounts, max_size=12))
def test_inv_37_totals_are_per_currency_and_never_converted(lines):
    found = {each.currency: each.minor for each in totals(lines)}
    assert set(found) == {each.currency for each in lines}
    for currency, minor in found.items():
        assert minor == sum(each.minor for each in lines if each.currency == currency)


@given(st.lists(amounts, max_size=9), st.integers(0, 9))
def test_inv_37_totals_of_totals_are_the_totals_in_any_order(lines, where):
    parts = [*totals(lines[:where]), *totals(lines[where:])]
    assert totals(parts) == totals(lines) == totals(reversed(lines))


def test_inv_37_what_all_can_write_can_be_added_up():
    lines = [Money("EUR", MOST)] * 40
    assert totals(lines * 12) == (Money("EUR", 480 * MOST),)


@given(st.sampled_from(CURRENCIES), st.integers(0, MOST), st.sampled_from(["en", "de", "fr", "pl"]))
def test_inv_37_what_is_typed_reads_back_to_the_unit_in_every_language(currency, minor, locale):
    money = Money(currency, minor)
    assert read(money.typed(locale), currency, locale=locale) == money


@given(st.sampled_from(CURRENCIES), st.integers(0, 10**6), st.integers(0, 9_999))
def test_inv_37_a_currency_has_so_many_places_and_no_more(currency, whole, rest):
    places, digits = PLACES[currency], f"{rest:04}".rstrip("0")
    text = f"{whole}.{digits}" if digits else str(whole)
    if len(digits) > places:
        with pytest.raises(Invalid, match="no unit"):
            read(text, currency)
    else:
        assert read(text, currency).minor == int(f"{whole}{digits:0<{places}}")


def fee(whole, split):
    line = CashLine("f", Cash.FIXED, "veldhaven", "ama", whole, Period.IN_ALL, split=split)
    return Terms("A team", Work.PROJECT, {Clause.PURPOSE: "To learn."}, cash=(line,))


@given(wholes, weights)
def test_inv_37_a_split_by_weight_is_sound_and_kept_to_the_unit(whole, weights):
    parts = zip(PARTIES[1:], shares(whole, weights), strict=False)
    terms = fee(whole, tuple(Share(party, part) for party, part in parts))
    assert flaws(terms, PARTIES) == []
    (line,) = from_data(json.loads(json.dumps(as_data(terms)))).cash
    assert sum(share.amount.minor for share in line.split) == line.amount.minor == whole.minor


@given(wholes, weights, st.sampled_from(CURRENCIES), st.integers(-2, 2), st.integers(0, 3))
def test_inv_37_a_split_that_is_a_unit_off_or_in_other_money_is_refused(
    whole, weights, currency, off, whose
):
    parts = list(shares(whole, weights))
    whose %= len(parts)
    parts[whose] = Money(currency, max(0, parts[whose].minor + off))
    split = tuple(Share(party, part) for party, part in zip(PARTIES[1:], parts, strict=False))
    same = sum(part.minor for part in parts) == whole.minor and currency == whole.currency
    assert bool(flaws(fee(whole, split), PARTIES)) == (not same)


@pytest.mark.parametrize("each", [1, MOST // 2 + 1, MOST])
def test_inv_37_shares_that_are_more_than_can_be_written_are_refused_in_words(each):
    split = tuple(Share(party, Money("EUR", each)) for party in PARTIES[1:])
    (flaw,) = flaws(fee(Money("EUR", MOST), split), PARTIES)
    assert flaw.sentence == "The shares do not add up to the whole."


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], []])
def test_somebody_must_have_a_share(weights):
    with pytest.raises(ValueError, match=r"share|empty"):
        shares(Money("EUR", 100), weights)


@pytest.mark.parametrize(
    ("currency", "minor"), [("EUR", -1), ("EUR", MOST_IN_ALL + 1), ("EU", 1), ("eur", 1)]
)
def test_an_amount_that_is_none_cannot_be_made(currency, minor):
    with pytest.raises(ValueError, match=r"currency|amount"):
        Money(currency, minor)
