from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from network.engagements.changes import changes
from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.money import Money
from network.engagements.telling import Teller
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work

TELLER = Teller({"tomasz": "Tomasz", "veldhaven": "Veldhaven"}, reader="ama")
FEE = CashLine("f", Cash.RETAINER, "veldhaven", "ama", Money("EUR", 510_000), Period.MONTH)
SEAT = OtherLine("s", Kind.LEARNING, "veldhaven", "ama", "A seat in its course.")
TIME = TimeLine("t", "ama", 12, Period.MONTH, date(2027, 1, 11), date(2027, 9, 30), 30)
OLD = Terms(
    "A first director",
    Work.FRACTIONAL,
    clauses={Clause.PURPOSE: "To help them choose.", Clause.ENDING: "Any of us may end it."},
    times=(TIME,),
    cash=(FEE,),
    others=(SEAT,),
    rhythm=Rhythm.MONTHLY,
)
SPLIT = (Share("ama", Money("EUR", 310_000)), Share("tomasz", Money("EUR", 200_000)))


def fee(**new):
    return replace(OLD, cash=(replace(FEE, **new),))


def seat(**new):
    return replace(OLD, others=(replace(SEAT, **new),))


def time(**new):
    return replace(OLD, times=(replace(TIME, **new),))


def clauses(**new):
    kept = {**OLD.clauses, **{Clause(name): words for name, words in new.items()}}
    return replace(OLD, clauses={which: words for which, words in kept.items() if words})


WHOSE = "The retainer from Veldhaven to you"
CASES = [
    (fee(amount=Money("EUR", 425_000)), f"{WHOSE} went from €5,100 to €4,250 a month."),
    (fee(amount=Money("EUR", 425_050)), f"{WHOSE} went from €5,100 to €4,250.50 a month."),
    (fee(amount=Money("JPY", 600_000)), f"{WHOSE} went from €5,100 to ¥600,000 a month."),
    (fee(period=Period.QUARTER), f"{WHOSE} is meant “a quarter” now, not “a month”."),
    (fee(period=Period.IN_ALL), f"{WHOSE} is meant “in all” now, not “a month”."),
    (fee(receiver="tomasz"), f"{WHOSE} goes to Tomasz now."),
    (fee(giver="tomasz"), f"{WHOSE} comes from Tomasz now."),
    (fee(sort=Cash.DAY_RATE), f"{WHOSE} is called “day rate” now."),
    (fee(split=SPLIT), f"{WHOSE} is shared otherwise: you €3,100, Tomasz €2,000; it was no split."),
    (fee(when="In May."), f"{WHOSE} comes at another time: “In May.”; it was nothing."),
    (fee(what="Train at cost."), f"{WHOSE} now says “Train at cost.”; it said nothing."),
    (fee(known_by="A receipt."), f"{WHOSE}: we will know by “A receipt.”; it was nothing."),
    (replace(OLD, cash=()), "Taken out: the retainer from Veldhaven to you, €5,100 a month."),
    (
        replace(OLD, cash=(FEE, replace(FEE, key="g", sort=Cash.FIXED, receiver="tomasz"))),
        "New: the fixed sum from Veldhaven to Tomasz, €5,100 a month.",
    ),
    (
        seat(what="Two seats."),
        f"Learning from Veldhaven to you now says “Two seats.”; it said “{SEAT.what}”.",
    ),
    (seat(sort=Kind.ACCESS), "Learning from Veldhaven to you is called “access” now."),
    (
        seat(known_by="A last evening."),
        "Learning from Veldhaven to you: we will know by “A last evening.”; it was nothing.",
    ),
    (
        replace(OLD, others=()),
        "Taken out: learning from Veldhaven to you, “A seat in its course.”.",
    ),
    (
        replace(OLD, others=(SEAT, OtherLine("e", Kind.TIME, "tomasz", "ama", "Four evenings."))),
        "New: time in return from Tomasz to you, “Four evenings.”.",
    ),
    (time(half_days=10), "Your time went from 6 days to 5 days a month."),
    (time(half_days=13), "Your time went from 6 days to 6½ days a month."),
    (time(half_days=1), "Your time went from 6 days to ½ day a month."),
    (time(period=Period.WEEK), "Your time is meant “a week” now, not “a month”."),
    (
        time(ends=date(2027, 8, 31)),
        "Your time ends on 31 August 2027; it was 30 September 2027.",
    ),
    (time(ends=None), "Your time ends on no set day; it was 30 September 2027."),
    (time(notice_days=60), "Your time ends with 60 days’ notice; it was 30 days’ notice."),
    (time(party="tomasz"), "Your time is given by Tomasz now."),
    (
        replace(OLD, rhythm=Rhythm.SIX_WEEKLY),
        "Checking in went from every month to every six weeks.",
    ),
    (replace(OLD, work=Work.ADVISORY), "The kind of work went from a fractional role to advice."),
    (
        replace(OLD, title="A first director, together"),
        "It is called “A first director, together” now; it was “A first director”.",
    ),
    (clauses(scope="The choosing."), "“Work” is new."),
    (clauses(ending=""), "“Ending” was taken out."),
    (clauses(purpose="To help them choose, and welcome."), "“Purpose” is reworded."),
]


@pytest.mark.parametrize(("new", "said"), CASES)
def test_a_change_is_said_in_one_sentence(new, said):
    (change,) = changes(OLD, new)
    assert TELLER.say(change, OLD).replace("\xa0", " ") == said


def test_lines_in_another_order_are_said_once():
    two = replace(OLD, cash=(FEE, replace(FEE, key="g")))
    turned = replace(two, cash=two.cash[::-1])
    (change,) = changes(two, turned)
    assert TELLER.say(change, two) == "The lines stand in another order."


def test_a_party_whom_the_reader_may_not_know_is_somebody():
    (change,) = changes(OLD, time(half_days=10))
    assert Teller({}).say(change, OLD).startswith("Somebody’s time")
