"""Five people introduce, ask, carry, answer, part and wait in any order; an oracle keeps watch."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import permutations

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
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from network.asks import queries as asked
from network.asks import services as asks
from network.asks.access import ask_to_answer, ask_to_withdraw
from network.asks.models import Ask
from network.conversations.models import Conversation, Participant
from network.db import db as database
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from network.events.models import Delivery, Event
from network.members.kinds import WhoMayWrite
from network.members.models import Member, Shield
from network.members.services import boundaries, participation
from network.relationships import access
from network.relationships.kinds import CONNECTION
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries import introductions as queries
from network.relationships.services import connections
from network.relationships.services import introductions as services
from tests.conftest import NOON, MakeMember
from tests.relationships.oracle import CARRY, CONSENT, COOLING_OFF, Introduced, Letter, No, Oracle
from tests.relationships.replay import Replay

NAMES = ("ama", "bea", "cai", "dara", "eli")
TIED = ("dara ama", "dara bea", "dara cai", "ama cai", "cai eli")
LONG_AGO = NOON - timedelta(days=200)
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "12"))
PHASES = tuple(Phase) if EXAMPLES > 12 else (Phase.explicit, Phase.reuse, Phase.generate)
FAR = timedelta(days=3650)
WORDS = tuple(f"You both left a kitchen that runs itself, {time}." for time in "abcdef")
REFUSALS = {
    "not found": NotFound,
    "not allowed": NotAllowed,
    "conflict": Conflict,
    "invalid": Invalid,
}
KINDS = {CONSENT: services.CONSENT_KIND, CARRY: services.CARRY_KIND}
# Whom somebody knows: most of what can go wrong goes wrong among these.
ANYBODY = st.sampled_from((*NAMES, "dara", "ama", "bea"))
THREES = (("dara", "ama", "bea"), ("dara", "bea", "cai"), ("ama", "dara", "cai"))
WAYS = (("ama", "dara", "bea"), ("eli", "cai", "dara"), ("dara", "cai", "eli"))
ANY_THREE = st.tuples(ANYBODY, ANYBODY, ANYBODY)
THREE = st.integers(0, 9).flatmap(lambda n: st.sampled_from(THREES) if n else ANY_THREE)
ON_THE_WAY = st.integers(0, 9).flatmap(lambda n: st.sampled_from(WAYS) if n else ANY_THREE)
SOME_WORDS = st.sampled_from((*WORDS, *WORDS, "Hi"))
NUMBER = st.integers(0, 40)
DAYS = (1, 1, 13, 14, 90)
STEPS = st.one_of(
    st.integers(-5, 72).map(lambda hours: timedelta(hours=hours)),
    st.sampled_from(DAYS).map(lambda days: timedelta(days=days)),
    st.sampled_from(DAYS).map(lambda days: timedelta(days=days, hours=-2)),
)
ANSWERS = st.sampled_from(("yes", "yes", "yes", "no", "later", "take back"))


class Machine(RuleBasedStateMachine):
    """The services, as views call them, beside the oracle. Each act is kept or undone, whole."""

    ids: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle(
            NOON,
            ties={frozenset(pair.split()) for pair in TIED},
            takes=set(NAMES),
            ways=set(NAMES),
        )
        self.db = Session(database.engine, expire_on_commit=False)
        self.people = {name: self.db.get_one(Member, each) for name, each in self.ids.items()}
        self.rows: dict[Letter, Ask] = {}
        self.things: dict[Introduced, Introduction] = {}
        self.asked_at: dict[tuple[str, str], object] = {}
        self.again: Callable[[], object] | None = None
        self.log = Replay()
        self.looked_at: object = None
        self.sent = 0

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    # What people do

    @initialize(one=st.sampled_from(THREES), other=THREE, way=ON_THE_WAY)
    def something_has_begun(
        self, one: tuple[str, ...], other: tuple[str, ...], way: tuple[str, ...]
    ) -> None:
        for each in (one, other):
            self.introduce(each, WORDS[0])
        self.ask_to_carry(way, WORDS[0])

    @rule(three=THREE, words=SOME_WORDS)
    def introduce(self, three: tuple[str, ...], words: str) -> None:
        who, one, other = (self.people[each] for each in three)
        sent = {"words": words, "submission": self._submission(), "now": self.oracle.now}

        def act() -> Introduction:
            return services.introduce(self.db, who, one, other, **sent)

        begun, row = self._do(lambda: self.oracle.introduce(*three, words), act)
        if begun is not None:
            self._know(begun, row)
            self.again = act

    @rule(three=ON_THE_WAY, words=SOME_WORDS)
    def ask_to_carry(self, three: tuple[str, ...], words: str) -> None:
        who, connector, target = (self.people[each] for each in three)
        sent = {"words": words, "submission": self._submission(), "now": self.oracle.now}

        def act() -> Ask:
            if not self.oracle.sees(three[0], three[2]) or who is target:
                raise NotFound  # a view finds nobody there
            return services.ask_to_carry(self.db, who, connector, target, **sent)

        letter, row = self._do(lambda: self.oracle.ask_to_carry(*three, words), act)
        if letter is not None:
            self.rows[letter] = row
            self.again = act

    @precondition(lambda self: self.again)
    @rule()
    def repeat_the_last_submission(self) -> None:
        """INV-20: double click, retry, two tabs."""
        before = self._snapshot()
        with suppress(NotFound):
            self.again()
        assert self._snapshot() == before

    @precondition(lambda self: self._letters(CARRY))
    @rule(number=NUMBER, words=st.sampled_from((None, *WORDS, "Hi")))
    def carry(self, number: int, words: str | None) -> None:
        letter = self._pick(self._letters(CARRY), number)
        row, words = self.rows[letter], letter.words if words is None else words
        me, now = self.people[letter.addressee], self.oracle.now
        if words != letter.words and letter.became is not None:
            return  # the page of one's own words is for what waits

        def act() -> None:
            ask = ask_to_answer(self.db, me, row.key, now=now)
            if words == letter.words:
                asks.accept(self.db, ask, services.CARRY_KIND, actor=me, now=now)
            else:
                services.carry_otherwise(self.db, ask, words=words, now=now)

        new = letter.became is None
        done, _none = self._do(lambda: self.oracle.carry(letter, words) or True, act)
        if done and new:
            self._know(
                letter.became,
                self.db.scalars(
                    select(Introduction).where(Introduction.submission == row.key)
                ).one(),
            )
            self._twice(act)

    @precondition(lambda self: self._letters(CONSENT))
    @rule(number=st.integers(0, 3), answer=ANSWERS, twice=st.booleans())
    def answer_one_of_the_newest(self, number: int, answer: str, twice: bool) -> None:
        self._answer(self._letters(CONSENT)[-4:], number, answer, twice)

    @precondition(lambda self: self._letters(CONSENT))
    @rule(number=st.integers(0, 1), both=st.sampled_from((True, False, False)))
    def say_yes(self, number: int, both: bool) -> None:
        newest = self._letters(CONSENT)[-4:]
        for each in (2 * number, 2 * number + 1)[: 1 + both]:
            self._answer(newest, each, "yes", False)

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, answer=ANSWERS, twice=st.booleans())
    def answer(self, number: int, answer: str, twice: bool) -> None:
        self._answer(list(self.rows), number, answer, twice)

    @precondition(lambda self: self._letters(CONSENT))
    @rule(number=NUMBER, mark=st.sampled_from(("", None, *WORDS)))
    def say_yes_to_words_that_are_not_these(self, number: int, mark: str | None) -> None:
        """INV-21: nothing is undone here, and nothing has changed all the same."""
        letter = self._pick(self._letters(CONSENT), number)
        row, me = self.rows[letter], self.people[letter.addressee]
        if mark == letter.words or letter.state == "accepted":
            return
        read = Ask(reason=mark).mark if mark else mark
        before = self._snapshot()
        with pytest.raises(Conflict):
            asks.accept(
                self.db, row, services.CONSENT_KIND, actor=me, now=self.oracle.now, read=read
            )
        assert self._snapshot() == before

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, actor=ANYBODY)
    def meddle(self, number: int, actor: str) -> None:
        """INV-18: whose it is not changes neither state nor log nor outbox."""
        letter = self._pick(list(self.rows), number)
        row, me, now = self.rows[letter], self.people[actor], self.oracle.now
        kind, before = KINDS[letter.kind], self._snapshot()
        tries = [lambda: access.introduction_carried(self.db, me, "zz-nothing")]
        if actor != letter.addressee:
            tries += [
                lambda: asks.accept(self.db, row, kind, actor=me, now=now, read=row.mark),
                lambda: asks.decline(self.db, row, kind, actor=me, now=now),
                lambda: asks.take_back(self.db, row, kind, actor=me, now=now),
                lambda: asks.let_go(row, actor=me),
                lambda: ask_to_answer(self.db, me, row.key, now=now),
            ]
        if actor != letter.asker:
            tries.append(lambda: asks.withdraw(self.db, row, actor=me, now=now))
        if actor != letter.asker or letter.thing is not None:
            tries.append(lambda: ask_to_withdraw(self.db, me, row.key))
        if letter.thing is not None and actor != letter.asker:
            thing = self.things[letter.thing]
            tries.append(lambda: access.introduction_carried(self.db, me, thing.key))
        for each in tries:
            with pytest.raises(NotFound):
                each()
        assert self._snapshot() == before

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER)
    def let_go(self, number: int) -> None:
        letter = self._pick(list(self.rows), number)
        asks.let_go(self.rows[letter], actor=self.people[letter.addressee])
        letter.again_at = None
        self.db.flush()

    @precondition(lambda self: self._letters(CARRY))
    @rule(number=NUMBER)
    def take_an_ask_back(self, number: int) -> None:
        letter = self._pick(self._letters(CARRY), number)
        if number % 2:
            return
        me = self.people[letter.asker]

        def act() -> None:
            ask = ask_to_withdraw(self.db, me, self.rows[letter].key)
            asks.withdraw(self.db, ask, actor=me, now=self.oracle.now)

        if self._do(lambda: self.oracle.withdraw_letter(letter) or True, act)[0]:
            self._twice(act)

    @precondition(lambda self: self.things)
    @rule(number=NUMBER, words=st.sampled_from((*WORDS, "Hi", None, None)))
    def reword_or_withdraw(self, number: int, words: str | None) -> None:
        self._change(number, words)

    @precondition(lambda self: self.things)
    @rule(number=NUMBER, turn=st.integers(0, 5), how=st.sampled_from(("end", "block", "lift")))
    def part(self, number: int, turn: int, how: str) -> None:
        """Two of the three of an introduction part, or meet again."""
        begun = self._pick(list(self.things), number)
        three = permutations((begun.introducer, *sorted(begun.pair)), 2)
        one, other = list(three)[turn]
        if how == "end":
            self._end(one, other)
        else:
            self._block_or_lift_a_block(one, other, lift=how == "lift")

    def _end(self, one: str, other: str) -> None:
        if self.oracle.connected(one, other):
            tie = connections.live_connection(self.db, self.ids[one], self.ids[other])
            for _twice in range(2):
                connections.end(self.db, tie, actor=self.people[one], now=self.oracle.now)
            self.oracle.end(one, other)

    def _block_or_lift_a_block(self, one: str, other: str, *, lift: bool) -> None:
        """INV-11: what a block closed stays closed."""
        me, them, now = self.people[one], self.people[other], self.oracle.now
        if lift and self.oracle.blocks:
            one, other = min(self.oracle.blocks)
            me, them = self.people[one], self.people[other]
            boundaries.unblock(self.db, me, blocked_id=them.id, now=now)
            self.oracle.blocks.discard((one, other))
        elif one != other:
            connections.block(self.db, me, them, now=now)
            self.oracle.block(one, other)

    @rule(one=ANYBODY, other=ANYBODY)
    def connect(self, one: str, other: str) -> None:
        oracle, me, them = self.oracle, self.people[one], self.people[other]
        meet = one != other and oracle.awake(other) and oracle.awake(one)
        if not (meet and oracle.sees(one, other) and oracle.sees(other, one)):
            return
        again = self.asked_at.get((one, other), LONG_AGO) + COOLING_OFF > oracle.now
        refused = Conflict if oracle.connected(one, other) or again else None
        sent = {"reason": WORDS[0], "submission": self._submission(), "now": oracle.now}

        def act() -> None:
            ask = asks.send(self.db, CONNECTION, asker=me, addressee=them, **sent)
            asks.accept(self.db, ask, CONNECTION, actor=them, now=oracle.now)

        self._request(refused, act)
        if refused is None:
            oracle.ties.add(frozenset((one, other)))
            self.asked_at[one, other] = oracle.now

    @rule(one=ANYBODY, other=ANYBODY, how=st.sampled_from(("pause", "shield", "ways")), n=NUMBER)
    def draw_back_or_come_forward(self, one: str, other: str, how: str, n: int) -> None:
        if how == "pause":
            self._pause_or_resume(one, (None, 1, 15)[n % 3])
        elif how == "ways":
            self._set_ways(one, takes=bool(n % 3), way=bool(n % 2))
        elif one != other:
            self._raise_or_lower_a_shield(one, other)

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.oracle.now = max(NOON, self.oracle.now + step)

    # What holds after each of them

    @invariant()
    def the_network_is_what_the_oracle_says(self) -> None:
        self.db.flush()
        states = dict(self.db.execute(select(Ask.id, Ask.state)).all())
        assert {row.id: states[row.id].value for row in self.rows.values()} == {
            self.rows[letter].id: letter.state for letter in self.rows
        }
        columns = (Introduction.id, Introduction.state, Introduction.version, Introduction.words)
        stored = [tuple(row) for row in self.db.execute(select(*columns))]
        assert sorted(stored) == sorted(
            (row.id, each.state, each.version, each.words) for each, row in self.things.items()
        )

    @invariant()
    def inv_12_17_one_letter_lives_between_two_and_each_one_ends(self) -> None:
        seen = set()
        for letter, row in self.rows.items():
            assert row.expires_at < self.oracle.now + FAR
            if letter.state == "waiting" and letter.is_open(self.oracle.now):
                pair = (letter.kind, frozenset((letter.asker, letter.addressee)))
                assert pair not in seen
                seen.add(pair)
        for row in self.things.values():
            for told in (queries.told_introducer, queries.told_party):
                assert told(row, self.oracle.now + FAR) is not queries.Told.OPEN

    @invariant()
    def inv_13_19_21_24_the_log_alone_tells_it_all(self) -> None:
        self.log.read(self.db.scalars(select(Event).where(Event.id > self.log.last)))
        letters = {row.id: letter.state for letter, row in self.rows.items()}
        # That time ran out is nobody's act: no event, and no job.
        told = {each: "waiting" if s == "lapsed" else s for each, s in letters.items()}
        assert {each: self.log.asks[each] for each in told} == told
        assert self.log.introductions == {
            row.id: (each.state, each.version) for each, row in self.things.items()
        }
        assert set(self.log.ties.values()) == {
            frozenset(self.ids[name] for name in pair) for pair in self.oracle.ties
        }

    @invariant()
    def inv_21_what_was_made_has_one_conversation_of_the_three(self) -> None:
        made = {
            row.id: {self.ids[name] for name in (each.introducer, *each.pair)}
            for each, row in self.things.items()
            if each.state == "made"
        }
        rows = self.db.execute(
            select(Conversation.id, Conversation.thing_id, Participant.member_id).join(
                Participant, Participant.conversation_id == Conversation.id
            )
        ).all()
        assert len({(one, thing) for one, thing, _who in rows}) == len(made)
        assert {t: {w for _, thing, w in rows if thing == t} for _, t, _ in rows} == made

    @invariant()
    def inv_14_22_23_each_is_told_what_they_may_know(self) -> None:
        apart = (self.oracle.ties, self.oracle.blocks, self.oracle.shields, self.oracle.paused)
        now = (self.oracle.now, self._snapshot(), repr(apart))
        if self.looked_at == now:
            return  # nothing has happened
        self.looked_at = now
        for name in NAMES:
            expected = {
                page: sorted(
                    ((self.rows.get(each) or self.things.get(each)).id, said) for each, said in told
                )
                for page, told in self.oracle.knows(name).items()
            }
            assert self._pages(name) == expected, name

    # How it is done

    def _pause_or_resume(self, one: str, days: int | None) -> None:
        me, now = self.people[one], self.oracle.now
        if one in self.oracle.paused:
            participation.resume(self.db, me, now=now)
            del self.oracle.paused[one]
            return
        until = None if days is None else now + timedelta(days=days)
        participation.pause(self.db, me, until=until, now=now)
        self.oracle.paused[one] = until

    def _raise_or_lower_a_shield(self, one: str, other: str) -> None:
        me, mark = self.people[one], f"@{other}.example"
        if (one, other) in self.oracle.shields:
            held = select(Shield).where(Shield.member_id == me.id, Shield.mark == mark)
            key = self.db.scalars(held).one().key
            boundaries.lower_shield(self.db, me, key=key, now=self.oracle.now)
            self.oracle.shields.discard((one, other))
        else:
            boundaries.raise_shield(self.db, me, against=mark, now=self.oracle.now)
            self.oracle.shields.add((one, other))

    def _set_ways(self, one: str, *, takes: bool, way: bool) -> None:
        participation.set_ways(
            self.db,
            self.people[one],
            who_may_write=WhoMayWrite.ANYONE,
            open_to_introductions=takes,
            shown_as_way=way,
            now=self.oracle.now,
        )
        for people, holds in ((self.oracle.takes, takes), (self.oracle.ways, way)):
            (people.add if holds else people.discard)(one)

    def _pages(self, name: str) -> dict[str, list[tuple[int, str]]]:
        db, me, now = self.db, self.people[name], self.oracle.now
        inbox, of_me = asked.inbox(db, me, now), queries.of_me(db, me, now)
        waiting, put_off = asked.due(db, me, now)
        assert asked.something_waits(db, me, now) == bool(inbox)
        assert {each.id for each in waiting} == {each.id for each in inbox}
        assert all((each.conversation is not None) == (each.told == "made") for each in of_me)
        sent = [each for each in asked.sent(db, me) if each.kind == CARRY]
        carried = queries.carried_by(db, me, now)
        pages = {
            "inbox": [(each.id, each.reason) for each in inbox],
            "answered": [(each.id, each.reason) for each in asked.answered(db, me, now)],
            "put off": [(each.id, each.reason) for each in put_off],
            "of me": [(each.ask.id, each.told.value) for each in of_me],
            "sent": [(each.id, asked.as_asker_sees(each, now).value) for each in sent],
            "carried": [(each.introduction.id, each.told.value) for each in carried],
        }
        return {page: sorted(found) for page, found in pages.items()}

    def _answer(self, letters: list[Letter], number: int, answer: str, twice: bool) -> None:
        letter = self._pick(letters, number)
        row, me, now = self.rows[letter], self.people[letter.addressee], self.oracle.now
        if letter.kind == CARRY and answer == "yes":
            return
        again_at = now + timedelta(days=30) if answer == "later" else None
        told = {
            "yes": lambda: self.oracle.yes(letter, letter.words),
            "no": lambda: self.oracle.no(letter),
            "later": lambda: self.oracle.no(letter, again_at),
            "take back": lambda: self.oracle.take_back(letter),
        }[answer]

        def act() -> None:
            ask, kind = ask_to_answer(self.db, me, row.key, now=now), KINDS[letter.kind]
            if answer == "yes":
                asks.accept(self.db, ask, kind, actor=me, now=now, read=ask.mark)
            elif answer == "take back":
                asks.take_back(self.db, ask, kind, actor=me, now=now)
            else:
                asks.decline(self.db, ask, kind, actor=me, now=now, again_at=again_at)

        if self._do(lambda: told() or True, act)[0] and twice:
            self._twice(act)

    def _change(self, number: int, words: str | None) -> None:
        begun = self._pick(list(self.things)[-3:], number)
        me, now, key = self.people[begun.introducer], self.oracle.now, self.things[begun].key

        def act() -> None:
            found = access.introduction_carried(self.db, me, key)
            if words is None:
                services.withdraw(self.db, found, actor=me, now=now)
            else:
                services.reword(self.db, found, words=words, actor=me, now=now)

        def told() -> bool:
            self.oracle.withdraw(begun) if words is None else self.oracle.reword(begun, words)
            return True

        if self._do(told, act)[0]:
            self._twice(act)

    def _do(self, told: Callable[[], object], act: Callable[[], object]) -> tuple[object, object]:
        """Do what the oracle allows, and be refused what it refuses."""
        try:
            expected, refused = told(), None
        except No as no:
            expected, refused = None, REFUSALS[str(no)]
        return expected, self._request(refused, act)

    def _request(self, refused: type[Refusal] | None, act: Callable[[], object]) -> object:
        """Act as a request does: keep everything, or undo everything and say one refusal."""
        self.db.flush()
        point = self.db.begin_nested()
        if refused is None:
            done = act()
            self.db.flush()
            point.commit()
            return done
        with pytest.raises(refused):
            act()
        point.rollback()
        self.db.expire_all()
        return None

    def _twice(self, act: Callable[[], object]) -> None:
        """INV-20."""
        before = self._snapshot()
        act()
        assert self._snapshot() == before

    def _know(self, begun: Introduced, row: Introduction) -> None:
        self.things[begun] = row
        names = {each: name for name, each in self.ids.items()}
        by_name = {names[each.addressee_id]: each for each in services.consents(self.db, row)}
        self.rows |= {letter: by_name[letter.addressee] for letter in begun.letters}

    def _letters(self, kind: str) -> list[Letter]:
        return [each for each in self.rows if each.kind == kind]

    def _pick(self, found: list, number: int) -> object:
        return found[number % len(found)]

    def _submission(self) -> str:
        self.sent += 1
        return f"submission {self.sent}"

    def _snapshot(self) -> tuple[object, ...]:
        self.db.flush()
        return tuple(
            tuple(map(tuple, self.db.execute(what)))
            for what in (
                select(Ask.id, Ask.state, Ask.reason, Ask.again_at, Ask.ended_at),
                select(Introduction.id, Introduction.state, Introduction.words),
                select(Participant.id, Participant.left_at),
                select(func.count(Event.id)),
                select(func.count(Delivery.id)),
            )
        )


@pytest.fixture
def ids(app: Flask, make_member: MakeMember) -> dict[str, int]:
    """Five people, some of whom have been connected for long; each is shown as a way."""
    made = {name: make_member(name, joined_at=LONG_AGO).id for name in NAMES}
    with transaction() as db:
        people = {name: db.get_one(Member, each) for name, each in made.items()}
        for pair in TIED:
            one, other = (people[name] for name in pair.split())
            sent = {"reason": WORDS[0], "submission": pair, "now": LONG_AGO}
            ask = asks.send(db, CONNECTION, asker=one, addressee=other, **sent)
            asks.accept(db, ask, CONNECTION, actor=other, now=LONG_AGO)
        for each in people.values():
            participation.set_ways(
                db,
                each,
                who_may_write=WhoMayWrite.ANYONE,
                open_to_introductions=True,
                shown_as_way=True,
                now=LONG_AGO,
            )
    return made


def test_inv_12_to_24_hold_for_every_history(ids: dict[str, int]) -> None:
    kind = type("MachineHere", (Machine,), {"ids": ids})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=EXAMPLES,
            # The same histories each time: a failure is met again. Ask for more, and others come.
            derandomize=EXAMPLES == 12,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Two at once

Act = Callable[[Session, dict[str, Member], Introduction], object]


def says_yes(who: str) -> Act:
    def act(db: Session, people: dict[str, Member], found: Introduction) -> None:
        me, kind, now = people[who], services.CONSENT_KIND, found.sent_at
        (ask,) = (each for each in services.consents(db, found) if each.addressee_id == me.id)
        asks.accept(db, ask, kind, actor=me, now=now, read=Ask(reason=WORDS[0]).mark)

    return act


def rewords(db: Session, people: dict[str, Member], found: Introduction) -> None:
    services.reword(db, found, words=WORDS[1], actor=people["dara"], now=found.sent_at)


def withdraws(db: Session, people: dict[str, Member], found: Introduction) -> None:
    services.withdraw(db, found, actor=people["dara"], now=found.sent_at)


def blocks(db: Session, people: dict[str, Member], found: Introduction) -> None:
    connections.block(db, people["ama"], people["bea"], now=found.sent_at)


def ends(db: Session, people: dict[str, Member], found: Introduction) -> None:
    tie = connections.live_connection(db, people["dara"].id, people["ama"].id)
    connections.end(db, tie, actor=people["ama"], now=found.sent_at)


def takes_back(db: Session, people: dict[str, Member], found: Introduction) -> None:
    me, kind, now = people["ama"], services.CONSENT_KIND, found.sent_at
    (ask,) = (each for each in services.consents(db, found) if each.addressee_id == me.id)
    asks.take_back(db, ask, kind, actor=me, now=now)


def at_once(app: Flask, ids: dict[str, int], key: str, *acts: Act) -> list[str]:
    """Do these at once, each in a transaction of its own; return how each of them ended."""
    ready, said = threading.Barrier(len(acts)), []

    def run(act: Act) -> None:
        with app.app_context():
            ready.wait()
            try:
                with transaction() as db:
                    people = {name: db.get_one(Member, each) for name, each in ids.items()}
                    act(db, people, db.scalars(BY_KEY, {"key": key}).one())
            except Exception as error:  # noqa: BLE001  # a thread's own error is seen by nobody
                said.append(type(error).__name__)
            else:
                said.append("")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


BY_KEY = select(Introduction).where(Introduction.key == bindparam("key"))


def anew(db: Session, people: dict[str, Member], turn: int) -> Introduction:
    """Let Dara write to Ama and Bea, whatever parted them the last time."""
    now = NOON + turn * timedelta(days=100)
    ama, bea, dara = (people[name] for name in ("ama", "bea", "dara"))
    boundaries.unblock(db, ama, blocked_id=bea.id, now=now)
    if connections.live_connection(db, dara.id, ama.id) is None:
        sent = {"reason": WORDS[0], "submission": f"again {turn}", "now": now}
        ask = asks.send(db, CONNECTION, asker=dara, addressee=ama, **sent)
        asks.accept(db, ask, CONNECTION, actor=ama, now=now)
    sent = {"words": WORDS[0], "submission": f"turn {turn}", "now": now}
    return services.introduce(db, dara, ama, bea, **sent)


THE_OTHER_YES = says_yes("ama")
AGAINST = (THE_OTHER_YES, rewords, withdraws, blocks, ends, takes_back)


@pytest.mark.parametrize("against", AGAINST, ids=lambda act: act.__name__)
def test_inv_21_a_second_yes_that_races_makes_it_once_and_to_these_words_or_not_at_all(
    app: Flask, ids: dict[str, int], against: Act
) -> None:
    for turn in range(6):
        with transaction() as db:
            people = {name: db.get_one(Member, each) for name, each in ids.items()}
            found = anew(db, people, turn)
            if against is not THE_OTHER_YES:
                THE_OTHER_YES(db, people, found)
        acts = (says_yes("bea"), against)[:: 1 if turn % 2 else -1]
        said = at_once(app, ids, found.key, *acts)
        assert set(said) <= {"", "Conflict"}
        with reading() as db:
            now = db.scalars(BY_KEY, {"key": found.key}).one()
            rooms = select(Conversation).where(Conversation.thing_id == now.id)
            made = now.state is IntroductionState.MADE
            assert len(db.scalars(rooms).all()) == made
            assert not made or now.words == WORDS[0]
            assert made or against is not THE_OTHER_YES
            states = [each.state.value for each in services.consents(db, now)]
            assert not made or states == ["accepted", "accepted"]
