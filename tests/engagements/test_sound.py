from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from network.engagements.kinds import Cash, Clause, Kind, Period
from network.engagements.money import Money, shares
from network.engagements.sound import flaws
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work

PARTIES = ["ama", "tomasz", "veldhaven"]
FEE = CashLine("f", Cash.RETAINER, "veldhaven", "ama", Money("EUR", 425_000), Period.MONTH)
SEAT = OtherLine("s", Kind.LEARNING, "veldhaven", "ama", "A seat in its course.")
TIME = TimeLine("t", "ama", 10, Period.MONTH)
GOOD = Terms(
    "A first director",
    Work.FRACTIONAL,
    clauses={Clause.PURPOSE: "To help the members choose."},
    times=(TIME,),
    cash=(FEE,),
    others=(SEAT,),
)
FREE = OtherLine("p", Kind.PRO_BONO, "ama", "veldhaven", "Two mornings, for nothing.")


def split(*minors, parties=("ama", "tomasz")):
    parts = zip(parties, minors, strict=True)
    return tuple(Share(party, Money("EUR", minor)) for party, minor in parts)


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (GOOD, []),
        (replace(GOOD, title=""), [("title", "")]),
        (replace(GOOD, title="x" * 121), [("title", "")]),
        (replace(GOOD, clauses={}), [("purpose", "")]),
        (replace(GOOD, clauses={**GOOD.clauses, Clause.SCOPE: "x" * 4001}), [("scope", "")]),
        (replace(GOOD, times=()), []),
        (replace(GOOD, times=(replace(TIME, party="rui"),)), [("times", "t")]),
        (replace(GOOD, times=(replace(TIME, half_days=0),)), [("times", "t")]),
        (replace(GOOD, times=(replace(TIME, notice_days=367),)), [("times", "t")]),
        (
            replace(GOOD, times=(replace(TIME, starts=date(2027, 3, 1), ends=date(2027, 2, 1)),)),
            [("times", "t")],
        ),
        (replace(GOOD, times=(replace(TIME, ends=date(1, 1, 5)),)), [("times", "t")]),
        (replace(GOOD, times=(replace(TIME, starts=date(9999, 1, 5)),)), [("times", "t")]),
        # INV-39
        (replace(GOOD, cash=(replace(FEE, receiver="rui"),)), [("cash", "f")]),
        (replace(GOOD, cash=(replace(FEE, giver="ama"),)), [("cash", "f")]),
        (replace(GOOD, others=(replace(SEAT, giver=""),)), [("others", "s")]),
        (replace(GOOD, others=(replace(SEAT, what=""),)), [("others", "s")]),
        (replace(GOOD, cash=(replace(FEE, what="x" * 301),)), [("cash", "f")]),
        # INV-37
        (replace(GOOD, cash=(replace(FEE, split=split(225_000, 200_000)),)), []),
        (replace(GOOD, cash=(replace(FEE, split=split(225_000, 200_001)),)), [("cash", "f")]),
        (
            replace(GOOD, cash=(replace(FEE, split=split(1, 424_999, parties=("ama", "ama"))),)),
            [("cash", "f")],
        ),
        (
            replace(
                GOOD,
                cash=(replace(FEE, split=split(1, 424_999, parties=("ama", "veldhaven"))),),
            ),
            [("cash", "f")],
        ),
        # INV-38
        (replace(GOOD, cash=(), others=()), [("others", "")]),
        (replace(GOOD, cash=()), []),
        (replace(GOOD, cash=(replace(FEE, amount=Money("EUR", 0)),), others=()), [("cash", "f")]),
        (replace(GOOD, cash=(), others=(FREE,)), []),
        (replace(GOOD, others=(FREE,)), [("others", "")]),
        # A line that hides another would not be among what changed.
        (replace(GOOD, times=(TIME, replace(TIME, half_days=12))), [("times", "")]),
        (replace(GOOD, cash=(FEE, replace(FEE, what="A bonus."))), [("cash", "")]),
        (replace(GOOD, others=(SEAT, replace(SEAT, what="A desk."))), [("others", "")]),
        (replace(GOOD, cash=tuple(replace(FEE, key=str(n)) for n in range(41))), [("cash", "")]),
        (replace(GOOD, times=tuple(replace(TIME, key=str(n)) for n in range(41))), [("times", "")]),
    ],
)
def test_inv_37_to_39_what_cannot_be_put_on_the_table_is_said_where_it_is(terms, found):
    said = flaws(terms, PARTIES)
    assert [(flaw.part, flaw.key) for flaw in said] == found
    assert all(flaw.sentence.endswith(".") for flaw in said)


def test_inv_37_a_split_in_shares_is_sound_whatever_the_sum():
    for minor in (1, 2, 99, 425_001):
        parts = shares(Money("EUR", minor), [2, 1])
        named = tuple(Share(who, part) for who, part in zip(PARTIES, parts, strict=False))
        line = replace(FEE, amount=Money("EUR", minor), split=named)
        assert flaws(replace(GOOD, cash=(line,)), PARTIES) == []
