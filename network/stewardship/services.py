"""What stewards change: the settings of the network, and doors that are held open no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from network.changes import changed
from network.events.services import record
from network.members.kinds import Joining
from network.members.models import Invitation, Member, Network


def set_network(
    db: Session,
    network: Network,
    *,
    steward: Member,
    name: str,
    about: str,
    joining: Joining,
    questions: str,
    one_organisation: bool,
    now: datetime,
) -> None:
    """Set what every page says of the network, how people come in, and whether it is the network of
    one organisation: then somebody may show a need to everybody here.
    """
    network.name, network.about = name, about
    network.joining, network.questions = joining, questions
    network.one_organisation = one_organisation
    record(
        db,
        "stewardship:network:set",
        actor=steward.id,
        subject=("network", network.id),
        now=now,
        name=name,
        about=about,
        joining=joining.value,
        questions=questions,
        one_organisation=one_organisation,
    )


def withdraw_invitation(
    db: Session, invitation: Invitation, *, steward: Member, now: datetime
) -> bool:
    """Close a door that was held open, and delete its draft. Tell whether it was open."""
    closed = changed(
        db,
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, draft={}),
    )
    if closed != 1:
        return False
    record(
        db,
        "members:invitation:withdrawn",
        actor=steward.id,
        subject=("invitation", invitation.id),
        now=now,
    )
    return True
