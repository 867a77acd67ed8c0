"""Two to five parties put, accept, take back, withdraw, leave and close while the clock moves; a
plain model keeps watch.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
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

from network.conversations.models import About, Conversation, Participant
from network.db import reading, transaction
from network.engagements.kinds import Clause, Kind
from network.engagements.models import Acceptance, Engagement, Negotiation, Party, Version
from network.engagements.services import beginning, negotiating
from network.engagements.terms import OtherLine, Terms
from network.errors import Conflict, NotAllowed, NotFound, Refusal
from network.members.kinds import Work
from network.members.models import Member
from tests.conftest import NOON

PEOPLE = ("ama", "bea", "cai", "dov", "eli")
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "15"))
PHASES = tuple(Phase) if EXAMPLES > 15 else (Phase.explicit, Phase.reuse, Phase.generate)
DEEDS = (
    *("put",) * 5,
    *("accept",) * 9,
    *("take back",) * 2,
    *("wait",) * 3,
    *("withdraw", "leave", "close"),
)
DAY = timedelta(days=1)


@dataclass
class Model:
    """What DESIGN.md 4.7 says of a negotiation, without a database."""

    parties: set[str]
    now: datetime = NOON
    moved: datetime = NOON
    state: str = "open"
    last: int = 0
    table: int = 0
    author: str = ""
    valid: datetime | None = None
    accepted: set[str] = field(default_factory=set)

    def must_be_open(self, who: str) -> None:
        if who not in self.parties:
            raise NotFound
        if self.state != "open" or self.moved + 60 * DAY <= self.now:
            raise Conflict

    def put(self, who: str, over: int, days: int) -> None:
        self.must_be_open(who)
        if over != self.last:
            raise Conflict
        self.last += 1
        self.table, self.author, self.accepted = self.last, who, set()
        self.valid = self.now + days * DAY if days else None
        self.say_yes(who)

    def accept(self, who: str, number: int) -> None:
        if who in self.parties and self.state == "agreed" and number == self.table:
            return
        self.must_be_open(who)
        if not number or number != self.table:
            raise Conflict
        if self.valid is not None and self.valid <= self.now:
            raise Conflict
        self.say_yes(who)

    def say_yes(self, who: str) -> None:
        self.accepted.add(who)
        self.moved = self.now
        if self.accepted >= self.parties:
            self.state = "agreed"

    def take_back(self, who: str, number: int) -> None:
        self.must_be_open(who)
        if not number or number != self.table:
            raise Conflict
        if who in self.accepted:
            self.accepted.discard(who)
            self.moved = self.now

    def withdraw(self, who: str, number: int) -> None:
        self.must_be_open(who)
        if not number or number != self.table:
            raise Conflict
        if who != self.author:
            raise NotAllowed
        self.clear()

    def leave(self, who: str) -> None:
        self.must_be_open(who)
        self.parties.discard(who)
        self.clear()
        if len(self.parties) < 2:
            self.state = "closed"

    def close(self, who: str) -> None:
        if who in self.parties and self.state == "closed":
            return
        self.must_be_open(who)
        if who != "ama":
            raise NotAllowed
        self.clear()
        self.state = "closed"

    def clear(self) -> None:
        self.table, self.accepted, self.moved = 0, set(), self.now


def terms_of(step):
    line = OtherLine("p", Kind.OTHER, "", "", f"What was said in step {step}.")
    return Terms("Terms", Work.PROJECT, {Clause.PURPOSE: f"Step {step}."}, others=(line,))


class Negotiating(RuleBasedStateMachine):
    make_member = None  # filled in by the test

    @initialize(many=st.integers(2, 5))
    def begin(self, many):
        self.names, self.step = PEOPLE[:many], 0
        self.model = Model(set(self.names))
        with transaction() as db:
            people = {
                name: db.scalars(select(Member).where(Member.handle == name)).one()
                for name in self.names
            }
            self.negotiation_id = begun(db, people).id
        with reading() as db:
            rows = db.execute(
                select(Member.handle, Party.key, Party.id)
                .join(Party, Party.member_id == Member.id)
                .where(Party.negotiation_id == self.negotiation_id)
            )
            self.keys = {handle: (key, row) for handle, key, row in rows}

    @rule(
        deed=st.sampled_from(DEEDS),
        who=st.sampled_from(PEOPLE),
        late=st.sampled_from((0, 0, 0, 0, 1)),
        days=st.sampled_from((0, 0, 7, 30)),
        hours=st.sampled_from((-5, 1, 30, 200, 24 * 61)),
    )
    def do(self, deed, who, late, days, hours):
        self.step += 1
        if deed == "wait":
            self.model.now += timedelta(hours=hours)
            return
        if who not in self.names:
            who = self.names[self.step % len(self.names)]
        number = max(0, self.model.table - late)
        model, real = {
            "put": (
                lambda: self.model.put(who, self.model.last - late, days),
                lambda db, it, actor: self.put(db, it, actor, who, self.model_last - late, days),
            ),
            "accept": (
                lambda: self.model.accept(who, number),
                lambda db, it, actor: negotiating.accept(
                    db, it, actor=actor, number=number, shown=self.shown(db, number), now=self.now
                ),
            ),
            "take back": (
                lambda: self.model.take_back(who, number),
                lambda db, it, actor: negotiating.take_back(
                    db, it, actor=actor, number=number, now=self.now
                ),
            ),
            "withdraw": (
                lambda: self.model.withdraw(who, number),
                lambda db, it, actor: negotiating.withdraw(
                    db, it, actor=actor, number=number, now=self.now
                ),
            ),
            "leave": (
                lambda: self.model.leave(who),
                lambda db, it, actor: negotiating.leave(db, it, actor=actor, now=self.now),
            ),
            "close": (
                lambda: self.model.close(who),
                lambda db, it, actor: negotiating.close(db, it, actor=actor, now=self.now),
            ),
        }[deed]
        self.now, self.model_last = self.model.now, self.model.last
        assert outcome(self.negotiation_id, who, real) == said(model), (deed, who, number)

    def put(self, db, negotiation, actor, who, over, days):
        others = [name for name in self.names if name != who and name in self.model_parties(db)]
        giver, receiver = self.keys[who][0], self.keys[(others or [who])[0]][0]
        terms = terms_of(self.step)
        line = replace(terms.others[0], giver=giver, receiver=receiver)
        negotiating.put(
            db,
            negotiation,
            actor=actor,
            terms=replace(terms, others=(line,)),
            over=over,
            now=self.now,
            submission=f"s{self.step}",
            valid_until=self.now + days * DAY if days else None,
        )

    def model_parties(self, db):
        there = select(Member.handle).join(Party, Party.member_id == Member.id)
        found = there.where(Party.negotiation_id == self.negotiation_id, Party.left_at.is_(None))
        return set(db.scalars(found))

    def shown(self, db, number):
        version = db.get(Version, (self.negotiation_id, number))
        return version.digest if version else "0" * 64

    @invariant()
    def inv_30_to_41_what_is_stored_is_what_was_said(self):
        if not hasattr(self, "negotiation_id"):
            return
        with reading() as db:
            it = db.get_one(Negotiation, self.negotiation_id)
            assert (it.state, it.last, it.on_table) == (
                self.model.state,
                self.model.last,
                self.model.table,
            )
            versions = db.scalars(
                select(Version).where(Version.negotiation_id == it.id).order_by(Version.number)
            ).all()
            assert [each.number for each in versions] == list(range(1, it.last + 1))
            assert [each.parent or 0 for each in versions] == list(range(it.last))
            accepted = negotiating.accepted_by(db, it, it.on_table)
            assert accepted == {self.keys[name][1] for name in self.model.accepted}
            engagements = db.scalar(select(func.count()).select_from(Engagement))
            assert engagements == (self.model.state == "agreed")
            for acceptance in db.scalars(
                select(Acceptance).where(Acceptance.negotiation_id == it.id)
            ):
                version = versions[acceptance.number - 1]
                assert acceptance.digest == version.digest


def begun(db, people):
    first = next(iter(people.values()))
    conversation = Conversation(
        about=About.GROUP,
        opener_id=first.id,
        submission=os.urandom(8).hex(),
        opened_at=NOON,
        moved_at=NOON,
    )
    db.add(conversation)
    db.flush()
    for each in people.values():
        db.add(Participant(conversation_id=conversation.id, member_id=each.id, joined_at=NOON))
    db.flush()
    return beginning.begin(
        db,
        conversation,
        actor=first,
        signs=dict.fromkeys([each.id for each in people.values()]),
        now=NOON,
        submission=os.urandom(8).hex(),
    )


def said(model):
    try:
        model()
    except Refusal as refusal:
        return type(refusal)
    return None


def outcome(negotiation_id, who, real):
    try:
        with transaction() as db:
            it = db.get_one(Negotiation, negotiation_id)
            actor = db.scalars(select(Member).where(Member.handle == who)).one()
            real(db, it, actor)
    except Refusal as refusal:
        return type(refusal)
    return None


def test_inv_30_to_41_whatever_parties_do_in_whatever_order(app, make_member):
    for name in PEOPLE:
        make_member(name)
    run_state_machine_as_test(
        Negotiating,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
