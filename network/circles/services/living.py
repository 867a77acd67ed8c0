"""The life of a circle: it begins, rests, wakes, closes with a harvest, and is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.circles.beginnings import BEGINNINGS
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.queries.places import how_many, somebody_facilitates
from network.circles.services.admitting import fill
from network.circles.services.asking import readdress
from network.circles.services.ending import archive_now
from network.circles.services.turns import log, look_again, take
from network.errors import Conflict, NotAllowed
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.translation import _


def begin(db: Session, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Let a circle that forms run, from now on for as long as its form lasts. Twice is once.

    Raises `Conflict` while there are too few people.
    """
    take(db, circle)
    if circle.life is Life.RUNNING:
        return
    beginning = BEGINNINGS[circle.form]
    if how_many(db, circle) < beginning.fewest:
        raise Conflict(
            _("A circle of this form begins with %(fewest)s people.", fewest=beginning.fewest)
        )
    _move(circle, (Life.FORMING,), Life.RUNNING)
    circle.began_at = now
    circle.ends_at = None if beginning.lasts is None else now + beginning.lasts
    log(db, circle, "circles:begun", actor=actor.id, now=now, to=("things",))


def put_to_rest(db: Session, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Let a circle rest: nobody comes in, everything stays. Twice is once."""
    take(db, circle)
    if circle.life is Life.RESTING:
        return
    _move(circle, (Life.FORMING, Life.RUNNING), Life.RESTING)
    log(db, circle, "circles:put_to_rest", actor=actor.id, now=now, to=("things",))


def wake(db: Session, circle: Circle, place: Membership, *, now: datetime) -> None:
    """Wake a circle that rests. Where nobody facilitates, whoever wakes it does from now on.

    Twice is once.
    """
    take(db, circle)
    look_again(db, place)
    if circle.life in {Life.FORMING, Life.RUNNING}:
        return
    if place.state is not MembershipState.MEMBER:
        raise NotAllowed
    if not place.facilitates and somebody_facilitates(db, circle):
        raise NotAllowed(_("Whoever facilitates wakes the circle."))
    _move(circle, (Life.RESTING,), Life.FORMING if circle.began_at is None else Life.RUNNING)
    place.facilitates = True
    db.flush()  # who answers at the door reads who facilitates
    readdress(db, circle, now=now)
    fill(db, circle, now)
    log(db, circle, "circles:woken", actor=place.member_id, now=now, to=("things",), place=place)


def close(db: Session, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Begin the end: everybody may say what they learned, until it is kept. Twice is once."""
    take(db, circle)
    if circle.life is Life.CLOSING:
        return
    _move(circle, (Life.FORMING, Life.RUNNING, Life.RESTING), Life.CLOSING)
    log(db, circle, "circles:closing", actor=actor.id, now=now, to=("mail", "things"))


def archive(db: Session, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Keep a circle among those that were: it is read, and nobody writes. Twice is once."""
    take(db, circle)
    if circle.life is Life.ARCHIVED:
        return
    _move(circle, (Life.CLOSING,), Life.CLOSING)
    archive_now(db, circle, actor=actor, now=now)


def _move(circle: Circle, origins: tuple[Life, ...], to: Life) -> None:
    if circle.life not in origins:
        raise Conflict(_("The circle is not where it was any more. Look again at how it stands."))
    circle.life = to
