from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.engagements.money import MOST, Money, read, shares, totals
from network.errors import Invalid

CURRENCIES = ["JPY", "EUR", "USD", "KWD", "TND"]  # none, two and three decimals
amounts = st.builds(Money, st.sampled_from(CURRENCIES), st.integers(0, 10**9))


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


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], []])
def test_somebody_must_have_a_share(weights):
    with pytest.raises(ValueError, match=r"share|empty"):
        shares(Money("EUR", 100), weights)


@pytest.mark.parametrize(("currency", "minor"), [("EUR", -1), ("EUR", MOST + 1), ("EU", 1)])
def test_an_amount_that_is_none_cannot_be_made(currency, minor):
    with pytest.raises(ValueError, match=r"currency|amount"):
        Money(currency, minor)
