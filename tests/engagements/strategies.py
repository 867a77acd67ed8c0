"""Terms of every sort, for property tests."""

from __future__ import annotations

import os
from dataclasses import fields, replace

from hypothesis import strategies as st

from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.money import Money
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "25"))
PARTIES = ["ama", "tomasz", "veldhaven", "keiko"]
parties = st.sampled_from(PARTIES)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
money = st.builds(Money, st.sampled_from(["JPY", "EUR", "KWD"]), st.integers(0, 10**9))
keys = st.sampled_from("abcdefgh")
times = st.builds(
    TimeLine,
    key=keys,
    party=parties,
    half_days=st.integers(0, 400),
    period=st.sampled_from(Period),
    starts=st.none() | st.dates(),
    ends=st.none() | st.dates(),
    notice_days=st.integers(0, 365),
)
cash = st.builds(
    CashLine,
    key=keys,
    sort=st.sampled_from(Cash),
    giver=parties,
    receiver=parties,
    amount=money,
    period=st.sampled_from(Period),
    what=words,
    when=words,
    known_by=words,
    split=st.lists(st.builds(Share, parties, money), max_size=3).map(tuple),
)
others = st.builds(
    OtherLine,
    key=keys,
    sort=st.sampled_from(Kind),
    giver=parties,
    receiver=parties,
    what=words,
    when=words,
    known_by=words,
)


def _lists(lines):
    return st.lists(lines, max_size=6, unique_by=lambda line: line.key).map(tuple)


terms = st.builds(
    Terms,
    title=words,
    work=st.sampled_from(Work),
    clauses=st.dictionaries(st.sampled_from(Clause), words.filter(bool), max_size=4),
    times=_lists(times),
    cash=_lists(cash),
    others=_lists(others),
    rhythm=st.sampled_from(Rhythm),
)


@st.composite
def edits(draw, written):
    """Terms as somebody makes them of others: some lines stay, one field of one is another, some
    go, some come, some stand elsewhere, and some clauses are empty.
    """
    other = draw(terms)
    clauses = {**written.clauses, **other.clauses}
    clauses |= dict.fromkeys(draw(st.sets(st.sampled_from(Clause), max_size=3)), "")
    lists = {
        part: tuple(
            draw(st.permutations(_edited(draw, getattr(written, part), getattr(other, part))))
        )
        for part in ("times", "cash", "others")
    }
    whole = draw(st.sampled_from((written, other)))
    return replace(whole, clauses=clauses, **lists)


def _edited(draw, lines, others):
    kept = [line for line in lines if draw(st.integers(0, 3))]
    for number, line in enumerate(kept):
        like = draw(st.none() | st.sampled_from(others)) if others else None
        if like is not None:
            name = draw(st.sampled_from([each.name for each in fields(line) if each.name != "key"]))
            kept[number] = replace(line, **{name: getattr(like, name)})
    there = {line.key for line in kept}
    return kept + [line for line in others if line.key not in there and draw(st.booleans())]


def pairs():
    """Two versions: of the same origin, or of none."""
    return st.tuples(terms, terms) | terms.flatmap(lambda old: st.tuples(st.just(old), edits(old)))
