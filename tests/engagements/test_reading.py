from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from network.engagements.kinds import Cash, Kind, Period, Rhythm
from network.engagements.money import Money
from network.engagements.reading import Reader, called_now, passages
from network.engagements.reading_sums import periods, sums
from network.engagements.terms import CashLine, OtherLine, Share
from network.members.kinds import Work
from tests.engagements.test_telling import FEE, OLD, SEAT, SPLIT, TIME, clauses, fee, seat, time

AMA = Reader({"ama": "Ama", "tomasz": "Tomasz", "veldhaven": "Veldhaven"}, "ama")


def spoken(runs):
    """Runs as one line: +added+ and -taken out-."""
    marks = {"added": "+", "taken out": "-", "stayed": ""}
    return " ".join(f"{marks[run.how]}{' '.join(run.lines)}{marks[run.how]}" for run in runs)


def read(new, before=OLD, reader=AMA):
    """What is said of each part, and in the margin beside it."""
    found = {}
    for part in passages(new, reader, before=before):
        lines = [
            " | ".join(
                spoken(each) for each in (line.whose, line.sort, line.words, line.known_by) if each
            )
            for line in part.lines
        ]
        found[part.name] = (lines or [spoken(part.words)], part.told)
    return found


def test_terms_are_read_in_the_order_of_an_agreement():
    headings = [part.heading for part in passages(OLD, AMA)]
    assert headings == [
        *("Purpose", "Kind of work", "Time", "Value in money"),
        *("Value in other ways", "Checking in", "Ending"),
    ]
    assert not any(part.changed for part in passages(OLD, AMA))


def test_each_line_is_a_sentence_to_its_reader():
    said = read(OLD)
    assert said["times"][0] == [
        (
            "You | 6 days a month, from 11 January 2027 to 30 September 2027."
            " It can end with 30 days’ notice."
        )
    ]
    assert said["cash"][0] == ["Veldhaven to you | retainer | €5,100 a month."]
    assert said["others"][0] == ["Veldhaven to you | learning | A seat in its course."]
    assert said["work"][0] == ["A fractional role."]
    assert said["rhythm"][0][0].startswith("Every month, three questions each:")


CHANGED = [
    (
        fee(amount=Money("EUR", 425_000)),
        "cash",
        "Veldhaven to you | retainer | -€5,100- +€4,250+ a month.",
        "The retainer from Veldhaven to you went from €5,100 to €4,250 a month.",
    ),
    (
        fee(sort=Cash.FIXED, period=Period.IN_ALL),
        "cash",
        "Veldhaven to you | -retainer- +fixed sum+ | €5,100 -a month.- +in all.+",
        "The retainer from Veldhaven to you is called “fixed sum” now.",
    ),
    (
        fee(split=SPLIT),
        "cash",
        "Veldhaven to you | retainer | €5,100 a month. +Of this: you €3,100, Tomasz €2,000.+",
        (
            "The retainer from Veldhaven to you is shared otherwise: you €3,100, Tomasz €2,000;"
            " it was no split."
        ),
    ),
    (
        fee(when="Within fourteen days"),
        "cash",
        "Veldhaven to you | retainer | €5,100 a month. +Within fourteen days.+",
        "The retainer from Veldhaven to you is reworded.",
    ),
    (
        time(half_days=10, ends=date(2027, 8, 31)),
        "times",
        (
            "You | -6- +5+ days a month, from 11 January 2027 to -30 September- +31 August+ 2027."
            " It can end with 30 days’ notice."
        ),
        "Your time went from 6 days to 5 days a month.",
    ),
    (
        seat(what="Two seats in its course."),
        "others",
        "Veldhaven to you | learning | -A seat- +Two seats+ in its course.",
        "Learning from Veldhaven to you is reworded.",
    ),
    (
        seat(known_by="when it is over"),
        "others",
        "Veldhaven to you | learning | A seat in its course. | +when it is over+",
        "Learning from Veldhaven to you is reworded.",
    ),
    (
        replace(OLD, others=()),
        "others",
        "-Veldhaven to you- | -learning- | -A seat in its course.-",
        "Taken out: learning from Veldhaven to you.",
    ),
    (
        clauses(ending="Any of us may end it in May."),
        "ending",
        "Any of us may end -it.- +it in May.+",
        "“Ending” is reworded.",
    ),
    (clauses(scope="Ama leads."), "scope", "+Ama leads.+", "“Work” is new."),
    (clauses(ending=""), "ending", "-Any of us may end it.-", "“Ending” was taken out."),
    (
        replace(OLD, work=Work.INTERIM),
        "work",
        "-A fractional- +An interim+ role.",
        "The kind of work went from a fractional role to an interim role.",
    ),
    (
        replace(OLD, title="A second director"),
        "title",
        "A -first- +second+ director",
        "It is called “A second director” now; it was “A first director”.",
    ),
]


@pytest.mark.parametrize(("new", "part", "words", "margin"), CHANGED)
def test_what_changed_is_marked_in_its_words_and_said_in_the_margin(new, part, words, margin):
    said, told = read(new)[part]
    assert said == [words]
    assert told[0] == margin
    assert [name for name, (_said, why) in read(new).items() if why] == [part]


def test_a_line_that_was_taken_out_stands_after_those_that_stay():
    another = OtherLine("z", Kind.ACCESS, "ama", "tomasz", "A key.")
    said, _told = read(replace(OLD, others=(another,)))["others"]
    assert said == [
        "+You to Tomasz+ | +access+ | +A key.+",
        "-Veldhaven to you- | -learning- | -A seat in its course.-",
    ]


def test_somebody_who_may_not_be_named_has_no_name():
    reader = Reader({"ama": "Ama"}, "ama")
    assert read(OLD, reader=reader)["cash"][0] == [
        "One of the parties to you | retainer | €5,100 a month."
    ]


def test_no_time_and_no_rhythm_are_said_as_well():
    endless = replace(TIME, half_days=1, starts=None, ends=None, notice_days=0)
    said = read(replace(OLD, times=(endless,), rhythm=Rhythm.NONE), before=None)
    assert said["times"][0] == ["You | ½ day a month."]
    assert said["rhythm"][0] == ["At no set times."]


def test_terms_under_other_keys_are_the_same_terms():
    keys = {"ama": "a", "tomasz": "t", "veldhaven": "v"}
    back = {new: old for old, new in keys.items()}
    team = replace(fee(split=SPLIT), others=(SEAT,))
    assert called_now(called_now(team, keys), back) == team
    assert called_now(team, keys).cash[0].split[1].party == "t"
    assert read(called_now(called_now(OLD, keys), back))["cash"][1] == []


@pytest.mark.parametrize(
    ("starts", "ends", "period", "often"),
    [
        (date(2027, 1, 1), date(2027, 8, 31), Period.MONTH, 8),
        (date(2027, 1, 11), date(2027, 9, 10), Period.MONTH, 8),
        (date(2027, 1, 11), date(2027, 8, 31), Period.MONTH, None),
        (date(2027, 1, 31), date(2027, 2, 27), Period.MONTH, None),
        (date(2027, 1, 1), date(2027, 12, 31), Period.YEAR, 1),
        (date(2027, 1, 1), date(2027, 9, 30), Period.QUARTER, 3),
        (date(2027, 1, 1), date(2027, 8, 31), Period.QUARTER, None),
        (date(2028, 2, 1), date(2028, 2, 28), Period.WEEK, 4),
        (date(2028, 2, 1), date(2028, 2, 29), Period.WEEK, None),
        (None, date(2027, 1, 1), Period.MONTH, None),
        (date(2027, 1, 1), None, Period.MONTH, None),
        (date(2027, 1, 1), date(2027, 1, 31), Period.DAY, None),
    ],
)
def test_a_time_is_counted_only_where_it_is_whole(starts, ends, period, often):
    assert periods(starts, ends, period) == often


EIGHT = replace(TIME, half_days=10, starts=date(2027, 1, 1), ends=date(2027, 8, 31))
LUMP = CashLine("l", Cash.FIXED, "veldhaven", "ama", Money("EUR", 100_000), Period.IN_ALL)
RATE = replace(FEE, sort=Cash.DAY_RATE, period=Period.DAY, amount=Money("EUR", 85_000))
YEN = replace(LUMP, key="y", amount=Money("JPY", 5000))
WIN = replace(LUMP, key="w", sort=Cash.OUTCOME)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        pytest.param(OLD, [], id="one line that says it"),
        pytest.param(
            replace(OLD, times=(EIGHT,)), ["For you that is €40,800 in all."], id="whole months"
        ),
        pytest.param(
            replace(OLD, cash=(FEE, LUMP)),
            ["For you that is €1,000 in all and €5,100 a month."],
            id="not whole",
        ),
        pytest.param(
            replace(OLD, times=(EIGHT,), cash=(FEE, LUMP)),
            ["For you that is €41,800 in all."],
            id="both",
        ),
        pytest.param(
            replace(OLD, times=(EIGHT,), cash=(RATE,)),
            ["For you that is €34,000 in all."],
            id="days",
        ),
        pytest.param(
            replace(OLD, cash=(LUMP, YEN)),
            ["For you that is €1,000 in all and ¥5,000 in all."],
            id="never converted",
        ),
        pytest.param(
            replace(fee(split=SPLIT), times=(EIGHT,)),
            ["For you that is €24,800 in all."],
            id="share",
        ),
        pytest.param(
            replace(OLD, cash=(LUMP, replace(LUMP, key="m"), WIN)),
            ["For you that is €2,000 in all.", "What depends on an outcome is not in it."],
            id="an outcome",
        ),
        pytest.param(
            replace(OLD, cash=(replace(LUMP, giver="ama", receiver="tomasz"), FEE)),
            [],
            id="each one",
        ),
    ],
)
def test_the_readers_own_sum_is_exact_or_not_there(new, said):
    assert sums(new, None, "ama", "en") == said


def test_the_readers_sum_stands_beside_what_it_was():
    new = replace(OLD, times=(EIGHT,))
    old = replace(new, cash=(replace(FEE, amount=Money("EUR", 600_000)),))
    assert sums(new, old, "ama", "en") == ["For you that is €40,800 in all; it was €48,000 in all."]
    assert sums(new, old, "veldhaven", "en") == [
        "From you it is €40,800 in all; it was €48,000 in all."
    ]
    assert sums(new, old, "tomasz", "en") == []


def test_half_a_day_of_an_odd_rate_is_no_whole_cent():
    half = replace(TIME, half_days=1, period=Period.IN_ALL)
    odd = replace(RATE, amount=Money("EUR", 85_001))
    assert sums(replace(OLD, times=(half,), cash=(odd,)), None, "ama", "en") == []


def test_a_share_of_no_team_member_is_no_sum_of_theirs():
    lines = (replace(FEE, split=(Share("tomasz", FEE.amount),)), LUMP, replace(LUMP, key="n"))
    assert sums(replace(OLD, cash=lines), None, "ama", "en") == ["For you that is €2,000 in all."]


def test_a_sum_too_large_for_any_line_is_left_unsaid():
    most = replace(LUMP, amount=Money("EUR", 10**15))
    assert sums(replace(OLD, cash=(most, replace(most, key="n"))), None, "ama", "en") == []


def test_a_day_rate_without_days_is_only_a_day_rate():
    assert sums(replace(OLD, times=(), cash=(RATE,)), None, "ama", "en") == []
