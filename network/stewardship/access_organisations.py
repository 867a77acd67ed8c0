"""Loading what stewards decide about organisations."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.access import must_be_steward
from network.members.models import Member
from network.organisations.models import Organisation, Representative


def organisation_to_decide(db: Session, steward: Member, slug: str) -> Organisation:
    """Return an organisation for a steward; raise `NotFound` where there is none."""
    must_be_steward(steward)
    found = db.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        raise NotFound
    return found


def claim_to_decide(
    db: Session, steward: Member, slug: str, key: str
) -> tuple[Organisation, Representative]:
    """Return a claim to the page of an organisation, answered or not, for a steward."""
    organisation = organisation_to_decide(db, steward, slug)
    found = db.scalar(
        select(Representative).where(
            Representative.organisation_id == organisation.id,
            Representative.key == key,
            Representative.words != "",
        )
    )
    if found is None:
        raise NotFound
    return organisation, found
