"""What the desk shows: who is at the door, and for whom it is held open. Nothing about members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from network.members.models import Application, Invitation, Member

ON_ONE_PAGE = 30


def applications(db: Session) -> Sequence[Application]:
    """Return applications that wait, the first to come first."""
    return db.scalars(
        select(Application)
        .where(Application.welcomed_at.is_(None))
        .order_by(Application.sent_at, Application.id)
        .limit(ON_ONE_PAGE)
    ).all()


def open_invitations(
    db: Session, now: datetime, *, before: str = ""
) -> Sequence[tuple[Invitation, str | None]]:
    """Return open invitations with the name of who invited, the newest first: those sent before the
    one with the key `before`, and one more than a page holds where there are more.
    """
    earlier = aliased(Invitation)
    inviter = aliased(Member)
    found = (
        select(Invitation, inviter.name)
        .outerjoin(inviter, inviter.id == Invitation.invited_by)
        .where(
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
        .limit(ON_ONE_PAGE + 1)
    )
    if before:
        found = found.where(
            Invitation.id < select(earlier.id).where(earlier.key == before).scalar_subquery()
        )
    return [(invitation, name) for invitation, name in db.execute(found)]
