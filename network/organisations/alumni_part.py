"""People who stay in touch as a section of an organisation's page: named by their own choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.members.models import Member
from network.members.visibility import THE_WEB, Viewer
from network.organisations.access import Seen
from network.organisations.kinds import Alumni
from network.organisations.models import AlumniRelation
from network.organisations.page import Part
from network.organisations.queries.alumni import Leaf, people_of, relation_of
from network.organisations.sorts import SORTS

ON_THE_PAGE = 12


@dataclass(frozen=True, slots=True)
class Touch:
    """Who is named, and where the viewer stands with the organisation, if anywhere."""

    leaf: Leaf
    mine: AlumniRelation | None

    @property
    def sorts(self) -> Mapping[Alumni, str]:
        """Return what people and organisations are to one another, in words."""
        return SORTS


def _load(db: Session, seen: Seen, member: Member | None, now: datetime) -> Touch | None:
    viewer = THE_WEB if member is None else Viewer.of(member)
    leaf = people_of(db, seen.organisation, viewer, now, most=ON_THE_PAGE)
    if member is None:
        return Touch(leaf, None) if leaf.people else None
    return Touch(leaf, relation_of(db, seen.organisation, member, now))


ALUMNI = Part("organisations/_alumni.html", _load)
