from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.engagements.forms_terms import TermsForm, fields_of, with_new_line, without_line
from network.engagements.kinds import Kind
from network.engagements.money import Money
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.text import clean, clean_line
from tests.engagements import strategies
from tests.engagements.test_sound import FEE, GOOD, SEAT, TIME

NAMES = {key: key.capitalize() for key in strategies.PARTIES}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def cleaned(terms):
    """Return terms as somebody can type them: without what cannot be seen, or is not there."""
    clauses = {which: clean(words) for which, words in terms.clauses.items()}
    return replace(
        terms,
        title=clean_line(terms.title),
        clauses={which: words for which, words in clauses.items() if words},
        times=tuple(each for each in terms.times if is_written(each)),
        cash=tuple(line for each in terms.cash if is_written(line := cleaned_line(each))),
        others=tuple(line for each in terms.others if is_written(line := cleaned_line(each))),
    )


def cleaned_line(line):
    words = {name: clean_line(getattr(line, name)) for name in ("what", "when", "known_by")}
    if isinstance(line, CashLine):
        code = line.amount.currency
        words["split"] = tuple(
            Share(each.party, Money(code, each.amount.minor)) for each in line.split
        )
    return replace(line, **words)


def is_written(line):
    if isinstance(line, TimeLine):
        return bool(line.half_days or line.starts or line.ends or line.notice_days)
    more = line.amount.minor or line.split if isinstance(line, CashLine) else False
    pro_bono = line.sort is Kind.PRO_BONO
    return bool(more or pro_bono or line.what or line.when or line.known_by)


@settings(max_examples=60, deadline=None)
@given(strategies.terms.map(cleaned), st.sampled_from(["en", "de", "fr", "hi"]))
def test_terms_as_a_form_and_back_are_the_same_terms(terms, locale):
    form = TermsForm(fields_of(terms, locale), NAMES)
    assert form.read(locale) == terms
