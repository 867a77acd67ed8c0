"""What the people of a circle agreed: put in other words, and agreed to by each of them.

Nobody writes in a circle without a yes to agreements that still count.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from network.circles.kinds import Life
from network.circles.models import Agreements, Circle
from network.circles.services.admitting import must_be_present
from network.circles.services.founding import REVIEW_AFTER
from network.circles.services.talking import renew_talk
from network.circles.services.turns import log, take
from network.circles.visibility import GRACE, IN_IT, inside
from network.errors import NotAllowed, NotFound
from network.members.models import Member, Membership
from network.members.visibility import Viewer


def put(db: Session, circle: Circle, *, words: str, actor: Member, now: datetime) -> Agreements:
    """Put other agreements in the place of the present ones; whoever puts them has said yes.

    Everybody else has 30 days for theirs. The row of the circle is taken before.
    """
    version = circle.agreements_version + 1
    put_now = Agreements(
        circle_id=circle.id, version=version, words=words, put_by_id=actor.id, put_at=now
    )
    db.add(put_now)
    if circle.grace_until <= now:  # whose yes was missing by then is not let in by other words
        circle.grace_from = circle.agreements_version
    circle.agreements_version, circle.grace_until = version, now + GRACE
    circle.review_at = now + REVIEW_AFTER
    mine = db.scalar(_place_of(circle, actor))
    if mine is not None:
        mine.agreed_version, mine.agreed_at = version, now
    renew_talk(db, circle, true(), now=now)
    log(
        db,
        circle,
        "circles:agreements:put",
        actor=actor.id,
        now=now,
        to=("mail",),
        place=mine,
        version=version,
    )
    return put_now


def agree(db: Session, place: Membership, *, version: int, now: datetime) -> None:
    """Say yes to the agreements that were read. Twice is once.

    Raises `NotFound` for somebody who has no place, `Conflict` where they read other agreements
    than the present ones.
    """
    circle = db.get_one(Circle, place.circle_id)
    take(db, circle)
    db.refresh(place)
    if place.state not in IN_IT:
        raise NotFound
    must_be_present(circle, version)
    if place.agreed_version == version:
        return
    place.agreed_version, place.agreed_at = version, now
    renew_talk(db, circle, Membership.id == place.id, now=now)
    log(
        db,
        circle,
        "circles:agreements:agreed",
        actor=place.member_id,
        now=now,
        place=place,
        version=version,
    )


def take_inside(db: Session, circle: Circle, actor: Member, *, now: datetime) -> Membership:
    """Take the row of a circle for somebody who writes in it, and return their place.

    Raises `NotFound` for whoever is not inside, `NotAllowed` where nothing is written any more.
    """
    take(db, circle)
    may = inside(Viewer.of(actor), now)
    place = db.scalar(
        _place_of(circle, actor)
        .join(Circle, Circle.id == Membership.circle_id)
        .where(may)
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound
    if circle.life is Life.ARCHIVED:
        raise NotAllowed
    return place


def _place_of(circle: Circle, member: Member) -> Select[Membership]:
    return select(Membership).where(
        Membership.circle_id == circle.id,
        Membership.member_id == member.id,
        Membership.state.in_(IN_IT),
    )
