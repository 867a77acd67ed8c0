"""Circles and what is learned, told in plain data: every private word of them stands nowhere else.

Who stands where was so before anybody drew back. Whoever went, went three days ago: what is `late`
was written after that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sweep.words import word

# What whoever is inside a circle reads of it, by when it was written.
EARLY = ("note title", "note", "proposal title", "proposal", "concern", "said", "commitment")
LATE = ("late note title", "late note", "late said")
# What its door tells to whoever may know of it.
DOOR = ("name", "purpose", "about", "rhythm", "agreements")
IN_IT = ("facilitator", "member", "resting")
GONE = ("left", "released")


@dataclass(frozen=True)
class Circle:
    """One circle, and how each stands with it; the first facilitates and writes most of it."""

    label: str
    door: str
    people: dict[str, str] = field(hash=False)
    keeps: bool = True
    life: str = "running"
    harvest: tuple[str, ...] = ()  # who says what they learned there
    form: str = "practice"
    put_anew: str = ""  # when other agreements came: members have said yes by now, if they had to

    def learned(self, author: str) -> str:
        return self.own(f"learned by {author}")

    def own(self, what: str) -> str:
        return word(f"circle {self.label} {what}")

    @property
    def founder(self) -> str:
        return next(iter(self.people))


@dataclass(frozen=True)
class Entry:
    """A word of harvest: whose learning it is, who wrote it down, who may read it."""

    author: str
    writer: str
    readers: str = "there"
    named: bool = True
    agreed: bool = True


@dataclass(frozen=True)
class Session:
    """One session, with its hosts, those who have a place at it, and those in line."""

    label: str
    hosts: tuple[str, ...]
    state: str = "scheduled"
    circle: str = ""
    going: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    harvest: tuple[Entry, ...] = ()

    def own(self, what: str) -> str:
        return word(f"session {self.label} {what}")

    def learned(self, entry: Entry) -> str:
        return self.own(f"learned {entry}")


@dataclass(frozen=True)
class Need:
    """What somebody wants to learn, and who would like to learn it too."""

    writer: str
    state: str = "open"
    interest: tuple[str, ...] = ()

    def own(self, what: str) -> str:
        return word(f"need {self.writer} {self.state} {what}")


@dataclass(frozen=True)
class Room:
    """A Green Room, and who sat down in it; the first of these said something."""

    asker: str
    sat: tuple[str, ...]
    harvested: bool = False

    def own(self, what: str) -> str:
        return word(f"room {self.asker} {what}")


CIRCLES = (
    Circle(
        "open",
        "open",
        {
            "owner1": "facilitator",
            "connection": "member",
            "shielded_domain": "member",
            "blocked": "member",
            "resting": "member",
            "stranger": "left",
            "ex": "removed",
            "second": "released",
            "newcomer": "invited",
        },
    ),
    Circle(
        "request",
        "request",
        {
            "owner2": "facilitator",
            "connection": "member",
            "waiting": "resting",
            "paused": "member",
            "stranger": "applied",
            "asked": "queued",
            "lapsed": "left",
        },
    ),
    Circle(
        "invitation",
        "invitation",
        {
            "owner3": "facilitator",
            "second": "member",
            "stranger": "invited",
            "withdrew": "invitation lapsed",
            "ex": "left",
            "declined": "removed",
        },
        keeps=False,
    ),
    Circle(
        "hidden",
        "hidden",
        {
            "owner4": "facilitator",
            "connection": "member",
            "asked": "resting",
            "blocker": "member",
            "suspended_viewer": "member",
            "shielded_name": "member",
            "withdrew": "left",
            "second": "released",
            "lapsed": "removed",
            "waiting": "invited",
            "ex": "invitation lapsed",
            "newcomer": "queued",
        },
    ),
    Circle(
        "forgetful",
        "hidden",
        {
            "owner1": "facilitator",
            "second": "member",
            "stranger": "left",
            "connection": "removed",
            "declined": "said no",
        },
        keeps=False,
    ),
    Circle(
        "closing",
        "hidden",
        {"owner2": "facilitator", "connection": "member", "stranger": "left"},
        life="closing",
        harvest=("connection",),
    ),
    Circle(
        "archived",
        "hidden",
        {"owner3": "facilitator", "connection": "member", "second": "member"},
        life="archived",
        harvest=("owner3",),
    ),
    Circle(
        "forming",
        "request",
        {"owner1": "facilitator", "connection": "member", "second": "member"},
        life="forming",
        put_anew="lately",
    ),
    Circle(
        "asleep",
        "open",
        {"owner1": "facilitator", "connection": "member", "second": "member"},
        life="resting",
    ),
    Circle(
        "team",
        "request",
        {"owner2": "facilitator", "connection": "member", "second": "member"},
        form="team",
    ),
    Circle(
        "stale",
        "hidden",
        {"owner2": "facilitator", "connection": "member", "asked": "owes yes"},
        put_anew="long ago",
    ),
)
HARVEST = (
    Entry("connection", "connection"),
    Entry("host", "host", readers="members"),
    Entry("second", "second", readers="members", named=False),
    Entry("connection", "host", agreed=False),
)


def _harvest(host: str, *others: str) -> tuple[Entry, ...]:
    """Return the words of a harvest, as those who were there said them to the host."""
    mine = [Entry(**{**vars(e), **_as(e, host)}) for e in HARVEST]
    return tuple(each for each in mine if {each.author, each.writer} <= {host, *others})


def _as(entry: Entry, host: str) -> dict[str, str]:
    return {
        name: host if getattr(entry, name) == "host" else getattr(entry, name)
        for name in ("author", "writer")
    }


SESSIONS = (
    Session(
        "open",
        ("owner1",),
        going=("connection", "second", "shielded_domain"),
        waiting=("stranger", "asked"),
    ),
    Session("parted", ("owner3",), going=("second",), waiting=("blocked", "stranger")),
    Session("two hosts", ("owner2", "connection"), going=("second",)),
    Session("offered", ("owner2",), waiting=("asked",), left=("connection",)),
    Session("begun", ("owner1",), state="past", going=("connection",)),
    Session("rests", ("paused",), going=("stranger", "second")),
    Session("draft", ("owner3",), state="draft"),
    Session("proposed", ("owner4",), state="proposed"),
    Session("cancelled", ("owner1",), state="cancelled", going=("connection",)),
    Session(
        "past",
        ("owner2",),
        state="past",
        going=("connection", "second"),
        missed=("stranger",),
        harvest=_harvest("owner2", "connection", "second"),
    ),
    Session("circle", ("owner4",), circle="hidden", going=("connection",), waiting=("asked",)),
    Session(
        "circle past",
        ("owner4",),
        state="past",
        circle="hidden",
        going=("connection", "lapsed"),
        harvest=(Entry("connection", "connection"), Entry("connection", "owner4", agreed=False)),
    ),
    Session("circle open", ("owner1",), circle="open", going=("connection", "resting")),
    Session("circle draft", ("owner4",), circle="hidden", state="draft"),
)
NEEDS = (
    Need("owner1", interest=("connection", "second")),
    Need("paused", interest=("stranger",)),
    Need("owner2", state="let go", interest=("connection",)),
)
ROOMS = (
    Room("owner2", ("connection", "shielded_domain", "blocked")),
    Room("paused", ("stranger",)),
    Room("leaving", ("connection",)),
    Room("owner3", ("second",), harvested=True),
)
