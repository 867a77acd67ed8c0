"""The fixed words of a member's profile and participation."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Audience(IntEnum):
    """Who may see something; each level lets in more people and keeps the ones before."""

    ME = 1
    CONNECTIONS = 2
    MEMBERS = 3
    WEB = 4


class State(StrEnum):
    """Where an account stands."""

    MEMBER = "member"
    PAUSED = "paused"
    LEAVING = "leaving"
    SUSPENDED = "suspended"
    DEPARTED = "departed"


class Stage(StrEnum):
    """Where a person is in working life now."""

    INDEPENDENT = "independent"
    EMPLOYED = "employed"
    BETWEEN = "between"
    EXPLORING = "exploring"


class Part(StrEnum):
    """The sections of a profile. Each has its own words and its own audience."""

    PURPOSE = "purpose"
    HISTORY = "history"
    THEMES = "themes"
    PROBLEMS = "problems"
    OFFERS = "offers"
    LOOKING_FOR = "looking_for"
    LEARNING = "learning"
    SHARING = "sharing"
    STORY = "story"
    ROLES = "roles"
    LINKS = "links"
    STAGE = "stage"
    PLACE = "place"
    LANGUAGES = "languages"
    AVAILABILITY = "availability"
    CONTACT = "contact"
    CIRCLES = "circles"
    CONNECTIONS = "connections"


DEFAULT_AUDIENCE = dict.fromkeys(Part, Audience.MEMBERS) | {
    Part.HISTORY: Audience.ME,
    Part.STAGE: Audience.CONNECTIONS,
    Part.CONTACT: Audience.CONNECTIONS,
    Part.CIRCLES: Audience.CONNECTIONS,
    Part.CONNECTIONS: Audience.ME,
}

# One entry a line; the rest is running text.
LISTS = frozenset({Part.THEMES, Part.ROLES, Part.LINKS, Part.LANGUAGES})
# What the index may hold: never contact details, never lists of people or circles.
SEARCHED = (
    Part.PURPOSE,
    Part.THEMES,
    Part.PROBLEMS,
    Part.OFFERS,
    Part.LOOKING_FOR,
    Part.LEARNING,
    Part.SHARING,
    Part.STORY,
    Part.ROLES,
    Part.PLACE,
)
LONGEST = {
    Part.PURPOSE: 600,
    Part.THEMES: 320,
    Part.PLACE: 120,
    Part.LANGUAGES: 300,
    Part.LINKS: 900,
    Part.ROLES: 900,
    Part.CONTACT: 600,
    Part.STORY: 8000,
}
LONGEST_OTHER = 2000


class Work(StrEnum):
    """Kinds of work a person may be open to."""

    FRACTIONAL = "fractional"
    INTERIM = "interim"
    PROJECT = "project"
    ADVISORY = "advisory"
    BOARD = "board"
    COACHING = "coaching"
    SPEAKING = "speaking"
    PEER = "peer"
    PRO_BONO = "pro_bono"


class WhoMayAsk(StrEnum):
    """Who may send a member an ask of a kind."""

    ANYONE = "anyone"
    SHARED = "shared"
    INTRODUCED = "introduced"
    NOBODY = "nobody"


class WhoMayWrite(StrEnum):
    """Who may begin a conversation with a member. Connections always may: that was the yes."""

    CONNECTIONS = "connections"
    SHARED = "shared"
    ANYONE = "anyone"


class MembershipState(StrEnum):
    """Where somebody stands with a circle. The first five are live: one of them at a time."""

    INVITED = "invited"
    APPLIED = "applied"
    QUEUED = "queued"
    MEMBER = "member"
    RESTING = "resting"
    LEFT = "left"
    RELEASED = "released"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class CameBy(StrEnum):
    """How somebody came into a circle."""

    FOUNDED = "founded"
    INVITED = "invited"
    APPLIED = "applied"
    OPEN = "open"


class Joining(StrEnum):
    """How a network lets people in."""

    INVITATION = "invitation"
    APPLICATION = "application"
    OPEN = "open"
