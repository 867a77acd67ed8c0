"""The fixed words of terms: what is given in money and in other ways, and how often."""

from __future__ import annotations

from enum import StrEnum


class Period(StrEnum):
    """For how long something counts, or how often it comes."""

    IN_ALL = "in_all"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Cash(StrEnum):
    """How money is given."""

    RETAINER = "retainer"
    DAY_RATE = "day_rate"
    FIXED = "fixed"
    MILESTONE = "milestone"
    OUTCOME = "outcome"


class Kind(StrEnum):
    """What else is given. Pro bono is said, never left to silence."""

    EQUITY = "equity"
    REVENUE_SHARE = "revenue_share"
    LEARNING = "learning"
    TIME = "time"
    INTRODUCTIONS = "introductions"
    CREDIT = "credit"
    ACCESS = "access"
    PRO_BONO = "pro_bono"
    OTHER = "other"


class Clause(StrEnum):
    """The parts of terms that are running text, in the order in which they are read."""

    PURPOSE = "purpose"
    SCOPE = "scope"
    OUT_OF_SCOPE = "out_of_scope"
    AUTHORITY = "authority"
    CONFIDENTIALITY = "confidentiality"
    RIGHTS = "rights"
    EXCLUSIVITY = "exclusivity"
    CONFLICTS = "conflicts"
    ENDING = "ending"
    HANDOVER = "handover"


class Rhythm(StrEnum):
    """How often those who work together check in."""

    NONE = "none"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    SIX_WEEKLY = "six_weekly"
    QUARTERLY = "quarterly"


class NegotiationState(StrEnum):
    """Where a negotiation stands; that it lapsed is computed."""

    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"


class EngagementState(StrEnum):
    """Where agreed work stands."""

    AGREED = "agreed"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"
    CANCELLED = "cancelled"


class Welcome(StrEnum):
    """What a newcomer to shared work is given, so that nobody begins at the edge of it."""

    ACCESS = "access"
    PEOPLE = "people"
    RITUALS = "rituals"


class LeftFor(StrEnum):
    """What is left behind at the end: for those who stay, or what everybody learned."""

    HANDOVER = "handover"
    HARVEST = "harvest"
