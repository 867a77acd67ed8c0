"""What the design says of a negotiation, in plain Python: who may do what, and what follows.

Written from DESIGN.md 4.7 and INV-30 to 41. It imports nothing of the application. A deed says what
its doer saw, so that it means the same whenever it arrives: of deeds that were done at once, the
oracle can be asked in which order they have happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

IDLE = timedelta(days=60)


class No(Exception):  # it is the word that is said
    """A refusal: "not found", "not allowed", "conflict" or "invalid"."""


def unless(holds: bool, refusal: str) -> None:
    if not holds:
        raise No(refusal)


@dataclass(frozen=True)
class Deed:
    """One act of one person. `number` is the version that they mean, `shown` the one they read.

    Of terms, `between` is who gives to whom, `flaw` is what is wrong with them, and `until` how
    long they are open. Of a block, `between` is who is blocked.
    """

    verb: str
    who: str
    number: int = 0
    shown: int = 0
    between: tuple[str, ...] = ()
    words: str = ""
    flaw: str = ""
    until: datetime | None = None
    submission: str = ""


@dataclass
class Oracle:
    """How a negotiation stands. Who `signs` for an organisation has to be one who `speaks`.

    What `amends` agreed work ends with the first who leaves it.
    """

    now: datetime
    parties: set[str]
    signs: frozenset[str] = frozenset()
    speaks: set[str] = field(default_factory=set)
    blocks: set[tuple[datetime, str, str]] = field(default_factory=set)
    began: str = "ama"
    amends: bool = False
    state: str = "open"
    versions: list[Deed] = field(default_factory=list)
    table: int = 0
    accepted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.moved = self.now
        self.everyone = frozenset(self.parties)

    @property
    def last(self) -> int:
        return len(self.versions)

    @property
    def until(self) -> datetime | None:
        return self.versions[-1].until if self.table else None

    @property
    def is_over(self) -> bool:
        return self.state != "open" or self.moved + IDLE <= self.now

    @property
    def stands(self) -> tuple[object, ...]:
        there, accepted = frozenset(self.parties), frozenset(self.accepted)
        return self.state, self.last, self.table, there, accepted, self.moved

    def do(self, deed: Deed) -> str:
        """Let it happen and return nothing, or return how it is refused: then nothing changed."""
        before = {name: copy(value) for name, value in vars(self).items()}
        try:
            getattr(self, deed.verb)(deed)
        except No as no:
            vars(self).update(before)
            return str(no)
        return ""

    def are_apart(self, one: str, other: str) -> bool:
        return any({one, other} == {blocker, blocked} for _at, blocker, blocked in self.blocks)

    def would(self, deeds: Iterable[Deed]) -> tuple[list[str], tuple[object, ...]]:
        """Return what each is told, one after the other, and how it would stand then."""
        other = deepcopy(self)
        return [other.do(deed) for deed in deeds], other.stands

    def put(self, deed: Deed) -> None:
        """INV-20, INV-30, INV-31, INV-33, INV-37 to 40."""
        self._come(deed)
        if deed in self.versions:
            return
        self._must_be_open()
        unless(deed.number == self.last, "conflict")
        unless(not deed.flaw and set(deed.between) <= self.parties, "invalid")
        unless(deed.until is None or deed.until > self.now, "invalid")
        self._must_speak(deed)
        self.versions.append(deed)
        self.table, self.accepted = self.last, set()
        self._say_yes(deed)

    def accept(self, deed: Deed) -> None:
        """INV-32, INV-34, INV-35, INV-40."""
        self._come(deed)
        if self.state == "agreed" and deed.number == self.table:
            return
        self._must_be_on_table(deed)
        unless(deed.shown == deed.number, "conflict")
        unless(self.until is None or self.until > self.now, "conflict")
        self._must_speak(deed)
        self._say_yes(deed)

    def take_back(self, deed: Deed) -> None:
        self._come(deed)
        self._must_be_on_table(deed)
        if deed.who in self.accepted:
            self.accepted.discard(deed.who)
            self.moved = self.now

    def withdraw(self, deed: Deed) -> None:
        """INV-20."""
        self._come(deed)
        self._must_be_open()
        is_last = not self.table and 0 < deed.number == self.last
        if is_last and deed.who == self.versions[-1].who:
            return
        self._must_be_on_table(deed)
        unless(deed.who == self.versions[-1].who, "not allowed")
        self._clear_table()

    def leave(self, deed: Deed) -> None:
        """INV-20, INV-33."""
        try:
            self._come(deed)
        except No:
            if deed.who in self.everyone:
                return
            raise
        self._must_be_open()
        self._go(deed.who)

    def close(self, deed: Deed) -> None:
        self._come(deed)
        if self.state == "closed":
            return
        self._must_be_open()
        unless(deed.who == self.began, "not allowed")
        self._clear_table()
        self.state = "closed"

    def stop_speaking(self, deed: Deed) -> None:
        """INV-40: whatever they accepted stays accepted."""
        self.speaks.discard(deed.who)

    def speak_again(self, deed: Deed) -> None:
        self.speaks.add(deed.who)

    def block(self, deed: Deed) -> None:
        """Whoever blocks another party has left, as soon as anything happens here."""
        (blocked,) = deed.between
        pairs = {(blocker, other) for _at, blocker, other in self.blocks}
        if (deed.who, blocked) not in pairs:
            self.blocks.add((self.now, deed.who, blocked))

    def unblock(self, deed: Deed) -> None:
        self.blocks = {each for each in self.blocks if each[1] != deed.who}

    def _come(self, deed: Deed) -> None:
        if not self.is_over:
            for _at, blocker, blocked in sorted(self.blocks):
                if self.state == "open" and {blocker, blocked} <= self.parties:
                    self._go(blocker)
        unless(deed.who in self.parties, "not found")

    def _go(self, who: str) -> None:
        self.parties.discard(who)
        self._clear_table()
        if self.amends or len(self.parties) < 2:
            self.state = "closed"

    def _say_yes(self, deed: Deed) -> None:
        self.accepted.add(deed.who)
        self.moved = self.now
        if self.accepted >= self.parties:
            self.state = "agreed"

    def _clear_table(self) -> None:
        self.table, self.accepted, self.moved = 0, set(), self.now

    def _must_be_open(self) -> None:
        """INV-41."""
        unless(not self.is_over, "conflict")

    def _must_be_on_table(self, deed: Deed) -> None:
        self._must_be_open()
        unless(deed.number > 0 and deed.number == self.table, "conflict")

    def _must_speak(self, deed: Deed) -> None:
        unless(deed.who not in self.signs or deed.who in self.speaks, "not allowed")
