"""Claiming a page that is there already: for somebody who speaks for the organisation outside.

Those who speak for it here say yes or not; where nobody does, an address at its verified domain is
enough, and else a steward looks at it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import COOLING_OFF
from network.errors import Conflict, NotAllowed
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.organisations.kinds import Speaks, VerifiedBy
from network.organisations.models import Organisation, Representative
from network.organisations.queries.people import somebody_speaks
from network.organisations.queries.stewarding import is_apart
from network.organisations.services.answering import (
    OPEN_FOR,
    admit,
    is_answerable,
    readdress,
)
from network.organisations.services.turns import live_place, log, look_again, take
from network.text import clean_line
from network.translation import _


def claim(
    db: Session, organisation: Organisation, member: Member, *, words: str, role: str, now: datetime
) -> Representative:
    """Claim the page of an organisation; claiming it twice is once. Whoever was invited has now
    said yes.

    Returns where the member stands. Raises `Conflict` within 90 days of an earlier claim, `Invalid`
    for the words.
    """
    take(db, organisation)
    place = live_place(db, organisation, member, now)
    if place is not None and place.state is not Speaks.INVITED:
        return place
    if place is not None and is_answerable(db, place):
        admit(db, organisation, place, actor=member, now=now)
        return place
    at_once = is_at_domain(organisation, member) and not somebody_speaks(db, organisation)
    kept = "" if at_once else _words(db, organisation, member, words, now)
    if place is not None:  # an invitation that a block has closed
        place.state, place.ended_at = Speaks.ENDED, now
        db.flush()  # it makes room for the one live place
    place = Representative(
        organisation_id=organisation.id,
        member_id=member.id,
        state=Speaks.CLAIMED,
        role=clean_line(role)[:120],
        words=kept,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.add(place)
    db.flush()  # the asks name it
    if at_once:
        admit(db, organisation, place, actor=member, now=now)
        return place
    readdress(db, organisation, now=now)
    told = () if somebody_speaks(db, organisation) else ("mail",)
    log(db, organisation, "organisations:claimed", actor=member.id, now=now, to=told, place=place)
    return place


def is_at_domain(organisation: Organisation, member: Member) -> bool:
    """Whether the address a member signs in with is at the verified domain of an organisation."""
    verified = organisation.verified_by is VerifiedBy.ADDRESS
    return verified and member.email.rpartition("@")[2].lower() == organisation.domain


def decide(
    db: Session,
    organisation: Organisation,
    place: Representative,
    *,
    steward: Member,
    yes: bool,
    words: str,
    now: datetime,
) -> None:
    """Answer a claim to a page for which nobody speaks, as a steward; a no has words.

    Raises `Conflict` where it was answered, somebody speaks for it meanwhile, or whoever claimed it
    may not come in any more; `NotAllowed` for a
    steward who has to do with the organisation themselves.
    """
    take(db, organisation)
    look_again(db, place)
    if is_apart(db, organisation, steward):
        raise NotAllowed(_("You have to do with it yourself. Another steward decides."))
    waits = place.state is Speaks.CLAIMED and place.expires_at is not None
    if not waits or (place.expires_at or now) <= now or somebody_speaks(db, organisation):
        raise Conflict
    if yes and db.get_one(Member, place.member_id).state not in MAY_COME_IN:
        raise Conflict(_("Whoever asked cannot come in just now. A no can still be said."))
    place.by_id = steward.id
    if yes:
        admit(db, organisation, place, actor=steward, now=now)
        return
    reason = asks.as_reason(words)
    place.state, place.ended_at = Speaks.ENDED, now
    log(
        db,
        organisation,
        "organisations:claim:refused",
        actor=steward.id,
        now=now,
        to=("mail",),
        place=place,
        carried={"words": reason},
    )


def _words(
    db: Session, organisation: Organisation, member: Member, words: str, now: datetime
) -> str:
    """Return the words of a claim as they are kept, once it is not too soon for another."""
    last = db.scalar(
        select(Representative.asked_at)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.member_id == member.id,
            Representative.words != "",
        )
        .order_by(Representative.asked_at.desc())
        .limit(1)
    )
    if last is not None and last + COOLING_OFF > now:
        raise Conflict(_("You asked not long ago. You can ask again 90 days after that."))
    return asks.as_reason(words)
