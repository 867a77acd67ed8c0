"""The fixed words of circles: their forms, doors and lives."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """What kind of circle it is; `forms.py` says what each begins with."""

    WORKING_OUT_LOUD = "working_out_loud"
    ACTION_LEARNING = "action_learning"
    MASTERMIND = "mastermind"
    PEER_COACHING = "peer_coaching"
    PRACTICE = "practice"
    TEAM = "team"


class Door(StrEnum):
    """How somebody comes in. A hidden circle cannot be told from none by whoever is not in it."""

    OPEN = "open"
    REQUEST = "request"
    INVITATION = "invitation"
    HIDDEN = "hidden"


class Life(StrEnum):
    """Where a circle stands."""

    FORMING = "forming"
    RUNNING = "running"
    RESTING = "resting"
    CLOSING = "closing"
    ARCHIVED = "archived"


class OpeningRule(StrEnum):
    """When a team opens what somebody writes to it: when all agree to talk, or when one does."""

    EVERYONE = "everyone"
    ANYONE = "anyone"


class AskOf(StrEnum):
    """The kinds of ask that a circle makes or is made."""

    INVITATION = "circle_invitation"
    APPLICATION = "circle_application"
    TURN = "circle_turn"


class DecisionAbout(StrEnum):
    """What is decided: some matter, or the agreements themselves."""

    MATTER = "matter"
    AGREEMENTS = "agreements"


class DecisionState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ADOPTED = "adopted"
    SET_ASIDE = "set_aside"
