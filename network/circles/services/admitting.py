"""A place in a circle: given where there is room, kept in line where there is none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.queries.places import TAKES_PEOPLE, is_full
from network.circles.services.talking import join_talk
from network.circles.services.turns import log
from network.errors import Conflict
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.translation import _


def must_take_people(circle: Circle) -> None:
    """Raise `Conflict` where nobody comes in now."""
    if circle.life not in TAKES_PEOPLE:
        raise Conflict(_("Nobody comes into this circle just now: it rests, or it has ended."))


def must_be_present(circle: Circle, version: int) -> None:
    """Raise `Conflict` where the agreements that were read are not the present ones."""
    if version != circle.agreements_version:
        raise Conflict(
            _("The agreements changed while you were reading. Read them as they are now.")
        )


def admit(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    agreed: int,
    actor: Member,
    now: datetime,
    told: str = "circles:joined",
) -> None:
    """Give somebody their place, or the next number in line where the circle is full.

    The row of the circle is taken before. `agreed` is the version of the agreements that they read.
    """
    place.agreed_version, place.agreed_at = agreed, now
    db.flush()  # who has just gone takes no place
    if is_full(db, circle):
        place.state, place.line, place.expires_at = MembershipState.QUEUED, circle.turn, None
        log(db, circle, "circles:queued", actor=actor.id, now=now, place=place)
        return
    _give(db, circle, place, now)
    log(db, circle, told, actor=actor.id, now=now, to=("mail",), place=place)


def fill(db: Session, circle: Circle, now: datetime) -> None:
    """Give each place that is free to the first in line. The row of the circle is taken before."""
    if circle.life not in TAKES_PEOPLE:
        return
    for place in db.scalars(
        select(Membership)
        .where(Membership.circle_id == circle.id, Membership.state == MembershipState.QUEUED)
        .order_by(Membership.line, Membership.id)
    ).all():
        if is_full(db, circle):
            return
        _give(db, circle, place, now)
        log(db, circle, "circles:place_free", actor=None, now=now, to=("mail",), place=place)


def _give(db: Session, circle: Circle, place: Membership, now: datetime) -> None:
    place.state, place.since = MembershipState.MEMBER, now
    place.expires_at = None
    db.flush()  # the conversation asks who is in it
    person = db.get_one(Member, place.member_id)
    join_talk(db, circle, person, now=now)
