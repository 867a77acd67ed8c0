"""Who speaks for an organisation, as its page names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.members.models import Member
from network.members.visibility import THE_WEB, Viewer
from network.organisations.access import Seen
from network.organisations.models import Representative
from network.organisations.page import Part
from network.organisations.queries.people import on_the_way, speakers


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, beside their place: a form that was refused undoes what was loaded of it."""

    place: Representative
    member: Member


@dataclass(frozen=True, slots=True)
class People:
    """Those who speak for it and whom the viewer may know of; for them, who is on the way."""

    here: list[Named]
    coming: list[Named]


def people_of(db: Session, seen: Seen, member: Member | None, now: datetime) -> People:
    """Return the people of an organisation as this member, or anybody on the web, sees them."""
    viewer = THE_WEB if member is None else Viewer.of(member)
    here = speakers(db, seen.organisation, viewer, now)
    coming = on_the_way(db, seen.organisation, viewer, now) if seen.speaks else ()
    return People(_named(here), _named(coming))


def _named(places: Sequence[Representative]) -> list[Named]:
    return [Named(place, place.member) for place in places]


PEOPLE = Part("organisations/_people.html", people_of)
