"""What the door of a circle says to somebody outside: how they may come in, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.asks.queries import mine_about
from network.circles.access import Seen
from network.circles.kinds import AskOf
from network.circles.kinds import Door as Way
from network.circles.queries.places import (
    TAKES_PEOPLE,
    again_from,
    is_full,
    last_place,
    may_come_back,
    was_removed,
)
from network.members.kinds import MembershipState
from network.members.models import Member, Membership


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody outside may come in. `last` is the place they had, `invitation` what asks them
    in, `again_from` the day from which they may ask again.
    """

    may_join: bool = False
    may_apply: bool = False
    full: bool = False
    owes_yes: bool = False
    invitation: Ask | None = None
    last: Membership | None = None
    again_from: datetime | None = None


def door_of(db: Session, member: Member, seen: Seen, now: datetime) -> Door:
    """Return the door of a circle as this member finds it, who is not inside."""
    circle, place = seen.circle, seen.place
    last = last_place(db, circle, member)
    if seen.is_in_it:
        return Door(owes_yes=True, last=last)
    full = is_full(db, circle)
    if place is not None and place.state is MembershipState.INVITED:
        asked = mine_about(db, member, AskOf.INVITATION, place.id, now)
        if asked is not None:
            return Door(invitation=asked, full=full, last=last)
        place = None  # a block has closed it: the door is as for anybody else
    takes = circle.life in TAKES_PEOPLE and place is None
    removed = was_removed(last)
    back = may_come_back(last, now)
    may_apply = takes and circle.door is Way.REQUEST and not removed and not back
    again = again_from(db, circle, member, now) if may_apply else None
    return Door(
        may_join=takes and (back or (circle.door is Way.OPEN and not removed)),
        may_apply=may_apply and again is None,
        full=full,
        last=last,
        again_from=again,
    )
