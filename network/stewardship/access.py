"""Loading what stewards answer for. To everybody else there is no such room."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.access import must_be_steward
from network.members.models import Application, Invitation, Member, Network


def steward_only(member: Member | None) -> Member:
    """Return the steward; raise `NotFound` for everybody else, signed in or not."""
    if member is None:
        raise NotFound
    must_be_steward(member)
    return member


def application_to_answer(db: Session, steward: Member, key: str) -> Application | None:
    """Return an application that waits, or None when it has been answered."""
    must_be_steward(steward)
    return db.scalar(
        select(Application).where(Application.key == key, Application.welcomed_at.is_(None))
    )


def invitation_to_withdraw(db: Session, steward: Member, key: str) -> Invitation:
    """Return an invitation, open or over; raise `NotFound` where there is none."""
    must_be_steward(steward)
    invitation = db.scalar(select(Invitation).where(Invitation.key == key))
    if invitation is None:
        raise NotFound
    return invitation


def network_to_set(db: Session, steward: Member) -> Network:
    """Return the network for a steward to set."""
    must_be_steward(steward)
    return db.get_one(Network, 1)
