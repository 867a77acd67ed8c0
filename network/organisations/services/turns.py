"""The row of an organisation, taken before anything that counts or depends on who speaks for it;
and the log of what happened to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import NotFound
from network.events.services import record
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative

ON_THE_WAY = (Speaks.INVITED, Speaks.CLAIMED)


def take(db: Session, organisation: Organisation) -> int:
    """Take the row of an organisation and return its next number; see it as it stands then."""
    changed(
        db,
        update(Organisation)
        .where(Organisation.id == organisation.id)
        .values(turn=Organisation.turn + 1)
        .execution_options(synchronize_session=False),
    )
    db.refresh(organisation)
    return organisation.turn


def look_again(db: Session, place: Representative) -> None:
    """See a place as it stands once the row of its organisation is taken."""
    db.refresh(place, [column.key for column in Representative.__mapper__.column_attrs])


def live_place(
    db: Session, organisation: Organisation, member: Member, now: datetime
) -> Representative | None:
    """Return where somebody stands with speaking for an organisation, once its row is taken.

    What time has ended already is stored, so that the one live place is free.
    """
    changed(
        db,
        update(Representative)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.member_id == member.id,
            Representative.state.in_(ON_THE_WAY),
            Representative.expires_at <= now,
        )
        .values(state=Speaks.ENDED, ended_at=now),
    )
    return db.scalar(
        select(Representative)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.member_id == member.id,
            Representative.state != Speaks.ENDED,
        )
        .execution_options(populate_existing=True)
    )


def log(
    db: Session,
    organisation: Organisation,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    place: Representative | None = None,
    carried: Mapping[str, str] | None = None,
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to an organisation, and to whose place in it."""
    if place is not None:
        data |= {"member": place.member_id, "representative": place.id}
    record(
        db,
        kind,
        actor=actor,
        subject=("organisation", organisation.id),
        now=now,
        to=to,
        carried=carried,
        **data,
    )


def must_speak(db: Session, organisation: Organisation, member: Member) -> Representative:
    """Return the place of somebody who speaks for an organisation, once its row is taken; raise
    `NotFound` for all others: they may have been ended a moment ago.
    """
    place = db.scalar(
        select(Representative)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.member_id == member.id,
            Representative.state == Speaks.ACTIVE,
        )
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound
    return place
