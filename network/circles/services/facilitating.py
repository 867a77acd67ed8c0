"""Taking a turn at facilitating: somebody who facilitates asks, and the other says yes or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask
from network.circles.kinds import AskOf, Life
from network.circles.models import Circle
from network.circles.services.answering import on_the_way
from network.circles.services.asking import readdress
from network.circles.services.turns import log, look_again, take
from network.errors import Conflict, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.text import clean
from network.translation import _

OPEN_FOR = timedelta(days=14)


def ask_to_facilitate(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    """Ask somebody in the circle to take a turn at facilitating. The same form twice is once.

    Raises `Conflict` for somebody who facilitates or rests, `Invalid` for the words.
    """
    take(db, circle)
    look_again(db, place)
    sent = db.scalar(select(Ask).where(Ask.asker_id == actor.id, Ask.submission == submission))
    if sent is not None and sent.reason == clean(words):
        return
    if sent is not None:
        submission = uuid4().hex  # other words from the same form: the guards decide
    addressee = db.get_one(Member, place.member_id)
    _must_be_free(place, circle)
    asks.let_lapse(db, actor, addressee, TURN, now, body_id=circle.id)
    asks.may_ask(db, TURN, asker=actor, addressee=addressee, now=now, body_id=circle.id)
    asks.place(
        db,
        TURN,
        asker=actor,
        addressee=addressee,
        reason=words,
        submission=submission,
        now=now,
        thing_id=place.id,
        body_id=circle.id,
    )


def _must_be_free(place: Membership, circle: Circle) -> None:
    if circle.life in {Life.CLOSING, Life.ARCHIVED}:
        raise Conflict(_("The circle is ending. Nobody needs to take a turn."))
    if place.state is not MembershipState.MEMBER:
        raise Conflict(_("They rest just now, or are not here any more."))
    if place.facilitates:
        raise Conflict(_("They facilitate already."))


def _place_and_circle(db: Session, ask: Ask) -> tuple[Membership, Circle]:
    place = db.get_one(Membership, ask.thing_id)
    return place, db.get_one(Circle, place.circle_id)


def _take(db: Session, ask: Ask) -> None:
    place, circle = _place_and_circle(db, ask)
    take(db, circle)
    look_again(db, place)


def _facilitate(db: Session, ask: Ask, now: datetime) -> None:
    place, circle = _place_and_circle(db, ask)
    if place.state is not MembershipState.MEMBER:
        raise NotFound
    _must_be_free(place, circle)
    place.facilitates = True
    db.flush()  # who answers at the door reads who facilitates
    readdress(db, circle, now=now)
    log(
        db,
        circle,
        "circles:handed_over",
        actor=place.member_id,
        now=now,
        to=("mail",),
        place=place,
        asked_by=ask.asker_id,
    )


def _opening(ask: Ask) -> str:
    return str(
        _("%(name)s asks you to take a turn at facilitating, and writes:", name=ask.asker.name)
    )


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes. You facilitate from now on, until you step down."))


TURN = Kind(
    name=AskOf.TURN.value,
    lifetime=OPEN_FOR,
    accepted=_facilitate,
    opening=_opening,
    said_yes=_said_yes,
    templates="circles/turn",
    take=_take,
    load=on_the_way,
)
