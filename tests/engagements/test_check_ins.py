from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from network.db import reading, transaction
from network.engagements.access import engagement_for
from network.engagements.kinds import EngagementState, Rhythm
from network.engagements.life import Due, Spell, due
from network.engagements.models import CheckIn, Engagement, Rest
from network.engagements.page import opened
from network.engagements.queries.check_ins import schedule, seen
from network.engagements.queries.work import spells
from network.engagements.services.checking_in import Answers
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Event
from network.members.models import Block, Member, Shield
from tests.conftest import NOON
from tests.engagements.lives import DAY, Life, agreed
from tests.engagements.test_living import accepted, at_once, changing

INSTANT = timedelta(microseconds=1)
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "8"))
PHASES = tuple(Phase) if EXAMPLES > 8 else (Phase.explicit, Phase.reuse, Phase.generate)


def work(begun=NOON, **values):
    return Engagement(state=EngagementState.ACTIVE, begun_at=begun, **values)


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Rhythm.NONE, []),
        (Rhythm.FORTNIGHTLY, ["2026-12-05", "2026-12-19", "2027-01-02"]),
        (Rhythm.SIX_WEEKLY, ["2027-01-02", "2027-02-13", "2027-03-27"]),
        (Rhythm.MONTHLY, ["2026-12-21", "2027-01-21", "2027-02-21"]),
        (Rhythm.QUARTERLY, ["2027-02-21", "2027-05-21", "2027-08-21"]),
    ],
)
def test_a_check_in_is_due_each_time_the_rhythm_comes_round(rhythm, days):
    found = due(work(), [Spell(NOON, rhythm)], (), NOON + 300 * DAY)[:3]
    assert [each.at.date().isoformat() for each in found] == days
    assert [each.number for each in found] == [1, 2, 3][: len(days)]


def test_months_count_from_the_day_it_began_and_do_not_drift():
    begun = datetime(2027, 1, 31, 9, tzinfo=UTC)
    found = due(work(begun), [Spell(NOON, Rhythm.MONTHLY)], (), begun + 100 * DAY)
    assert [each.at.date().isoformat() for each in found] == [
        *("2027-02-28", "2027-03-31", "2027-04-30"),
    ]


@pytest.mark.parametrize(
    ("stops", "many"),
    [
        ({}, 2),
        ({"ends_at": NOON + 14 * DAY}, 0),
        ({"ends_at": NOON + 14 * DAY + INSTANT}, 1),
    ],
)
def test_an_end_makes_none_due(stops, many):
    found = due(work(**stops), [Spell(NOON, Rhythm.FORTNIGHTLY)], (), NOON + 29 * DAY)
    assert len(found) == many


@pytest.mark.parametrize(
    ("since", "until", "numbers"),
    [
        (28 * DAY - INSTANT, None, [1]),
        (28 * DAY, None, [1, 2]),
        (28 * DAY - INSTANT, 28 * DAY, [1, 2, 3, 4]),
        (28 * DAY - INSTANT, 28 * DAY + INSTANT, [1, 3, 4]),
        (1 * DAY, 50 * DAY, [4]),
    ],
)
def test_none_is_due_while_the_work_rests_and_none_is_made_up_for(since, until, numbers):
    rest = Rest(since=NOON + since, until=None if until is None else NOON + until)
    found = due(work(), [Spell(NOON, Rhythm.FORTNIGHTLY)], [rest], NOON + 57 * DAY)
    assert [(each.number, each.at) for each in found] == [
        (number, NOON + number * 14 * DAY) for number in numbers
    ]


def test_another_rhythm_counts_on_and_what_was_due_stays_due():
    old = Spell(NOON - DAY, Rhythm.QUARTERLY)
    before = due(work(), [old], (), NOON + 100 * DAY)
    changed = [old, Spell(NOON + 95 * DAY, Rhythm.FORTNIGHTLY)]
    after = due(work(), changed, (), NOON + 130 * DAY)
    assert after[:1] == before
    assert [each.at - NOON for each in after] == [92 * DAY, 106 * DAY, 120 * DAY]
    stopped = [old, Spell(NOON + 95 * DAY, Rhythm.NONE)]
    assert due(work(), stopped, (), NOON + 400 * DAY) == before


@pytest.mark.parametrize("begun_after", [0, 40])
def test_at_most_one_is_open_whatever_the_rhythm_becomes(begun_after):
    rhythms = [Rhythm.MONTHLY, Rhythm.FORTNIGHTLY, Rhythm.QUARTERLY, Rhythm.FORTNIGHTLY]
    many = [Spell(NOON + 37 * n * DAY, rhythm) for n, rhythm in enumerate(rhythms)]
    days = due(work(NOON + begun_after * DAY), many, (), NOON + 400 * DAY)
    assert all(one.closes_at <= other.at for one, other in pairwise(days))


@pytest.fixture
def people(make_member):
    return [make_member(name) for name in ("ama", "bea", "cai")]


@pytest.fixture
def life(db, people):
    """Running work with a check-in each fortnight; the first is due now."""
    engagement = agreed(db, people, rhythm=Rhythm.FORTNIGHTLY)
    db.commit()
    life = Life.of(engagement)
    life.do("begin", "ama")
    life.wait(14)
    return life


def answer(life, who, words="It does.", number=1):
    return life.do("answer", who, number, Answers(purpose=words))


def reads(life, who, number=1):
    """What somebody reads of a check-in: by whom, in which words."""
    with reading() as db:
        member = db.scalars(select(Member).where(Member.handle == who)).one()
        found = engagement_for(db, member, life.key, now=life.now)
        it = opened(db, member, found, life.now)
        day = schedule(found.engagement, spells(it.agreed), it.beside.rests, life.now).day(number)
        if day is None:
            return None
        one = seen(
            db,
            found.engagement,
            [day],
            reader=member.id,
            people=found.people.keys(),
            apart=it.apart,
            now=life.now,
        )[0]
        names = dict(db.execute(select(Member.id, Member.handle)).all())
        return {names[each.member_id]: each.purpose for each in one.others}


def test_inv_43_nobody_reads_another_before_all_have_answered(life):
    answer(life, "ama", "A.")
    answer(life, "bea", "B.")
    assert [reads(life, who) for who in ("ama", "bea", "cai")] == [{}, {}, {}]
    answer(life, "cai", "C.")
    assert reads(life, "ama") == {"bea": "B.", "cai": "C."}
    assert reads(life, "cai") == {"ama": "A.", "bea": "B."}


def test_inv_43_after_fourteen_days_they_are_shown_whoever_answered(life):
    answer(life, "ama", "A.")
    life.now = NOON + 28 * DAY - INSTANT
    assert reads(life, "bea") == {}
    assert answer(life, "ama", "B.") is None
    life.now = NOON + 28 * DAY
    assert reads(life, "bea") == {"ama": "B."}
    assert isinstance(answer(life, "bea"), Conflict)


@pytest.mark.parametrize(
    ("who", "number", "answers", "expected"),
    [
        ("bea", 1, Answers(change="More time."), type(None)),
        ("bea", 1, Answers(), Invalid),
        ("bea", 1, Answers(purpose=" \n"), Invalid),
        ("bea", 1, Answers(exchange="x" * 1001), Invalid),
        ("bea", 2, Answers(purpose="Early."), NotFound),
        ("bea", 0, Answers(purpose="None."), NotFound),
        ("dov", 1, Answers(purpose="Strange."), NotFound),
    ],
)
def test_who_answers_what(life, make_member, who, number, answers, expected):
    make_member("dov")
    assert isinstance(life.do("answer", who, number, answers), expected)
    with reading() as db:
        written = db.scalar(select(func.count()).select_from(CheckIn))
        assert written == (1 if expected is type(None) else 0)


def test_inv_20_an_answer_can_be_changed_until_it_is_shown_and_twice_is_once(life):
    answer(life, "ama", "A.")
    answer(life, "ama", "Better.")
    answer(life, "ama", "Better.")
    answer(life, "bea")
    answer(life, "cai")
    assert reads(life, "bea")["ama"] == "Better."
    assert isinstance(answer(life, "ama", "Too late."), Conflict)
    assert answer(life, "ama", "Better.") is None
    with reading() as db:
        kinds = db.scalars(select(Event.kind)).all()
        assert kinds.count("engagements:check_in:answered") == 4


def test_inv_19_the_log_holds_no_word_of_an_answer(life):
    answer(life, "ama", "A secret.")
    with reading() as db:
        assert "secret" not in str(db.scalars(select(Event.data)).all())


def test_inv_43_a_change_and_the_last_answer_at_once_have_one_outcome(app, db, people):
    for _round in range(6):
        life = Life.of(agreed(db, people[:2], rhythm=Rhythm.FORTNIGHTLY))
        db.commit()
        life.do("begin", "ama")
        life.wait(14)
        answer(life, "ama", "First.")
        said = at_once(
            app,
            {
                "change": lambda life=life: answer(life, "ama", "Second."),
                "last": lambda life=life: answer(life, "bea"),
            },
        )
        assert said["last"] is None
        kept = "First." if isinstance(said["change"], Conflict) else "Second."
        assert reads(life, "bea") == {"ama": kept}


def test_another_rhythm_does_not_show_what_was_answered_under_the_first(life):
    answer(life, "ama", "A.")
    life.wait(1)
    accepted(life, changing(life, rhythm=Rhythm.QUARTERLY), "bea", "cai")
    assert reads(life, "bea") == {}
    assert answer(life, "bea") is None


def block(one, other, at):
    with transaction() as db:
        ids = {each.handle: each.id for each in db.scalars(select(Member))}
        db.add(Block(blocker_id=ids[one], blocked_id=ids[other], at=at))


def test_inv_09_what_is_written_after_a_block_is_not_there_for_the_other(life):
    answer(life, "ama", "Before.")
    life.wait(1)
    block("bea", "ama", life.now)
    answer(life, "bea", "After.")
    answer(life, "cai", "C.")
    # Not even when it is shown tells anybody that all have answered.
    assert [reads(life, who) for who in ("ama", "bea", "cai")] == [{}, {}, {}]
    assert answer(life, "ama", "Changed.") is None
    life.now = NOON + 28 * DAY
    assert reads(life, "ama") == {"cai": "C."}
    assert reads(life, "bea") == {"cai": "C."}
    assert reads(life, "cai") == {"ama": "Changed.", "bea": "After."}


def test_what_was_shown_before_a_block_stays(life):
    for who in ("ama", "bea", "cai"):
        answer(life, who, who)
    life.wait(1)
    block("bea", "ama", life.now)
    assert reads(life, "ama") == {"bea": "bea", "cai": "cai"}


def test_inv_10_a_shield_hides_its_owners_words_and_tells_its_owner_nothing(life, people):
    with transaction() as db:
        db.get_one(Member, people[1].id).represents = "veldhaven"
        db.get_one(Member, people[1].id).belongs = " @bea.example veldhaven "
        db.add(Shield(member_id=people[0].id, label="V", mark="veldhaven", raised_at=life.now))
    for who in ("ama", "bea", "cai"):
        answer(life, who, who)
    life.now = NOON + 28 * DAY
    assert reads(life, "bea") == {"cai": "cai"}
    assert reads(life, "ama") == {"bea": "bea", "cai": "cai"}


@pytest.mark.parametrize("change", ["pause", "amend"])
def test_no_answer_loses_its_day_when_the_clock_is_set_back(life, change):
    life.now = NOON + 29 * DAY
    for who in ("ama", "bea", "cai"):
        answer(life, who, who, number=2)
    life.now = NOON + 27 * DAY
    if change == "pause":
        life.do("pause", "ama", words="Rest.")
    else:
        accepted(life, changing(life, rhythm=Rhythm.QUARTERLY), "ama", "bea", "cai")
    life.now = NOON + 40 * DAY
    assert reads(life, "ama", 2) == {"bea": "bea", "cai": "cai"}


class CheckingIn(RuleBasedStateMachine):
    """INV-43 against an oracle: answers, blocks, pauses and the clock in any order."""

    names = ("ama", "bea", "cai")

    @initialize()
    def begin(self):
        self.wrote, self.apart, self.rests = {}, {}, []
        with transaction() as db:
            db.query(Block).delete()
            found = {each.handle: each for each in db.scalars(select(Member))}
            people = [found[name] for name in self.names]
            self.life = Life.of(agreed(db, people, rhythm=Rhythm.FORTNIGHTLY))
        self.life.do("begin", "ama")

    @property
    def dues(self):
        now, found = self.life.now, []
        for number in count(1):
            at = NOON + number * 14 * DAY
            if at > now:
                break
            if not any(since < at < (until or now + DAY) for since, until in self.rests):
                found.append(Due(number, at))
        return found

    def all_in(self, number):
        wrote = self.wrote.get(number, {})
        if set(wrote) != set(self.names):
            return False
        return not any(self.hidden(number, a, b) for a in self.names for b in self.names if a < b)

    def hidden(self, number, reader, author):
        """Whether two cannot have answered together: one wrote while something parted them."""
        since = self.apart.get(frozenset((reader, author)))
        times = [self.wrote[number][who][1] for who in (reader, author)]
        return since is not None and max(times) >= since

    @rule(order=st.permutations(names), many=st.sampled_from((1, 2, 3, 3)))
    def answer(self, order, many):
        for who in order[:many]:
            self.say(who)

    @rule(who=st.sampled_from(names))
    def answer_late(self, who):
        self.say(who, back=1)

    def say(self, who, back=0):
        days = self.dues
        if not days:
            self.life.now = max(self.life.now, NOON + 14 * DAY)
            days = self.dues
        numbers = [0, *(each.number for each in days)]
        number = numbers[-1 - back] if back < len(numbers) else 0
        words = f"{who} at {self.life.now:%d %B %H:%M}"
        said = self.life.do("answer", who, number, Answers(purpose=words))
        if not number:
            assert isinstance(said, NotFound)
            return
        same = self.wrote.get(number, {}).get(who, ("",))[0] == words
        is_open = self.life.now < NOON + (number + 1) * 14 * DAY and not self.all_in(number)
        assert (said is None) == (is_open or same)
        if said is None and not same:
            self.wrote.setdefault(number, {})[who] = (words, self.life.now)

    @rule(hours=st.sampled_from((1, 24, 13 * 24, 14 * 24)))
    def wait(self, hours):
        self.life.now += timedelta(hours=hours)

    @rule(pair=st.sampled_from((("ama", "bea"), ("cai", "bea"))), lifts=st.booleans())
    def block(self, pair, lifts):
        self.apart.pop(frozenset(pair), None)
        with transaction() as db:
            ids = {each.handle: each.id for each in db.scalars(select(Member))}
            one, other = (ids[name] for name in pair)
            db.query(Block).filter_by(blocker_id=one, blocked_id=other).delete()
        if not lifts:
            block(*pair, self.life.now)
            self.apart[frozenset(pair)] = self.life.now

    @rule()
    def pause_or_go_on(self):
        if self.rests and self.rests[-1][1] is None:
            assert self.life.do("resume", "cai") is None
            self.rests[-1] = (self.rests[-1][0], self.life.now)
        else:
            assert self.life.do("pause", "cai", words=f"Rest {len(self.rests)}") is None
            self.rests.append((self.life.now, None))

    @invariant()
    def inv_43_each_reads_what_the_oracle_lets_them(self):
        for day in self.dues[-2:]:
            wrote = self.wrote.get(day.number, {})
            is_shown = self.all_in(day.number) or day.at + 14 * DAY <= self.life.now
            for reader in self.names:
                expected = {
                    author: words
                    for author, (words, at) in wrote.items()
                    if is_shown
                    and author != reader
                    and at < self.apart.get(frozenset((reader, author)), at + DAY)
                }
                assert reads(self.life, reader, day.number) == expected


def test_inv_43_against_an_oracle(app, people):
    run_state_machine_as_test(
        CheckingIn,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
