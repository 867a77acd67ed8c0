"""The five answers as a section of an organisation's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.members.models import Member
from network.members.visibility import THE_WEB, Viewer
from network.organisations.access import Seen
from network.organisations.page import Part
from network.organisations.queries.readiness import Standing, standing


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that stand, or None before the first."""

    five: Standing | None


def _load(db: Session, seen: Seen, member: Member | None, now: datetime) -> Answers:
    viewer = THE_WEB if member is None else Viewer.of(member)
    return Answers(standing(db, seen.organisation, now, viewer=viewer))


ANSWERS = Part("organisations/_answers.html", _load)
