"""An organisation as it is told of, and where people stand with it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.demo.talk import People
from network.members.models import Member
from network.organisations.kinds import RelationState, Speaks
from network.organisations.models import AlumniRelation, Organisation, Representative


@dataclass(frozen=True, slots=True)
class House:
    """An organisation as it is told of."""

    db: Session
    people: People
    organisation: Organisation

    def place_of(self, member: Member) -> Representative:
        """Return where somebody stands with speaking for it."""
        return self.db.scalars(
            select(Representative).where(
                Representative.organisation_id == self.organisation.id,
                Representative.member_id == member.id,
                Representative.state != Speaks.ENDED,
            )
        ).one()

    def relation_of(self, member: Member) -> AlumniRelation:
        """Return what somebody and it are to one another."""
        return self.db.scalars(
            select(AlumniRelation).where(
                AlumniRelation.organisation_id == self.organisation.id,
                AlumniRelation.member_id == member.id,
                AlumniRelation.state != RelationState.ENDED,
            )
        ).one()
