"""Whoever acts for an organisation speaks for it at that moment, once its row is taken."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative


def does_speak(db: Session, organisation_id: int, member_id: int) -> bool:
    """Whether somebody speaks for an organisation now."""
    found = select(Representative.id).where(
        Representative.organisation_id == organisation_id,
        Representative.member_id == member_id,
        Representative.state == Speaks.ACTIVE,
    )
    return db.scalar(found) is not None


def must_speak(db: Session, organisation: Organisation, actor: Member) -> None:
    """Raise `NotFound` for whoever does not speak for an organisation, or not any more."""
    if not does_speak(db, organisation.id, actor.id):
        raise NotFound
