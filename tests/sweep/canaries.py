"""A network told in plain data, in which every private datum is a word that stands nowhere else.

Nothing of the application is imported here: the oracle reads this story, and `seed.py` lives it.
Audience levels are those of DESIGN.md: 1 only me, 2 my connections, 3 members, 4 anyone on the web.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sweep import canaries_organisations as others
from tests.sweep import canaries_terms as agreed
from tests.sweep.canaries_circles import (
    CIRCLES,
    NEEDS,
    ROOMS,
    SESSIONS,
    Circle,
    Need,
    Room,
    Session,
)
from tests.sweep.canaries_organisations import SHIELDED_DOMAIN, SHIELDED_NAME, SPEAKERS
from tests.sweep.words import word

OWNERS = ("owner1", "owner2", "owner3", "owner4")
# In the order in which levels are dealt to them. Availability has two lines of words, not a body.
PARTS = (
    "purpose",
    "themes",
    "problems",
    "offers",
    "looking_for",
    "learning",
    "sharing",
    "story",
    "roles",
    "links",
    "place",
    "languages",
    "availability",
    "contact",
)
# What the index may hold; the others are never found by their words (INV-05).
SEARCHED = frozenset(PARTS) - {"links", "languages", "availability", "contact"}
WAYS = ("direct", "widened", "narrowed")


@dataclass(frozen=True)
class Words:
    """Words of one part: two canaries, one to search for, the other to give it away."""

    owner: str
    part: str
    shown_to: int
    way: str = "direct"  # how they came to be shown to so many: see `seed.write_part`

    @property
    def first(self) -> str:
        return word(f"{self.owner} {self.part} first")

    @property
    def second(self) -> str:
        return word(f"{self.owner} {self.part} second")


@dataclass
class Person:
    """One member: what they are, and what others did to their account."""

    label: str
    domain: str
    state: str = "member"
    steward: bool = False
    role: str = ""  # an organisation named among their current roles
    history: int = 1  # who may read earlier purposes
    words: list[Words] = field(default_factory=list)
    past: list[Words] = field(default_factory=list)

    @property
    def handle(self) -> str:
        return word(f"{self.label} handle")

    @property
    def name(self) -> str:
        return word(f"{self.label} name").capitalize()

    @property
    def pronouns(self) -> str:
        return word(f"{self.label} pronouns")

    @property
    def email(self) -> str:
        return f"{word(f'{self.label} email')}@{self.domain}"

    def own(self, what: str) -> str:
        """Return a canary of what nobody else ever sees: a kept search, a device, a shield."""
        return word(f"{self.label} own {what}")

    def outside(self, what: str) -> str:
        """Return a canary of what they wrote of work elsewhere."""
        return agreed.elsewhere(self.label, what)


@dataclass(frozen=True)
class Tie:
    """A connection with the reason it began with."""

    asker: str
    other: str
    live: bool = True

    @property
    def reason(self) -> str:
        return word(f"tie {self.asker} {self.other}")


@dataclass(frozen=True)
class Asked:
    """An ask with its reason: waiting, declined, lapsed, withdrawn, or closed by a block."""

    asker: str
    other: str
    state: str

    @property
    def reason(self) -> str:
        return word(f"ask {self.asker} {self.other}")


@dataclass(frozen=True)
class Vouched:
    """Words of one about another, and what that other has decided."""

    author: str
    subject: str
    standing: str

    @property
    def words(self) -> str:
        return word(f"vouch {self.author} {self.subject} words")

    @property
    def context(self) -> str:
        return word(f"vouch {self.author} {self.subject} context")


@dataclass(frozen=True)
class Noted:
    """What one keeps about another."""

    owner: str
    about: str

    @property
    def note(self) -> str:
        return word(f"note {self.owner} {self.about}")

    @property
    def how_met(self) -> str:
        return word(f"how {self.owner} met {self.about}")


@dataclass(frozen=True)
class Talk:
    """A conversation, in which each said something before anybody drew back; the first began it,
    and keeps unsent words.
    """

    people: tuple[str, ...]

    @property
    def title(self) -> str:
        return word(f"talk {self.people} title")

    @property
    def draft(self) -> str:
        return word(f"talk {self.people} draft")

    def said(self, label: str) -> str:
        return word(f"talk {self.people} {label}")


@dataclass(frozen=True)
class Brought:
    """An introduction, begun before anybody drew back, and who of the two has said yes."""

    introducer: str
    pair: tuple[str, str]
    yes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return word(f"blurb {self.introducer} {self.pair}")


@dataclass(frozen=True)
class AtTheDoor:
    """Somebody who is not a member: invited by the steward, or asking to join."""

    label: str
    how: str

    def own(self, what: str) -> str:
        return word(f"{self.label} at the door {what}")

    @property
    def email(self) -> str:
        return f"{self.own('email')}@outside.example"


@dataclass
class Story:
    """The whole network."""

    people: dict[str, Person] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    asks: list[Asked] = field(default_factory=list)
    vouches: list[Vouched] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    introductions: list[Brought] = field(default_factory=list)
    circles: tuple[Circle, ...] = CIRCLES
    sessions: tuple[Session, ...] = SESSIONS
    needs: tuple[Need, ...] = NEEDS
    rooms: tuple[Room, ...] = ROOMS
    organisations: tuple[others.Organisation, ...] = others.ORGANISATIONS
    in_touch: tuple[others.InTouch, ...] = others.IN_TOUCH
    approaches: tuple[others.Approach, ...] = others.APPROACHES
    work_needs: tuple[others.Need, ...] = others.NEEDS
    referrals: tuple[others.Referral, ...] = others.REFERRALS
    deals: tuple[agreed.Deal, ...] = agreed.DEALS
    works: tuple[agreed.Work, ...] = agreed.WORKS
    blocks: set[tuple[str, str]] = field(default_factory=set)
    shields: set[tuple[str, str]] = field(default_factory=set)  # owner, domain or name
    door: list[AtTheDoor] = field(default_factory=list)
    draft_of: str = "newcomer"

    def all_words(self) -> list[Words]:
        """Return every word of every profile."""
        return [each for person in self.people.values() for each in person.words]

    def carries(self) -> list[tuple[str, str, str, str]]:
        """Return who asked whom to carry which words to whom."""
        return [(*each, word(f"carry {each}")) for each in CARRIES]


# Each viewer, and what stands between them and every owner.
VIEWERS = (
    *("stranger", "connection", "second", "blocked", "blocker", "shielded_domain", "shielded_name"),
    *("waiting", "declined", "lapsed", "withdrew", "asked", "ex", "steward", "resting"),
    *("suspended_viewer", "departed_viewer", "newcomer", *SPEAKERS),
)
STATES = {"resting": "paused", "suspended_viewer": "suspended", "departed_viewer": "departed"}


# Who was in conversation: two, or a few at one table. All were connected with whoever began it.
TALKS = (
    *(("owner2", "connection"), ("blocked", "owner3"), ("owner4", "shielded_domain")),
    *(("ex", "owner2"), ("connection", "paused"), ("connection", "departed")),
    ("connection", "owner1", "owner2"),
    ("owner3", "connection", "blocked", "ex"),
)
# Begun among people who were connected then; some of those ties, and some people, are no more.
INTRODUCTIONS = (
    Brought("connection", ("owner1", "second")),
    Brought("connection", ("owner2", "paused"), yes=("owner2",)),
    Brought("owner3", ("connection", "shielded_domain"), yes=("connection", "shielded_domain")),
    Brought("ex", ("owner1", "owner2"), yes=("owner1",)),
    Brought("owner4", ("connection", "blocked"), yes=("connection",)),
)
CARRIES = (("second", "connection", "owner4"),)


def told() -> Story:
    """Return the story."""
    story = Story()
    for number, label in enumerate(OWNERS):
        story.people[label] = _owner(label, number)
    for label, state in (
        ("paused", "paused"),
        ("leaving", "leaving"),
        ("suspended", "suspended"),
        ("departed", "departed"),
    ):
        words = [Words(label, "purpose", 4), Words(label, "offers", 3), Words(label, "contact", 2)]
        story.people[label] = Person(label, f"{label}.example", state=state, words=words)
        story.ties.append(Tie("connection", label))
        story.asks += [Asked("waiting", label, "waiting"), Asked(label, "asked", "waiting")]
    for label in VIEWERS:
        story.people[label] = _viewer(label)
    for owner in OWNERS:
        _between(story, owner)
    story.ties.append(Tie("second", "connection"))
    story.ties += [Tie(*pair) for pair in others.TIES]
    _memory(story)
    story.talks = [Talk(people) for people in TALKS]
    story.introductions = list(INTRODUCTIONS)
    story.door += [AtTheDoor("invited", "invitation"), AtTheDoor("applicant", "application")]
    return story


def _memory(story: Story) -> None:
    """Words about each other and private notes, between people who were connected once."""
    for owner, standing in zip(OWNERS, ("waiting", "shown", "kept", "taken back"), strict=True):
        story.vouches.append(Vouched("connection", owner, standing))
        story.vouches.append(Vouched(owner, "connection", "shown"))
        story.notes += [Noted("connection", owner), Noted(owner, "connection")]
    for author in ("suspended_viewer", "departed_viewer"):
        story.vouches.append(Vouched(author, "owner1", "shown"))
    for author in ("blocked", "shielded_domain"):
        story.vouches.append(Vouched(author, "owner3", "shown"))
        story.vouches.append(Vouched("owner3", author, "shown"))
        story.notes += [Noted(author, "owner3"), Noted("owner3", author)]
    story.vouches += [Vouched("connection", "paused", "shown")]
    story.vouches += [Vouched("paused", "connection", "shown")]
    story.notes += [Noted("steward", "owner1"), Noted("connection", "paused")]


def _owner(label: str, number: int) -> Person:
    """Every part at every level, by every way, over the four owners together."""
    person = Person(label, f"{label}.example", history=(number + 1) % 4 + 1)
    for place, part in enumerate(PARTS):
        level = (place + number) % 4 + 1
        if part == "contact":
            level = min(level, 3)
        person.words.append(Words(label, part, level, WAYS[(place + 2 * number) % 3]))
    person.past = [
        Words(label, f"past{level}", min(level, person.history)) for level in (1, 2, 3, 4)
    ]
    return person


def _viewer(label: str) -> Person:
    domain = SHIELDED_DOMAIN if label == "shielded_domain" else f"{label.replace('_', '-')}.example"
    person = Person(
        label,
        domain,
        state=STATES.get(label, "member"),
        steward=label == "steward",
        role=SHIELDED_NAME if label == "shielded_name" else "",
        words=[Words(label, "purpose", 3), Words(label, "story", 1), Words(label, "contact", 2)],
    )
    if label == "shielded_name":  # what shields read is what others may not
        person.words.append(Words(label, "roles", 1))
    return person


def _between(story: Story, owner: str) -> None:
    first_two = owner in OWNERS[:2]
    for label in ("connection", "suspended_viewer", "departed_viewer"):
        story.ties.append(Tie(label, owner))
    story.ties.append(Tie("ex", owner, live=False))
    story.blocks |= {(owner, "blocked"), ("blocker", owner)}
    story.shields |= {(owner, SHIELDED_DOMAIN), (owner, SHIELDED_NAME)}
    if first_two:
        story.asks += [
            Asked("blocked", owner, "closed"),
            Asked("shielded_domain", owner, "waiting"),
        ]
        story.asks.append(Asked(owner, "blocker", "closed"))
    else:
        story.ties += [Tie("blocked", owner, live=False), Tie("shielded_domain", owner)]
        story.ties.append(Tie(owner, "blocker", live=False))
    story.asks += [
        Asked("waiting", owner, "waiting"),
        Asked("declined", owner, "declined"),
        Asked("lapsed", owner, "lapsed"),
        Asked("withdrew", owner, "withdrawn"),
        Asked(owner, "asked", "waiting"),
        Asked(owner, "shielded_name", "waiting"),
    ]
