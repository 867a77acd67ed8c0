"""The row of a circle, taken before anybody comes or goes; and the log of what happened in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.circles.models import Circle
from network.circles.visibility import ASKED, IN_IT
from network.events.services import record
from network.members.kinds import MembershipState
from network.members.models import Member, Membership

LIVE = (*ASKED, MembershipState.QUEUED, *IN_IT)


def take(db: Session, circle: Circle) -> int:
    """Take the row of a circle and return its next number; see the circle as it stands then."""
    changed(
        db,
        update(Circle)
        .where(Circle.id == circle.id)
        .values(turn=Circle.turn + 1)
        .execution_options(synchronize_session=False),
    )
    db.refresh(circle)
    return circle.turn


def look_again(db: Session, place: Membership) -> None:
    """See a place as it stands once the row of its circle is taken; whose it is stays loaded."""
    db.refresh(place, [column.key for column in Membership.__mapper__.column_attrs])


def live_place(db: Session, circle: Circle, member: Member, now: datetime) -> Membership | None:
    """Return the place of somebody in a circle or on the way to it, once its row is taken.

    What time has ended already is stored, so that the one live place is free.
    """
    changed(
        db,
        update(Membership)
        .where(
            Membership.circle_id == circle.id,
            Membership.member_id == member.id,
            Membership.state.in_(ASKED),
            Membership.expires_at <= now,
        )
        .values(state=MembershipState.LAPSED, ended_at=now),
    )
    return db.scalar(
        select(Membership)
        .where(
            Membership.circle_id == circle.id,
            Membership.member_id == member.id,
            Membership.state.in_(LIVE),
        )
        .execution_options(populate_existing=True)
    )


def log(
    db: Session,
    circle: Circle,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    place: Membership | None = None,
    carried: Mapping[str, str] | None = None,
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened in a circle, and to whose place."""
    if place is not None:
        data |= {"member": place.member_id, "membership": place.id}
    record(
        db,
        kind,
        actor=actor,
        subject=("circle", circle.id),
        now=now,
        to=to,
        carried=carried,
        **data,
    )
