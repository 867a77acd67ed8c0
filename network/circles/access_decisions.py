"""Loading a proposal, for whoever is inside, and the agreements, for whoever has to agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from network.circles.access import Seen, circle_for, circle_inside, circle_to_change
from network.circles.models import Decision
from network.errors import NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer, not_apart


def decision_for(
    db: Session, member: Member, slug: str, key: str, *, now: datetime
) -> tuple[Seen, Decision, Member | None]:
    """Return a proposal and who made it, if they may be named; raise `NotFound` for whoever is
    outside.
    """
    seen = circle_inside(db, member, slug, now=now)
    return (seen, *_decision(db, member, seen, key))


def decision_to_change(
    db: Session, member: Member, slug: str, key: str, *, now: datetime
) -> tuple[Seen, Decision]:
    """Return a proposal to which this member may say something. Raises as `circle_to_change`."""
    seen = circle_to_change(db, member, slug, now=now)
    return seen, _decision(db, member, seen, key)[0]


def agreements_for(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return a circle whose agreements this member may read: they have a place in it, whatever they
    agreed to, or are invited. Raises `NotFound` for all others.
    """
    seen = circle_for(db, member, slug, now=now)
    if not seen.is_in_it and not is_invited(seen, now):
        raise NotFound
    return seen


def place_to_agree(db: Session, member: Member, slug: str, *, now: datetime) -> Membership:
    """Return this member's place in a circle, whatever they have agreed to."""
    seen = circle_for(db, member, slug, now=now)
    if seen.place is None or not seen.is_in_it:
        raise NotFound
    return seen.place


def is_invited(seen: Seen, now: datetime) -> bool:
    """Whether somebody asked this member in, and it is open."""
    place = seen.place
    if place is None or place.state is not MembershipState.INVITED:
        return False
    return place.expires_at is not None and place.expires_at > now


def _decision(db: Session, member: Member, seen: Seen, key: str) -> tuple[Decision, Member | None]:
    who = aliased(Member)
    row = db.execute(
        select(Decision, who)
        .outerjoin(who, and_(who.id == Decision.proposer_id, not_apart(Viewer.of(member), who)))
        .where(Decision.key == key, Decision.circle_id == seen.circle.id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
