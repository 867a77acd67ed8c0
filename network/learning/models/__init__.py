"""The tables of learning."""

from network.learning.models.feeds import CalendarFeed
from network.learning.models.keeping import Commitment, HarvestEntry, Round, RoundQuestion
from network.learning.models.rooms import GreenRoom, LearningInterest, LearningNeed
from network.learning.models.sessions import (
    LearningSession,
    Seat,
    SeatKind,
    SessionHost,
    SessionSeries,
)

__all__ = [
    "CalendarFeed",
    "Commitment",
    "GreenRoom",
    "HarvestEntry",
    "LearningInterest",
    "LearningNeed",
    "LearningSession",
    "Round",
    "RoundQuestion",
    "Seat",
    "SeatKind",
    "SessionHost",
    "SessionSeries",
]
