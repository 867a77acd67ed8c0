"""Beginning a circle, and changing what it says of itself."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.beginnings import BEGINNINGS
from network.circles.kinds import Door, Form, Life, OpeningRule
from network.circles.models import Agreements, Circle
from network.circles.queries.places import how_many
from network.circles.services.admitting import fill
from network.circles.services.talking import open_talk
from network.circles.services.turns import log, take
from network.circles.visibility import GRACE
from network.errors import Conflict, Invalid
from network.members.kinds import CameBy, MembershipState
from network.members.models import Member, Membership
from network.text import clean, clean_line, fold
from network.translation import _

SHORTEST_PURPOSE = 10
REVIEW_AFTER = timedelta(days=182)
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a circle says of itself, as its form was filled in."""

    name: str
    purpose: str
    about: str
    rhythm: str
    door: Door
    most: int
    leavers_keep: bool = True
    opens_when: OpeningRule = OpeningRule.EVERYONE
    open_to_work: bool = False


def found(
    db: Session,
    founder: Member,
    form: Form,
    plan: Plan,
    *,
    agreements: str,
    submission: str,
    now: datetime,
) -> Circle:
    """Begin a circle with its founder as the one who facilitates, or return the one that this
    submission began. Raises `Invalid` for what cannot be kept.
    """
    begun = select(Circle).where(Circle.founder_id == founder.id, Circle.submission == submission)
    again = db.scalar(begun)
    if again is not None and _is_said(again, form, plan):
        return again
    if again is not None:
        submission = uuid4().hex  # another one from the same form: none is lost
    words = clean(agreements)
    if not words:
        raise Invalid(_("Write at least one agreement, one a line."), field="agreements")
    _check(form, plan)
    circle = Circle(
        slug=slug_for(plan.name),
        form=form,
        founder_id=founder.id,
        submission=submission,
        founded_at=now,
        grace_until=now + GRACE,
        review_at=now + REVIEW_AFTER,
    )
    _say(circle, plan)
    db.add(circle)
    db.flush()  # its agreements, its people and its conversation name it
    db.add(
        Agreements(circle_id=circle.id, version=1, words=words, put_by_id=founder.id, put_at=now)
    )
    db.add(_first_place(circle, founder, now))
    open_talk(db, circle, opener=founder, people=[founder.id], now=now)
    log(db, circle, "circles:founded", actor=founder.id, now=now, to=("things",))
    return circle


def change(db: Session, circle: Circle, plan: Plan, *, actor: Member, now: datetime) -> None:
    """Say other things of a circle. More room lets in who is first in line.

    Raises `Invalid` for what cannot be kept: also for fewer places than are taken; `Conflict` where
    the circle has ended.
    """
    take(db, circle)
    if circle.life is Life.ARCHIVED:
        raise Conflict(_("The circle has ended, and stays as it was."))
    _check(circle.form, plan)
    if plan.most < how_many(db, circle):
        raise Invalid(
            _("More people than that have a place here already. Nobody is sent away by this."),
            field="most",
        )
    _say(circle, plan)
    open_talk(db, circle, opener=actor, now=now)
    fill(db, circle, now)
    log(db, circle, "circles:changed", actor=actor.id, now=now, to=("things",))


def slug_for(name: str) -> str:
    """Return an address for a circle: its name, and letters that nobody can guess.

    The same name twice gives two addresses that tell nothing of each other.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:40].strip("-")
    letters = "".join(secrets.choice(ALPHABET) for _each in range(8))
    return f"{plain}-{letters}" if plain else letters


def _first_place(circle: Circle, founder: Member, now: datetime) -> Membership:
    return Membership(
        circle_id=circle.id,
        member_id=founder.id,
        state=MembershipState.MEMBER,
        came_by=CameBy.FOUNDED,
        asked_at=now,
        since=now,
        facilitates=True,
        agreed_version=1,
        agreed_at=now,
    )


def _check(form: Form, plan: Plan) -> None:
    beginning = BEGINNINGS[form]
    if not clean_line(plan.name):
        raise Invalid(_("Give the circle a name."), field="name")
    if len(clean(plan.purpose)) < SHORTEST_PURPOSE:
        raise Invalid(_("Say in a sentence what the circle is for."), field="purpose")
    if not beginning.fewest <= plan.most <= beginning.most:
        raise Invalid(
            _(
                "A circle of this form has room for %(fewest)s to %(most)s people.",
                fewest=beginning.fewest,
                most=beginning.most,
            ),
            field="most",
        )


def _is_said(circle: Circle, form: Form, plan: Plan) -> bool:
    """Whether a circle is the one that was planned so."""
    planned = (form, clean_line(plan.name), clean(plan.purpose))
    return (circle.form, circle.name, circle.purpose) == planned


def _say(circle: Circle, plan: Plan) -> None:
    circle.name, circle.purpose = clean_line(plan.name), clean(plan.purpose)
    circle.about, circle.rhythm = clean(plan.about), clean_line(plan.rhythm)
    circle.door, circle.most = plan.door, plan.most
    circle.leavers_keep, circle.opens_when = plan.leavers_keep, plan.opens_when
    circle.open_to_work = plan.open_to_work and circle.form is Form.TEAM
