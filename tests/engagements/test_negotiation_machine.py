"""Two to five parties put, accept, take back, withdraw, leave and close while the clock moves and
some of them stop speaking for whom they sign; an oracle keeps watch. `make nightly` does it longer.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from network.db import db as database
from network.engagements import access
from network.engagements.kinds import Clause
from network.engagements.models import Acceptance, Engagement, Negotiation, Version
from network.engagements.services import beginning
from network.errors import Conflict, NotFound, Refusal
from network.events.models import Event
from network.members.models import Block, Member
from tests.conftest import NOON, MakeMember
from tests.engagements.deeds import (
    FIRST,
    PEOPLE,
    SAID,
    acts,
    begin,
    deed_of,
    do,
    keep_people,
    later,
    stored,
    waits,
)
from tests.engagements.oracle import Deed, Oracle

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "15"))
PHASES = tuple(Phase) if EXAMPLES > 15 else (Phase.explicit, Phase.reuse, Phase.generate)
FAR = NOON + timedelta(days=3650)
VERSION, ACCEPTANCE, ENGAGEMENT = (each.__table__ for each in (Version, Acceptance, Engagement))
AT = Version.negotiation_id == Acceptance.negotiation_id, Version.number == Acceptance.number


class Machine(RuleBasedStateMachine):
    """The services beside the oracle, in one transaction that is undone at the end."""

    ids: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.db = Session(database.engine, expire_on_commit=False)
        self.people = {name: self.db.get_one(Member, each) for name, each in self.ids.items()}
        self.step = self.works = 0
        self.written: list[str] = []
        self.finished: list[tuple[int, object]] = []

    def teardown(self) -> None:
        """INV-09, INV-36: what is in terms is not in the log, of which others read."""
        logged = json.dumps(self.db.scalars(select(Event.data)).all())
        self.db.rollback()
        self.db.close()
        assert not any(words in logged for words in self.written)

    @initialize(
        many=st.integers(2, 5), signs=st.sets(st.sampled_from(PEOPLE)), agreed=st.booleans()
    )
    def some_begin(self, many: int, signs: set[str], agreed: bool) -> None:
        self._begin(many, signs, NOON, set(PEOPLE))
        if agreed:
            self.do(FIRST)
            for who in range(1, many):
                self.do({**FIRST, "verb": "accept", "who": who})
            self.somebody_begins_to_change_it(many)

    def _begin(self, many: int, signs: set[str], now: datetime, speaks: set[str]) -> None:
        names = set(PEOPLE[:many])
        oracle = Oracle(now, names, frozenset(signs & names & speaks), speaks)
        self._sit_down(begin(self.db, many, oracle.signs, now=now).id, oracle)

    def _sit_down(self, number: int, oracle: Oracle) -> None:
        self.id, self.oracle = number, oracle
        self.kept: list[tuple[object, ...]] = []
        self.last_put: Deed | None = None

    @rule(act=acts)
    def do(self, act: dict) -> None:
        self.step += 1
        deed = deed_of(act, self.oracle, self.step)
        last, was_agreed = self.oracle.last, self.oracle.state == "agreed"
        assert self._request(deed) == self.oracle.do(deed), deed
        if self.oracle.state == "agreed" and not was_agreed and not self.oracle.amends:
            self.works += 1
        if self.oracle.last > last:
            newest = VERSION.c.negotiation_id == self.id, VERSION.c.number == self.oracle.last
            self.kept += self.db.execute(select(VERSION).where(*newest)).all()
            self.last_put = deed
            self.written.append(deed.words)

    @rule(act=acts)
    def accept(self, act: dict) -> None:
        self.do({**act, "verb": "accept", "late": 0, "misread": 0})

    @rule(wait=waits)
    def wait(self, wait: tuple[str, int]) -> None:
        self.oracle.now = later(self.oracle, wait)

    @precondition(lambda self: self.last_put is not None)
    @rule()
    def send_once_more(self) -> None:
        """INV-20: a double click, or an answer that never came. A block counts with the first."""
        for turn in range(2):
            before = self._everything()
            assert self._request(self.last_put) == self.oracle.do(self.last_put)
            assert turn == 0 or self._everything() == before

    @precondition(lambda self: self.last_put is not None)
    @rule(words=st.sampled_from(("Other words.", "")))
    def send_other_words_from_the_same_form(self, words: str) -> None:
        """INV-20: they are never taken for the first ones."""
        deed = replace(self.last_put, words=words or self.last_put.words, until=FAR)
        assert self._request(deed) == self.oracle.do(deed)

    @precondition(lambda self: self.oracle.state != "open" and self.step % 3 == 0)
    @rule(many=st.integers(2, 5), signs=st.sets(st.sampled_from(PEOPLE)))
    def others_begin(self, many: int, signs: set[str]) -> None:
        """INV-41: what is over stays as it is, while something else begins."""
        self.step += 1
        self.finished.append((self.id, stored(self.db, self.id)))
        self.db.execute(delete(Block))
        self._begin(many, signs, self.oracle.now, self.oracle.speaks)

    @precondition(lambda self: self.oracle.state == "agreed")
    @rule(who=st.integers(0, 4))
    def somebody_begins_to_change_it(self, who: int) -> None:
        """INV-42: what was agreed goes on meanwhile."""
        self.step += 1
        before, names = self.oracle, sorted(self.oracle.parties)
        began = names[who % len(names)]
        oracle = replace(
            before,
            state="open",
            parties=set(names),
            accepted=set(),
            versions=[],
            table=0,
            began=began,
            amends=True,
        )
        if any(oracle.are_apart(*pair) for pair in combinations(names, 2)):
            with pytest.raises(Conflict), self.db.begin_nested():
                self._amend(began)
            self.db.expire_all()
        else:
            self.finished.append((self.id, stored(self.db, self.id)))
            self._sit_down(self._amend(began), oracle)

    def _amend(self, who: str) -> int:
        now, me, submission = self.oracle.now, self.people[who], f"change {self.step}"
        work = access.engagement_for(self.db, me, self._engagement().key, now=now)
        return beginning.amend(self.db, work, actor=me, now=now, submission=submission).id

    def _engagement(self) -> Engagement:
        it = self.db.get_one(Negotiation, self.id)
        return self.db.get_one(Engagement, it.engagement_id)

    @invariant()
    def inv_32_to_34_it_stands_as_the_oracle_says(self) -> None:
        assert stored(self.db, self.id) == self.oracle.stands

    @invariant()
    def inv_30_35_versions_stay_as_they_were_put(self) -> None:
        there = select(VERSION).where(VERSION.c.negotiation_id == self.id)
        found = self.db.execute(there.order_by(VERSION.c.number)).all()
        assert found == self.kept
        for number, each in enumerate(found, 1):
            assert (each.number, each.parent or 0) == (number, number - 1)
            assert each.digest == hashlib.sha256(each.text.encode()).hexdigest()

    @invariant()
    def inv_32_35_a_yes_is_to_these_bytes_and_in_time(self) -> None:
        yes = self.db.execute(
            select(Acceptance.digest, Acceptance.at, VERSION.c.digest, VERSION.c.valid_until)
            .join(Version, and_(*AT))
            .where(Acceptance.negotiation_id == self.id)
        )
        for shown, at, digest, valid_until in yes:
            assert shown == digest
            assert valid_until is None or at < valid_until

    @invariant()
    def inv_41_each_agreement_is_one_engagement_and_what_is_over_stays(self) -> None:
        rows = self.db.execute(select(Negotiation.engagement_id, Negotiation.state)).all()
        agreed = {engagement for engagement, state in rows if state == "agreed"}
        assert agreed == set(self.db.scalars(select(Engagement.id)))
        assert len(agreed) == self.works
        for each, stood in self.finished:
            assert stored(self.db, each) == stood

    @precondition(lambda self: self.oracle.state == "agreed")
    @invariant()
    def inv_42_what_was_agreed_last_governs(self) -> None:
        name = min(self.oracle.parties)
        work = access.engagement_for(
            self.db, self.people[name], self._engagement().key, now=self.oracle.now
        )
        assert (work.seen.negotiation.id, work.version.number) == (self.id, self.oracle.table)
        assert work.terms.clause(Clause.PURPOSE) == self.oracle.versions[-1].words

    @invariant()
    def inv_36_terms_are_there_for_their_parties_alone(self) -> None:
        name = PEOPLE[self.step % len(PEOPLE)]
        key = self.db.get_one(Negotiation, self.id).key
        there = name in self.oracle.everyone
        with nullcontext() if there else pytest.raises(NotFound):
            seen = access.negotiation_for(self.db, self.people[name], key, now=self.oracle.now)
            assert len(seen.parties) == len(self.oracle.parties)
            assert seen.is_open == (not self.oracle.is_over and name in self.oracle.parties)
            assert len(seen.names) == sum(self._may_name(name, each) for each in PEOPLE)

    def _may_name(self, reader: str, party: str) -> bool:
        if party not in self.oracle.everyone:
            return False
        signed = self.oracle.state == "agreed" and reader in self.oracle.parties
        return signed or not self.oracle.are_apart(reader, party)

    def _request(self, deed: Deed) -> str:
        """Act as a request does: keep everything, or undo everything and say one refusal."""
        point = self.db.begin_nested()
        try:
            do(self.db, self.id, deed, self.oracle.now)
        except Refusal as refusal:
            point.rollback()
            self.db.expire_all()
            return SAID[type(refusal)]
        point.commit()
        return ""

    def _everything(self) -> object:
        self.db.flush()
        found = (VERSION, ACCEPTANCE, ENGAGEMENT)
        return [self.db.execute(select(each)).all() for each in found], self._events()

    def _events(self) -> int:
        return self.db.scalars(select(func.count(Event.id))).one()


def test_inv_30_to_41_whatever_parties_do_in_whatever_order(
    app: Flask, db: Session, make_member: MakeMember
) -> None:
    kind = type("MachineHere", (Machine,), {"ids": keep_people(db, make_member)})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=EXAMPLES,
            # The same histories each time: a failure is met again. Ask for more, and others come.
            derandomize=EXAMPLES == 15,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
