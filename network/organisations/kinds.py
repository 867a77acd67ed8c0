"""The fixed words of organisations: how they are verified, who belongs to them, what is written."""

from __future__ import annotations

from enum import StrEnum


class VerifiedBy(StrEnum):
    """How the network knows that an organisation is the one it says it is."""

    ADDRESS = "address"
    STEWARD = "steward"


class Speaks(StrEnum):
    """Where somebody stands with speaking for an organisation. The first three are live."""

    INVITED = "invited"
    CLAIMED = "claimed"
    ACTIVE = "active"
    ENDED = "ended"


class Alumni(StrEnum):
    """What somebody was, or is, to an organisation."""

    WORKED_WITH = "worked_with"
    COLLEAGUE = "colleague"
    RETIRED = "retired"
    BETWEEN = "between"
    ADVISED = "advised"
    VOLUNTEERED = "volunteered"


class RelationState(StrEnum):
    """Where an alumni relation stands: asked by either side, kept by both, ended by either."""

    ASKED = "asked"
    KEPT = "kept"
    ENDED = "ended"


class ApproachState(StrEnum):
    """Where an approach stands; that time ran out is computed."""

    SENT = "sent"
    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class AskOf(StrEnum):
    """The kinds of ask that this package gives the inbox."""

    REPRESENTATIVE = "representative"
    CLAIM = "representative_claim"
    ALUMNI = "alumni"
    APPROACH = "approach"
    TEAM_APPROACH = "team_approach"
    LET_US_TALK = "let_us_talk"
    SHOWING = "need_showing"
