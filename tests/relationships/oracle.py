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


class No(Exception):  # it is the word that is said
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
        apart = self.apart(connector, target) or self.apart(target, connector)
        unless(shown and tied and not apart, "not allowed")
        self._is_time(CARRY, asker, connector, target)
        unless(len(words) >= SHORTEST, "invalid")
        return self._put(Letter(CARRY, asker, connector, target, words, self.now))

    def carry(self, letter: Letter, words: str) -> None:
        """Pass words on; when they are other words, whoever asked has not said yes to them yet."""
        self._must_see(letter)
        connector, asker, target = letter.addressee, letter.asker, letter.about
        if letter.became is None:
            unless(letter.state in {"waiting", "declined"} and letter.is_open(self.now), "conflict")
            unless(self.connected(connector, asker), "conflict")
            self._may_introduce(connector, target, asker)
            self._may_introduce(connector, asker, target, asked=True)
            unless(len(words) >= SHORTEST, "invalid")
            letter.state, letter.again_at = "accepted", None
            letter.became = self._begin(connector, asker, target, letter.words)
            letter.became.letters[0].state = "accepted"
        if words != letter.words:
            self.reword(letter.became, words)

    def _may_introduce(self, who: str, addressee: str, about: str, *, asked: bool = False) -> None:
        unless(who != addressee, "not allowed")
        unless(self.sees(who, addressee), "not found")
        unless(self.awake(addressee) and (asked or addressee in self.takes), "not allowed")
        unless(self.connected(who, addressee), "not allowed")
        mine = [e for e in self.introductions if e.introducer == who and addressee in e.pair]
        theirs = [e for e in self.introductions if e.introducer == addressee and who in e.pair]
        # What one may not know of an end, one cannot try out; and taking back makes no room.
        unless(not any(each.told_party(self.now) == "open" for each in mine), "conflict")
        unless(not any(each.told_party(self.now) == "open" for each in theirs), "not allowed")
        self._is_time(CONSENT, who, addressee, about)

    def _is_time(self, kind: str, asker: str, addressee: str, about: str) -> None:
        """INV-12, INV-16: one between two people until its day, the same one after 90 days."""
        for each in self.letters:
            if each.kind == kind and {each.asker, each.addressee} == {asker, addressee}:
                same = (each.asker, each.about) == (asker, about)
                seems_open = kind == CARRY and each.is_open(self.now) and each.state != "accepted"
                too_soon = same and each.sent_at + COOLING_OFF > self.now
                unless(not (seems_open or too_soon), "conflict")

    def _begin(self, who: str, one: str, other: str, words: str) -> Introduced:
        begun = Introduced(who, frozenset((one, other)), words, self.now)
        self.introductions.append(begun)
        for addressee, about in ((one, other), (other, one)):
            letter = Letter(CONSENT, who, addressee, about, words, self.now, begun)
            begun.letters.append(self._put(letter))
        return begun

    def _put(self, letter: Letter) -> Letter:
        for each in self._in_its_place(letter):  # its time has run out, or its thing is over
            each.state = "closed" if each.is_open(self.now) else "lapsed"
        self.letters.append(letter)
        return letter

    def _in_its_place(self, letter: Letter) -> list[Letter]:
        pair = {letter.asker, letter.addressee}
        between = [each for each in self.letters if {each.asker, each.addressee} == pair]
        others = [each for each in between if each.kind == letter.kind and each is not letter]
        return [each for each in others if each.state == "waiting"]

    def yes(self, letter: Letter, read: str) -> None:
        self._must_see(letter)
        if letter.state == "accepted":
            return
        unless(read == letter.words, "conflict")
        self._move(letter, {"waiting", "declined"}, "accepted")
        one, other = letter.thing.pair  # INV-21, INV-24
        agreed = {each.state for each in letter.thing.letters} == {"accepted"}
        tied = all(self.connected(letter.asker, each) for each in (one, other))
        meet = self.sees(one, other) and self.sees(other, one)
        if letter.thing.state == "open" and agreed and tied and meet:
            letter.thing.state = "made"

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

    def reword(self, begun: Introduced, words: str) -> None:
        self._must_carry(begun)
        unless(begun.looks_open(self.now), "conflict")
        if words == begun.words:
            return
        unless(begun.version < MOST_WORDINGS, "conflict")
        unless(len(words) >= SHORTEST, "invalid")
        read_on = [e for e in begun.letters if self.connected(begun.introducer, e.addressee)]
        void = [each for each in read_on if each.state == "accepted"]
        unless(not any(self._in_its_place(each) for each in void), "conflict")
        begun.words, begun.version = words, begun.version + 1
        for each in read_on:
            each.words = words
            each.state = "waiting" if each in void else each.state

    def withdraw(self, begun: Introduced) -> None:
        self._must_carry(begun)
        if begun.state != "withdrawn":
            unless(begun.looks_open(self.now), "conflict")
            begun.state = "withdrawn"
            self._close(begun.letters)

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
            if (carried or (apart and two == begun.pair)) and begun.state != "made":
                begun.state = "stopped" if begun.state == "open" else begun.state
                self._close(begun.letters)
        for each in self.letters:
            asked = each.kind == CARRY and two == {each.asker, each.addressee}
            if asked or (apart and two <= {each.asker, each.addressee, each.about}):
                self._close([each])

    def _close(self, letters: list[Letter]) -> None:
        for each in letters:
            if each.state in {"waiting", "declined"}:
                each.state, each.again_at = "closed", None

    def _must_carry(self, begun: Introduced) -> None:
        unless(not self._parted(begun.introducer, begun.pair), "not found")

    def knows(self, me: str) -> dict[str, list[tuple[Letter | Introduced, str]]]:
        """Return what stands on the pages of one person: INV-14, INV-22, INV-23."""
        now, to_me = self.now, [each for each in self.letters if each.addressee == me]
        seen = [each for each in to_me if self.sees(me, each.asker) and self.sees(me, each.about)]
        open_ones = [each for each in seen if each.is_open(now)]
        noes = [each for each in seen if each.state == "declined"]
        later = [each for each in noes if each.again_at is not None and each.again_at <= now]
        said_yes = [each for each in seen if each.thing is not None and each.state == "accepted"]
        mine = [each for each in self.letters if each.asker == me and each.thing is None]
        with_me = [each for each in mine if not self._parted(me, {each.addressee, each.about})]
        carried = [each for each in self.introductions if each.introducer == me]
        with_both = [each for each in carried if not self._parted(me, each.pair)]
        return {
            "inbox": [(each, each.words) for each in open_ones if each.state == "waiting"],
            "answered": [(each, each.words) for each in open_ones if each in [*noes, *said_yes]],
            "put off": [(each, each.words) for each in later],
            "of me": [(each, each.thing.told_party(now)) for each in said_yes],
            "sent": [(each, each.as_asker_sees(now)) for each in with_me],
            "carried": [(each, each.told_introducer(now)) for each in with_both],
        }

    def _parted(self, viewer: str, people: set[str] | frozenset[str]) -> bool:
        return any(self.apart(viewer, each) for each in people)
