"""Two to four people live what they agreed while the clock moves; a plain model keeps watch."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
from network.engagements.kinds import NegotiationState
from network.engagements.life import is_over
from network.engagements.models import Completion, Engagement, Negotiation, Party
from network.engagements.queries.work import history
from network.engagements.services import beginning
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Event
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.lives import DAY, Life, agreed, all_accept, terms_for

PEOPLE = ("ama", "bea", "cai", "dov")
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "8"))
PHASES = tuple(Phase) if EXAMPLES > 8 else (Phase.explicit, Phase.reuse, Phase.generate)
WORDS = ("Rest.", "Enough.")


@dataclass
class Model:
    """What DESIGN.md 4.7 says of agreed work, without a database."""

    people: set[str]
    now: datetime = NOON
    state: str = "agreed"
    notice: int = 30
    agreements: int = 1
    said: set[str] = field(default_factory=set)
    ends: datetime | None = None
    last: tuple[str, str] = ("", "")
    rested: set[tuple[str, str]] = field(default_factory=set)

    def only(self, who: str, *states: str) -> None:
        if who not in self.people:
            raise NotFound
        if self.state not in states:
            raise Conflict

    def begin(self, who: str) -> None:
        if who in self.people and self.state in ("active", "paused"):
            return
        self.only(who, "agreed")
        self.state = "active"

    def pause(self, who: str, words: str) -> None:
        if (who, words) in self.rested:
            return
        self.only(who, "active")
        self.state = "paused"
        self.rested.add((who, words))

    def resume(self, who: str) -> None:
        if who in self.people and self.state == "active":
            return
        self.only(who, "paused")
        self.state = "active"

    def complete(self, who: str) -> None:
        if who in self.people and self.state == "completed":
            return
        self.only(who, "active", "paused")
        self.said.add(who)
        if self.said == self.people:
            self.finish("completed", self.now)

    def not_yet(self, who: str) -> None:
        self.only(who, "agreed", "active", "paused", "ended_early", "cancelled")
        self.said.discard(who)

    def end(self, who: str, words: str) -> None:
        if (self.state, self.last) == ("ended_early", (who, words)):
            return
        self.only(who, "active", "paused")
        self.last = (who, words)
        self.finish("ended_early", self.now + self.notice * DAY)

    def cancel(self, who: str, words: str) -> None:
        if (self.state, self.last) == ("cancelled", (who, words)):
            return
        self.only(who, "agreed")
        self.last = (who, words)
        self.finish("cancelled", self.now)

    def amend(self, notice: int) -> None:
        self.only("ama", "agreed", "active", "paused")
        self.agreements, self.notice = self.agreements + 1, notice

    def finish(self, state: str, ends: datetime) -> None:
        self.state, self.ends = state, ends


class Living(RuleBasedStateMachine):
    @initialize(many=st.integers(2, 4), notice=st.sampled_from((0, 14, 30)))
    def agree(self, many, notice):
        self.names = PEOPLE[:many]
        self.model = Model(set(self.names), notice=notice)
        with transaction() as db:
            self.life = Life.of(agreed(db, self.members(db), notice=notice))

    def members(self, db):
        found = {each.handle: each for each in db.scalars(select(Member))}
        return [found[name] for name in self.names]

    def both(self, verb, *given, **words):
        try:
            getattr(self.model, verb)(*given, **words)
            expected = type(None)
        except (Conflict, NotFound, Invalid) as refusal:
            expected = type(refusal)
        self.life.now = self.model.now
        said = self.life.do(verb, *given, **words)
        assert isinstance(said, expected), (verb, given, said)

    @rule(
        verb=st.sampled_from(
            ("begin",) * 4 + ("complete",) * 6 + ("resume",) * 3 + ("not_yet", "not_yet")
        ),
        who=st.sampled_from(PEOPLE),
    )
    def act(self, verb, who):
        self.both(verb, who)

    @rule(
        verb=st.sampled_from(("pause",) * 4 + ("end", "cancel")),
        who=st.sampled_from(PEOPLE),
        words=st.sampled_from(WORDS),
    )
    def act_with_words(self, verb, who, words):
        self.both(verb, who, words=words)

    @rule(days=st.sampled_from((0, 1, 13, 14, 30, 200)))
    def wait(self, days):
        self.model.now += timedelta(days=days)
        self.life.now = self.model.now

    @rule(notice=st.sampled_from((0, 14, 60)))
    def amend(self, notice):
        try:
            self.model.amend(notice)
            expected = None
        except Conflict:
            expected = Conflict
        try:
            with transaction() as db:
                people = self.members(db)
                work = engagement_for(db, people[0], self.life.key, now=self.model.now)
                change = beginning.amend(
                    db,
                    work,
                    actor=people[0],
                    now=self.model.now,
                    submission=os.urandom(8).hex(),
                )
                keys = select(Party.key).where(Party.negotiation_id == change.id)
                terms = terms_for(db.scalars(keys.order_by(Party.id)).all(), notice=notice)
                all_accept(db, change, people, terms, now=self.model.now)
        except Conflict:
            assert expected is Conflict
        else:
            assert expected is None

    @invariant()
    def it_is_as_the_model_says(self):
        with reading() as db:
            it = db.get_one(Engagement, self.life.id)
            said = select(Member.handle).join(Completion, Completion.member_id == Member.id)
            found = set(db.scalars(said.where(Completion.engagement_id == it.id)))
            model = self.model
            assert (it.state, it.ends_at, found) == (model.state, model.ends, model.said)
            assert is_over(it, model.now) == (model.ends is not None and model.ends <= model.now)

    @invariant()
    def inv_41_42_one_engagement_and_one_agreement_governs(self):
        with reading() as db:
            it = db.get_one(Engagement, self.life.id)
            agreements = history(db, it)
            assert len(agreements) == self.model.agreements
            days = {line.notice_days for line in agreements[-1].terms.times}
            assert days == {self.model.notice}
            of_it = select(func.count()).where(
                Negotiation.engagement_id == it.id, Negotiation.state == NegotiationState.AGREED
            )
            assert db.scalar(of_it) == self.model.agreements

    @invariant()
    def inv_19_the_log_tells_where_it_stands(self):
        with reading() as db:
            told = db.execute(
                select(Event.kind, Event.at, Event.data, Event.actor_id)
                .where(Event.subject_kind == "engagement", Event.subject_id == self.life.id)
                .order_by(Event.id)
            ).all()
            it = db.get_one(Engagement, self.life.id)
            assert replayed(told) == (it.state, it.begun_at, it.ends_at)


def replayed(told):
    state, begun, ends = "agreed", None, None
    for kind, at, data, _actor in told:
        what = kind.removeprefix("engagements:work:")
        if what in ("begun", "resumed"):
            state, begun = "active", begun or at
        elif what == "paused":
            state = "paused"
        elif what in ("completed", "cancelled"):
            state, ends = what, at
        elif what == "ended":
            state, ends = "ended_early", at + timedelta(days=data["notice_days"])
    return state, begun, ends


def test_inv_19_41_42_work_is_lived_as_the_model_says(app, make_member):
    for name in PEOPLE:
        make_member(name)
    run_state_machine_as_test(
        Living,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
