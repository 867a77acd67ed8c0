"""Beginning the page of an organisation, and changing what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.services.founding import slug_for
from network.errors import Invalid
from network.members.models import Member
from network.organisations.kinds import Speaks, VerifiedBy
from network.organisations.models import Organisation, Representative
from network.organisations.services.answering import admit
from network.organisations.services.marks import remember_all
from network.organisations.services.turns import log, must_speak, take
from network.text import clean, clean_line, fold
from network.translation import _

SHORTEST_NAME = 2
SHORTEST_PURPOSE = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organisation says of itself, as its form was filled in."""

    name: str
    purpose: str
    about: str = ""
    place: str = ""


def begin(
    db: Session, maker: Member, plan: Plan, *, role: str, submission: str, now: datetime
) -> Organisation:
    """Begin the page of an organisation with its maker as the first who speaks for it, or return
    the one that this submission began. Raises `Invalid` for what cannot be kept.
    """
    begun = select(Organisation).where(
        Organisation.maker_id == maker.id, Organisation.submission == submission
    )
    again = db.scalar(begun)
    if again is not None and _is_said(again, plan):
        return again
    if again is not None:
        submission = uuid4().hex  # another one from the same form: none is lost
    _check(plan)
    organisation = Organisation(
        slug=slug_for(plan.name),
        maker_id=maker.id,
        submission=submission,
        made_at=now,
        changed_at=now,
    )
    _say(organisation, plan)
    db.add(organisation)
    db.flush()  # whoever speaks for it names it
    place = Representative(
        organisation_id=organisation.id,
        member_id=maker.id,
        state=Speaks.CLAIMED,
        role=clean_line(role),
        asked_at=now,
        expires_at=now,
    )
    db.add(place)
    log(db, organisation, "organisations:begun", actor=maker.id, now=now, to=("things",))
    admit(db, organisation, place, actor=maker, now=now)
    return organisation


def change(
    db: Session, organisation: Organisation, plan: Plan, *, actor: Member, now: datetime
) -> bool:
    """Say other things of an organisation. Another name ends what a steward has looked at.

    Returns whether it did. Raises `Invalid` for what cannot be kept.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    _check(plan)
    renamed = fold(plan.name) != fold(organisation.name)
    ends = renamed and organisation.verified_by is VerifiedBy.STEWARD
    _say(organisation, plan)
    organisation.changed_at = now
    if ends:
        organisation.verified_by = organisation.verified_at = None
    if renamed:
        db.flush()  # shields are compared with the name as it is now
        remember_all(db, organisation)
    log(db, organisation, "organisations:changed", actor=actor.id, now=now, to=("things",))
    return ends


def say_role(
    db: Session, organisation: Organisation, *, actor: Member, role: str, now: datetime
) -> None:
    """Say what one does there, in one's own words."""
    take(db, organisation)
    place = must_speak(db, organisation, actor)
    place.role = clean_line(role)[:120]
    log(db, organisation, "organisations:role:said", actor=actor.id, now=now, place=place)


def _check(plan: Plan) -> None:
    if len(fold(plan.name)) < SHORTEST_NAME:
        raise Invalid(_("Write the name of the organisation."), field="name")
    if len(clean(plan.purpose)) < SHORTEST_PURPOSE:
        raise Invalid(_("Say in a sentence what the organisation is for."), field="purpose")


def _is_said(organisation: Organisation, plan: Plan) -> bool:
    """Whether an organisation is the one that was planned so."""
    said = (organisation.name, organisation.purpose)
    return said == (clean_line(plan.name), clean(plan.purpose))


def _say(organisation: Organisation, plan: Plan) -> None:
    organisation.name, organisation.purpose = clean_line(plan.name), clean(plan.purpose)
    organisation.about, organisation.place = clean(plan.about), clean_line(plan.place)
