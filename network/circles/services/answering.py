"""What an answer to an ask of a circle does: to an invitation, or to an application.

Each ask is part of a `Membership` on its way; one yes of those asked is the yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.kinds import AskOf
from network.circles.models import Agreements, Circle
from network.circles.services.admitting import admit, must_take_people
from network.circles.services.guards import takes_invitations
from network.circles.services.turns import look_again, take
from network.errors import Conflict
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.translation import _

OPEN_FOR = timedelta(days=30)
# To whoever asked, these are open.
OPEN = (AskState.WAITING, AskState.DECLINED)


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the templates of these asks read: the circle, its present agreements, and the place."""

    circle: Circle
    agreements: Agreements
    place: Membership


def close_asks(db: Session, place: Membership, *, actor: Member, now: datetime) -> None:
    """Close what is still open of an invitation or an application."""
    asks.close(db, and_(part_of(place), Ask.state.in_(OPEN)), actor=actor, now=now)


def let_in(db: Session, circle: Circle, place: Membership, *, actor: Member, now: datetime) -> None:
    """Let in who has asked to come in. The row of the circle is taken before."""
    close_asks(db, place, actor=actor, now=now)
    place.by_id = actor.id
    agreed = place.agreed_version
    admit(db, circle, place, agreed=agreed, actor=actor, now=now, told="circles:let_in")


def part_of(place: Membership) -> ColumnElement[bool]:
    """Hold for the asks of a place that is on its way."""
    kinds = (INVITATION.name, APPLICATION.name)
    return and_(Ask.thing_id == place.id, Ask.kind.in_(kinds))


def _mark(ask: Ask, circle: Circle) -> str:
    return f"{ask.mark}-{circle.agreements_version}"


def _place_and_circle(db: Session, ask: Ask) -> tuple[Membership, Circle]:
    place = db.get_one(Membership, ask.thing_id)
    return place, db.get_one(Circle, place.circle_id)


def _read(db: Session, ask: Ask) -> str:
    return _mark(ask, _place_and_circle(db, ask)[1])


def _take(db: Session, ask: Ask) -> None:
    place, circle = _place_and_circle(db, ask)
    take(db, circle)
    look_again(db, place)


def _came(db: Session, ask: Ask, now: datetime) -> None:
    """Give a place to whoever said yes to coming in."""
    place, circle = _place_and_circle(db, ask)
    if place.state is not MembershipState.INVITED:
        raise Conflict
    must_take_people(circle)
    person = db.get_one(Member, place.member_id)
    admit(db, circle, place, agreed=circle.agreements_version, actor=person, now=now)


def _were_let_in(db: Session, ask: Ask, now: datetime) -> None:
    place, circle = _place_and_circle(db, ask)
    if place.state is not MembershipState.APPLIED:
        raise Conflict
    must_take_people(circle)
    let_in(db, circle, place, actor=db.get_one(Member, ask.addressee_id), now=now)


def on_the_way(db: Session, ids: Collection[int]) -> Mapping[int, OnTheWay]:
    """Return what templates read of places, by their row."""
    rows = db.execute(
        select(Membership, Circle, Agreements)
        .join(Circle, Circle.id == Membership.circle_id)
        .join(
            Agreements,
            and_(
                Agreements.circle_id == Circle.id,
                Agreements.version == Circle.agreements_version,
            ),
        )
        .where(Membership.id.in_(ids))
    )
    return {place.id: OnTheWay(circle, words, place) for place, circle, words in rows}


def _invites(ask: Ask) -> str:
    return str(_("%(name)s would like to have you in a circle, and writes:", name=ask.asker.name))


def _applies(ask: Ask) -> str:
    return str(
        _("%(name)s would like to come into a circle of yours, and writes:", name=ask.asker.name)
    )


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes to the circle, and to what its people agreed."))


def _said_let_in(ask: Ask) -> str:
    return str(_("You said yes. %(name)s is told, and comes in.", name=ask.asker.name))


INVITATION = Kind(
    name=AskOf.INVITATION.value,
    lifetime=OPEN_FOR,
    open_to=takes_invitations,
    accepted=_came,
    opening=_invites,
    said_yes=_said_yes,
    templates="circles/invitation",
    take=_take,
    read=_read,
    load=on_the_way,
)
APPLICATION = Kind(
    name=AskOf.APPLICATION.value,
    lifetime=OPEN_FOR,
    accepted=_were_let_in,
    opening=_applies,
    said_yes=_said_let_in,
    templates="circles/application",
    take=_take,
    read=_read,
    load=on_the_way,
)
