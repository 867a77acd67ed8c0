"""Three who worked together write about each other, answer, show and take back, while the clock
steps and blocks come and go; a plain model says what each of them, and a fourth, may read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.db import db as database
from network.engagements import models
from network.engagements.kinds import EngagementState
from network.engagements.models import SEALED, Engagement
from network.engagements.services import testimony as services
from network.errors import Refusal
from network.members.services import boundaries
from tests.conftest import NOON
from tests.engagements import afterwards
from tests.engagements.afterwards import NAMES, lived, member, move

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "8"))
PHASES = tuple(Phase) if EXAMPLES > 8 else (Phase.explicit, Phase.reuse, Phase.generate)
ALL = (*NAMES, "dov")
LONG_AGO = NOON - timedelta(days=999)
WORDS = st.sampled_from(["She waited.", "He asked twice.", "They wrote it down."])
# Mostly two of them, so that what they do meets.
SOMEBODY = st.sampled_from(["ama", "bea", "ama", "bea", "cai"])
ANYBODY = st.sampled_from(["ama", "bea", "ama", "bea", "cai", "dov"])
PAIRS = st.sets(st.sampled_from([("ama", "bea"), ("bea", "ama"), ("cai", "ama")]))


@dataclass
class Told:
    """One's words about another, as the model knows them."""

    words: str
    at: object
    opened: bool = False
    gone: bool = False
    reply: str = ""
    shown: bool = False

    def is_open(self, now):
        return not self.gone and (self.opened or self.at + SEALED <= now)


class Machine(RuleBasedStateMachine):
    """The services beside the model, in one transaction that is undone at the end."""

    engagement_id: int

    def __init__(self):
        super().__init__()
        self.db = Session(database.engine, expire_on_commit=False)
        self.engagement = self.db.get_one(Engagement, self.engagement_id)
        self.now, self.told, self.walls, self.over = NOON, {}, set(), True
        self.steps = 0

    def teardown(self):
        self.db.rollback()
        self.db.close()

    def together(self, one, other):
        return not {(one, other), (other, one)} & self.walls

    def tried(self, verb, *given):
        """Do it, undo what was refused, and return how it was refused, or nothing."""
        inner = self.db.begin_nested()
        try:
            getattr(afterwards, verb)(self.db, self.engagement, *given, self.now)
        except Refusal as refusal:
            inner.rollback()
            self.db.expire_all()
            return type(refusal).__name__
        inner.commit()
        return ""

    @initialize(before=PAIRS, walls=PAIRS, after=PAIRS)
    def some_have_written(self, before, walls, after):
        for pair in sorted(before):
            self.write(*pair, "She waited.")
        for pair in sorted(walls):
            self.wall(*pair, up=True)
        for pair in sorted(after):
            self.write(*pair, "He asked twice.")

    @rule(who=ANYBODY, about=ANYBODY, words=WORDS)
    def write(self, who, about, words):
        assert self.tried("write", who, about, words) == self.wrote(who, about, words)

    def wrote(self, who, about, words):
        if who == about or {who, about} - set(NAMES):
            return "NotFound"
        if not self.over:
            return "NotAllowed"
        mine, theirs = self.told.get((who, about)), self.told.get((about, who))
        if mine is None:
            mine = self.told[who, about] = Told(words, self.now)
            if theirs is not None and not theirs.gone and self.together(who, about):
                mine.opened = theirs.opened = True
            return ""
        if mine.gone or (mine.words != words and mine.is_open(self.now)):
            return "Conflict"
        mine.words = words
        return ""

    def mine_to_read(self, who, author):
        told = self.told.get((author, who))
        reads = told is not None and told.is_open(self.now) and self.together(who, author)
        return told if reads else None

    @rule(who=ANYBODY, author=ANYBODY, words=WORDS)
    def answer(self, who, author, words):
        told, said = self.mine_to_read(who, author), self.tried("answer", who, author, words)
        if told is None:
            assert said == "NotFound"
        elif told.reply not in {"", words}:
            assert said == "Conflict"
        else:
            assert said == ""
            told.reply = words

    @rule(who=ANYBODY, author=ANYBODY, shown=st.booleans())
    def stand(self, who, author, shown):
        told, said = self.mine_to_read(who, author), self.tried("stand", who, author, shown)
        assert said == ("" if told else "NotFound")
        if told:
            told.shown = shown

    @rule(who=SOMEBODY, about=SOMEBODY)
    def take_back(self, who, about):
        told, said = self.told.get((who, about)), self.tried("take_back", who, about)
        assert said == ("" if told else "NotFound")
        if told:
            told.gone, told.words, told.reply, told.shown = True, "", "", False

    @rule(days=st.sampled_from([-15, -3, 1, 5, 14]))
    def step(self, days):
        self.now += timedelta(days=days)

    @rule(one=ANYBODY, other=ANYBODY, up=st.booleans())
    def wall(self, one, other, up):
        if one == other:
            return
        do = boundaries.block if up else boundaries.unblock
        do(self.db, member(self.db, one), blocked_id=member(self.db, other).id, now=self.now)
        self.db.flush()
        (self.walls.add if up else self.walls.discard)((one, other))

    @rule(over=st.booleans())
    def the_work(self, over):
        move(
            self.db,
            self.engagement,
            EngagementState.COMPLETED if over else EngagementState.ACTIVE,
            LONG_AGO,
        )
        self.over = over

    @rule()
    def the_worker_opens_what_is_due(self):
        due = [each for each in self.told.values() if not each.gone and each.is_open(self.now)]
        for each in due:
            each.opened = True
        for each in self.db.scalars(select(models.Testimony)).all():
            services.open_one(self.db, each, self.now)

    @invariant()
    def inv_44_each_reads_what_the_model_lets_them_read(self):
        for who in NAMES:
            may = {
                (author, about): (
                    told.words,
                    told.reply if self.together(author, about) or about == who else "",
                )
                for (author, about), told in self.told.items()
                if (author == who and not told.gone)
                or (about == who and self.mine_to_read(who, author))
            }
            assert afterwards.read(self.db, self.engagement, who, NAMES, self.now) == may

    @invariant()
    def inv_01_09_members_read_what_is_shown_of_people_who_are_here_for_them(self):
        self.steps += 1
        reader = ALL[self.steps % len(ALL)]
        for subject in NAMES:
            may = {
                author: (told.words, told.reply)
                for (author, about), told in self.told.items()
                if about == subject
                and told.shown
                and self.mine_to_read(subject, author)
                and (reader == subject or self.together(reader, author))
            }
            assert afterwards.on_page(self.db, reader, subject, self.now) == may


def test_inv_44_testimony_waits_for_the_other_or_for_its_days(app, db, make_member):
    people = [make_member(name) for name in NAMES]
    make_member("dov")
    engagement = lived(db, people, ends_at=LONG_AGO)
    db.commit()
    run_state_machine_as_test(
        type("MachineHere", (Machine,), {"engagement_id": engagement.id}),
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=EXAMPLES == 8,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
