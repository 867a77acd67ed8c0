"""To whom an approach is written, and for whom, as its form and its page have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.circles.access import circle_for
from network.circles.models import Circle
from network.errors import NotAllowed
from network.members.access import Profile, profile_for
from network.members.kinds import Work
from network.members.models import Member
from network.members.visibility import Viewer
from network.organisations.services.approach_guards import open_to
from network.organisations.services.team_guards import is_open
from network.translation import _


@dataclass(frozen=True, slots=True)
class Addressed:
    """A person as the writer sees them, or a team; and the kinds of work to write about."""

    to: Member | Circle
    kinds: tuple[Work, ...]
    profile: Profile | None = None


def person_to(db: Session, writer: Member, handle: str, *, now: datetime) -> Addressed:
    """Return a person whom the writer may know of; raise `NotFound` otherwise."""
    profile = profile_for(db, Viewer.of(writer), handle, now=now)
    if profile.is_own:
        raise NotAllowed(_("That is you."))
    return Addressed(profile.member, tuple(open_to(db, writer, profile.member, now)), profile)


def team_to(db: Session, writer: Member, slug: str, *, now: datetime) -> Addressed:
    """Return a circle that the writer may know of; raise `NotFound` otherwise."""
    circle = circle_for(db, writer, slug, now=now).circle
    return Addressed(circle, tuple(Work) if is_open(db, writer, circle, now) else ())
