"""Introductions as the design tells them, in plain Python: who may do what, and who may know what.

Written from DESIGN.md 2.1, 2.2 and 4.2. It imports nothing of the application. An act returns what
it made, or raises `No` with the kind of refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN_FOR, COOLING_OFF = timedelta(days=14), timedelta(days=90)
MOST_WORDINGS, SHORTEST = 4, 10
CONSENT, CARRY = "introduction", "carry"


class No(Exception):  # noqa: N818  # it is the word that is said
    """A refusal: "not found", "not allowed", "conflict" or "invalid"."""


def unless(holds: bool, refusal: str) -> None:
    if not holds:
        raise No(refusal)


@dataclass(eq=False)
class Letter:
    """An ask about a third person: to carry words to them, or to meet them."""

    kind: str
    asker: str
    addressee: str
    about: str
    words: str
    sent_at: datetime
    thing: Introduced | None = None  # what it is part of
    became: Introduced | None = None  # what came of carrying it
    state: str = "waiting"
    again_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.sent_at + OPEN_FOR > now

    def seems_open(self, now: datetime) -> bool:
        """Whatever was answered or ended: what one may not know, one cannot try out."""
        if self.thing is not None:
            return self.thing.told_party(now) == "open"
        return self.as_asker_sees(now) == "waiting"

    def as_asker_sees(self, now: datetime) -> str:
        """INV-14: a no is the same as silence, before and after the day."""
        if self.state in {"accepted", "withdrawn"}:
            return self.state
        return "waiting" if self.is_open(now) else "lapsed"


@dataclass(eq=False)
class Introduced:
    """One text to two people, from somebody connected with both."""

    introducer: str
    pair: frozenset[str]
    words: str
    sent_at: datetime
    version: int = 1
    state: str = "open"
    letters: list[Letter] = field(default_factory=list)

    def looks_open(self, now: datetime) -> bool:
        """A stop is told to nobody."""
        return self.state in {"open", "stopped"} and self.sent_at + OPEN_FOR > now

    def told_introducer(self, now: datetime) -> str:
        return self.state if self.state == "withdrawn" else self.told_party(now)

    def told_party(self, now: datetime) -> str:
        """Nobody who said yes learns of an end before the day, nor whose it was after it."""
        if self.state == "made":
            return "made"
        return "open" if self.sent_at + OPEN_FOR > now else "not made"


@dataclass
class Oracle:
    """The whole network, as the design would have it."""

    now: datetime
    ties: set[frozenset[str]] = field(default_factory=set)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    shields: set[tuple[str, str]] = field(default_factory=set)  # who hides, and from whom
    paused: dict[str, datetime | None] = field(default_factory=dict)
    takes: set[str] = field(default_factory=set)  # who lets introductions be suggested
    ways: set[str] = field(default_factory=set)  # who is shown as a way
    letters: list[Letter] = field(default_factory=list)
    introductions: list[Introduced] = field(default_factory=list)

    # Who may know of whom

    def connected(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self.ties

    def apart(self, viewer: str, other: str) -> bool:
        walls = {(viewer, other), (other, viewer)}
        return bool(walls & self.blocks) or (other, viewer) in self.shields

    def awake(self, one: str) -> bool:
        until = self.paused.get(one, self.now)
        return until is not None and until <= self.now

    def sees(self, viewer: str, other: str) -> bool:
        here = self.awake(other) or self.connected(viewer, other)
        return viewer == other or (here and not self.apart(viewer, other))

    # Sending

    def introduce(self, who: str, one: str, other: str, words: str) -> Introduced:
        unless(one != other, "invalid")
        for addressee, about in ((one, other), (other, one)):
            self._may_introduce(who, addressee, about)
        unless(len(words) >= SHORTEST, "invalid")
        return self._begin(who, one, other, words)

    def ask_to_carry(self, asker: str, connector: str, target: str, words: str) -> Letter:
        unless(target != asker and self.sees(asker, target), "not found")
        unless(asker != connector, "not allowed")
        unless(self.sees(asker, connector), "not found")
        unless(self.awake(connector), "not allowed")
        unless(not self.connected(asker, target), "conflict")
        shown = connector in self.ways and target in self.takes and self.awake(target)
        tied = self.connected(asker, connector) and self.connected(connector, target)
        unless(shown and tied, "not allowed")
        self._is_time(CARRY, asker, connector, target)
        unless(len(words) >= SHORTEST, "invalid")
        letter = Letter(CARRY, asker, connector, target, words, self.now)
        return self._put(letter)

    def carry(self, letter: Letter, words: str) -> None:
        """Pass words on; when they are other words, whoever asked has not said yes to them yet."""
        self._must_see(letter)
        connector, asker, target = letter.addressee, letter.asker, letter.about
        if letter.became is None:
            unless(letter.state in {"waiting", "declined"} and letter.is_open(self.now), "conflict")
            unless(self.connected(connector, asker), "conflict")
            self._may_introduce(connector, target, asker)
            self._may_introduce(connector, asker, target, asked_for=True)
            unless(len(words) >= SHORTEST, "invalid")
            letter.state, letter.again_at = "accepted", None
            letter.became = self._begin(connector, asker, target, letter.words)
            letter.became.letters[0].state = "accepted"
        if words != letter.words:
            self.reword(letter.became, words)

    def _may_introduce(
        self, who: str, addressee: str, about: str, *, asked_for: bool = False
    ) -> None:
        unless(who != addressee, "not allowed")
        unless(self.sees(who, addressee), "not found")
        unless(self.awake(addressee) and (asked_for or addressee in self.takes), "not allowed")
        unless(self.connected(who, addressee), "not allowed")
        one_at_a_time = any(
            each.introducer == who and addressee in each.pair and each.looks_open(self.now)
            for each in self.introductions
        )
        unless(not one_at_a_time, "conflict")
        self._is_time(CONSENT, who, addressee, about)

    def _is_time(self, kind: str, asker: str, addressee: str, about: str) -> None:
        """INV-12, INV-16: one between two people until its day, the same one after 90 days."""
        for each in self.letters:
            mine = (each.kind, each.asker, each.addressee) == (kind, asker, addressee)
            theirs = (each.kind, each.asker, each.addressee) == (kind, addressee, asker)
            again = mine and each.about == about and each.sent_at + COOLING_OFF > self.now
            still = theirs or (mine and each.thing is None)
            unless(not (again or (still and each.seems_open(self.now))), "conflict")

    def _begin(self, who: str, one: str, other: str, words: str) -> Introduced:
        begun = Introduced(who, frozenset((one, other)), words, self.now)
        self.introductions.append(begun)
        for addressee, about in ((one, other), (other, one)):
            letter = Letter(CONSENT, who, addressee, about, words, self.now, begun)
            begun.letters.append(self._put(letter))
        return begun

    def _put(self, letter: Letter) -> Letter:
        for each in self._in_its_place(letter):
            if not each.is_open(self.now):
                each.state = "lapsed"
        self.letters.append(letter)
        return letter

    def _in_its_place(self, letter: Letter) -> list[Letter]:
        pair = {letter.asker, letter.addressee}
        return [
            each
            for each in self.letters
            if each.kind == letter.kind and each.state == "waiting" and each is not letter
            if {each.asker, each.addressee} == pair
        ]

    # Answering

    def yes(self, letter: Letter, read: str) -> None:
        self._must_see(letter)
        if letter.state == "accepted":
            return
        unless(read == letter.words, "conflict")
        self._move(letter, {"waiting", "declined"}, "accepted")
        begun = letter.thing
        if begun is not None and begun.state == "open" and self._can_be_made(begun):
            begun.state = "made"

    def _can_be_made(self, begun: Introduced) -> bool:
        """INV-21, INV-24."""
        one, other = begun.pair
        agreed = all(
            each.state == "accepted" and each.words == begun.words for each in begun.letters
        )
        tied = all(self.connected(begun.introducer, each) for each in begun.pair)
        return agreed and tied and self.sees(one, other) and self.sees(other, one)

    def no(self, letter: Letter, again_at: datetime | None = None) -> None:
        self._must_see(letter)
        if letter.state != "declined":
            self._move(letter, {"waiting", *self._a_yes_not_used(letter)}, "declined")
        letter.again_at = again_at

    def take_back(self, letter: Letter) -> None:
        self._must_see(letter)
        if letter.state != "waiting":
            unless(not self._in_its_place(letter), "conflict")
            self._move(letter, {"declined", *self._a_yes_not_used(letter)}, "waiting")

    def withdraw_letter(self, letter: Letter) -> None:
        known = letter.thing is None and not self.apart(letter.asker, letter.addressee)
        unless(known, "not found")
        if letter.state != "withdrawn":
            self._move(letter, {"waiting", "declined", "closed"}, "withdrawn")

    def _must_see(self, letter: Letter) -> None:
        me = letter.addressee
        unless(self.sees(me, letter.asker) and self.sees(me, letter.about), "not found")

    def _a_yes_not_used(self, letter: Letter) -> set[str]:
        made = letter.thing is None or letter.thing.state == "made"
        return set() if made else {"accepted"}

    def _move(self, letter: Letter, origins: set[str], to: str) -> None:
        unless(letter.state in origins and letter.is_open(self.now), "conflict")
        letter.state, letter.again_at = to, None

    # Changing and ending

    def reword(self, begun: Introduced, words: str) -> None:
        self._must_carry(begun)
        unless(begun.looks_open(self.now), "conflict")
        if words == begun.words:
            return
        unless(begun.version < MOST_WORDINGS, "conflict")
        unless(len(words) >= SHORTEST, "invalid")
        void = [each for each in begun.letters if each.state == "accepted"]
        unless(not any(self._in_its_place(each) for each in void), "conflict")
        begun.words, begun.version = words, begun.version + 1
        for each in begun.letters:
            each.words = words
            each.state = "waiting" if each in void else each.state

    def withdraw(self, begun: Introduced) -> None:
        self._must_carry(begun)
        if begun.state != "withdrawn":
            unless(begun.looks_open(self.now), "conflict")
            self._over(begun, "withdrawn")

    def end(self, one: str, other: str) -> None:
        self.ties.discard(frozenset((one, other)))
        self._stop({one, other}, apart=False)

    def block(self, one: str, other: str) -> None:
        self.blocks.add((one, other))
        self.ties.discard(frozenset((one, other)))
        self._stop({one, other}, apart=True)

    def _stop(self, two: set[str], *, apart: bool) -> None:
        for begun in self.introductions:
            carried = begun.introducer in two and two - {begun.introducer} <= begun.pair
            if (carried or (apart and two == begun.pair)) and begun.state in {"open", "stopped"}:
                self._over(begun, "stopped")
        for each in self.letters:
            named = {each.asker, each.addressee, each.about} if apart else {}
            asked = each.kind == CARRY and two == {each.asker, each.addressee}
            if asked or two <= set(named):
                self._close(each)

    def _over(self, begun: Introduced, state: str) -> None:
        begun.state = state
        for each in begun.letters:
            self._close(each)

    def _close(self, letter: Letter) -> None:
        if letter.state in {"waiting", "declined"}:
            letter.state, letter.again_at = "closed", None

    def _must_carry(self, begun: Introduced) -> None:
        unless(not any(self.apart(begun.introducer, each) for each in begun.pair), "not found")

    # What each may know (INV-14, INV-22, INV-23)

    def _to(self, me: str, state: str) -> list[Letter]:
        return [
            each
            for each in self.letters
            if each.addressee == me and each.state == state
            if self.sees(me, each.asker) and self.sees(me, each.about)
        ]

    def knows(self, me: str) -> dict[str, list[tuple[Letter | Introduced, str]]]:
        """Return what stands on the pages of one person."""
        now = self.now
        said_yes = [each for each in self._to(me, "accepted") if each.thing is not None]
        return {
            "inbox": [(e, e.words) for e in self._to(me, "waiting") if e.is_open(now)],
            "answered": [(e, e.words) for e in self._to(me, "declined") if e.is_open(now)],
            "put off": [
                (e, e.words)
                for e in self._to(me, "declined")
                if e.again_at is not None and e.again_at <= now
            ],
            "of me": [(e, e.thing.told_party(now)) for e in said_yes],
            "sent": [
                (e, e.as_asker_sees(now))
                for e in self.letters
                if e.asker == me and e.thing is None
                if not self.apart(me, e.addressee) and not self.apart(me, e.about)
            ],
            "carried": [
                (e, e.told_introducer(now))
                for e in self.introductions
                if e.introducer == me and not any(self.apart(me, each) for each in e.pair)
            ],
        }
