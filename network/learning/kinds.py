"""The fixed words of learning: what a session is, and where it, its places and its words stand."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Format(StrEnum):
    """How a session goes."""

    WORKSHOP = "workshop"
    CIRCLE_MEETING = "circle_meeting"
    PEER_COACHING = "peer_coaching"
    ACTION_LEARNING = "action_learning"
    TALK = "talk"


class SessionState(StrEnum):
    """What was decided about a session. Held and lapsed are computed from the time."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class SeatState(StrEnum):
    """Where somebody stands with a session. The first three are live: one of them at a time."""

    GOING = "going"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    PASSED = "passed"
    LEFT = "left"


class Attendance(StrEnum):
    """Whether somebody came: seen by the hosts and by themselves."""

    ATTENDED = "attended"
    MISSED = "missed"


class NeedState(StrEnum):
    """Where a wish to learn stands."""

    OPEN = "open"
    HOSTED = "hosted"
    LET_GO = "let_go"


class CommitmentState(StrEnum):
    """What became of what somebody said they would do. Letting go counts as much as doing."""

    OPEN = "open"
    DONE = "done"
    LET_GO = "let_go"


class Readers(IntEnum):
    """Who reads a word of harvest: those who were there, or all members."""

    THERE = 2
    MEMBERS = 3
