"""Organisations, what they write, and who is recommended, told in plain data: every private word of
them stands nowhere else.

All of it was so before anybody drew back: shields and blocks came after the letters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sweep.words import word

# As in the story of people; an organisation by one of these meets the shields of every owner.
SHIELDED_DOMAIN = "shielded.example"
SHIELDED_NAME = "Nordanvik Halls"
# Who came for organisations alone: each speaks for one, or spoke.
SPEAKERS = ("speaker", "former", "harbourer", "nordanviker")
TIES = (
    *(("speaker", "second"), ("harbourer", "connection"), ("harbourer", "owner4")),
    *(("nordanviker", "connection"), ("nordanviker", "owner2")),
)
PAGE = ("name", "purpose", "about", "place")
WRITTEN = ("need", "fits", "time", "value", "begins", "next")
QUESTIONS = tuple(f"answer {number}" for number in range(5))


@dataclass(frozen=True)
class Organisation:
    """One organisation, and how each stands with it; its maker is the first who speaks or spoke."""

    label: str
    speakers: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    verified: str = ""  # by whom: a steward, or a domain
    answered: bool = True
    shielded: bool = False  # bears the name that shields bear
    asks_steward: bool = False

    def own(self, what: str) -> str:
        return word(f"organisation {self.label} {what}")

    @property
    def name(self) -> str:
        return SHIELDED_NAME if self.shielded else self.own("name").capitalize()

    @property
    def domain(self) -> str:
        return self.verified if "." in self.verified else ""


@dataclass(frozen=True)
class InTouch:
    """A member and an organisation: who asked, in which words, and what became of it."""

    organisation: str
    member: str
    how: str  # shown, kept, ended; or who asked and waits: member, organisation

    @property
    def words(self) -> str:
        return word(f"in touch {self.organisation} {self.member}")


@dataclass(frozen=True)
class Approach:
    """What one wrote to another or to a team, for an organisation or for themselves."""

    writer: str
    to: str
    state: str = "waiting"
    organisation: str = ""

    def own(self, what: str) -> str:
        return word(f"approach {self.writer} {self.to} {what}")


@dataclass(frozen=True)
class Need:
    """What somebody needs help with, to whom it is shown, and who would like to talk about it."""

    label: str
    writer: str
    organisation: str = ""
    alumni: bool = False
    connections: bool = False
    circles: dict[str, str] = field(default_factory=dict, hash=False)  # shown, or asked
    talks: dict[str, str] = field(default_factory=dict, hash=False)  # waiting, yes, no
    state: str = "open"

    def own(self, what: str) -> str:
        return word(f"work need {self.label} {what}")


@dataclass(frozen=True)
class Referral:
    """Whom somebody recommended, for a need or (by who was written to) instead of themselves."""

    label: str
    referrer: str
    member: str  # nobody of the network, where it is ""
    need: str = ""
    approach: tuple[str, str] = ("", "")
    state: str = "asked"
    tells: bool = False

    def own(self, what: str) -> str:
        return word(f"referral {self.label} {what}")

    @property
    def email(self) -> str:
        return f"{self.own('email')}@outside.example"


ORGANISATIONS = (
    Organisation(
        "quay", ("speaker", "lapsed", "blocked"), former=("former",), verified="a steward"
    ),
    Organisation("harbour", ("harbourer",), verified=SHIELDED_DOMAIN),
    Organisation("nordanvik", ("nordanviker",), verified="a steward", shielded=True),
    Organisation(
        "bare",
        ("declined",),
        invited=("asked",),
        claimed=("withdrew", "owner3"),
        answered=False,
        asks_steward=True,
    ),
    Organisation("orphan", former=("ex",), claimed=("waiting",), answered=True),
)
IN_TOUCH = (
    InTouch("quay", "owner2", "shown"),
    InTouch("quay", "owner3", "kept"),
    InTouch("quay", "paused", "shown"),
    InTouch("quay", "ex", "member"),
    InTouch("quay", "asked", "organisation"),
    InTouch("quay", "declined", "ended"),
    InTouch("harbour", "owner4", "shown"),
    InTouch("harbour", "shielded_domain", "member"),
    InTouch("harbour", "owner1", "member"),
    InTouch("nordanvik", "owner1", "kept"),
)
APPROACHES = (
    Approach("speaker", "owner2", "waiting", "quay"),
    Approach("speaker", "owner3", "declined", "quay"),
    Approach("speaker", "connection", "opened", "quay"),
    Approach("speaker", "stranger", "told no", "quay"),
    Approach("speaker", "team", "waiting", "quay"),
    Approach("former", "owner4", "closed", "quay"),
    Approach("former", "second", "opened", "quay"),
    Approach("harbourer", "owner3", "waiting", "harbour"),
    Approach("harbourer", "owner4", "opened", "harbour"),
    Approach("harbourer", "asked", "withdrawn", "harbour"),
    Approach("nordanviker", "owner2", "opened", "nordanvik"),
    Approach("nordanviker", "owner4", "waiting", "nordanvik"),
    Approach("connection", "owner3", "waiting"),
    Approach("blocked", "owner2", "opened"),
    Approach("owner2", "blocker", "waiting"),
    Approach("stranger", "paused", "waiting"),
    Approach("second", "owner4", "lapsed"),
)
NEEDS = (
    Need(
        "quay",
        "speaker",
        "quay",
        alumni=True,
        connections=True,
        circles={"open": "asked", "request": "shown"},
        talks={"owner2": "waiting", "owner3": "yes", "second": "no"},
    ),
    Need("left", "former", "quay", alumni=True, talks={"owner2": "waiting"}, state="closed by end"),
    Need(
        "harbour",
        "harbourer",
        "harbour",
        alumni=True,
        connections=True,
        talks={"owner4": "yes", "connection": "waiting"},
    ),
    Need(
        "connection",
        "connection",
        connections=True,
        talks={"owner3": "waiting", "owner2": "yes", "nordanviker": "waiting"},
    ),
    Need(
        "owner3",
        "owner3",
        connections=True,
        talks={"shielded_domain": "yes", "connection": "waiting", "blocked": "waiting"},
    ),
    Need("owner2", "owner2", connections=True, state="closed"),
    Need("hidden", "owner4", circles={"hidden": "shown"}, talks={"connection": "waiting"}),
)
REFERRALS = (
    Referral("made", "connection", "owner4", need="quay", state="made", tells=True),
    Referral("asked", "connection", "owner1", need="quay"),
    Referral("agreed", "connection", "owner2", need="owner3", state="agreed"),
    Referral("parted", "connection", "owner3", need="harbour", state="agreed"),
    Referral("shielded", "nordanviker", "owner2", need="connection", state="made"),
    Referral("unnamed", "owner4", "connection", need="harbour", state="made"),
    Referral("passed", "owner2", "connection", approach=("speaker", "owner2")),
    Referral("declined", "connection", "second", need="owner3", state="declined"),
    Referral("back", "connection", "leaving", need="owner3", state="withdrawn"),
    Referral("outside", "second", "", need="quay"),
)
