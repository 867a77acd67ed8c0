"""Whether the one letter to somebody outside may go: asked at the last moment, when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from network.mail import digest
from network.members.models import Member, Participation
from network.members.queries import member_by_email
from network.members.visibility import awake
from network.referrals.matter import WITH_MATTER, Matter, matter_of_referral
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.guards import takes_introductions
from network.referrals.services.letters import has_said_no, is_open, open_until
from network.referrals.services.turns import may_meet


@dataclass(frozen=True, slots=True)
class ToSend:
    """A letter that may go, and what it tells."""

    letter: OutsideLetter
    referral: Referral
    matter: Matter
    until: datetime


def to_send(
    db: Session, referral_id: int, email: str, *, secret: str, now: datetime
) -> ToSend | None:
    """Return the letter of a referral, if it can still be answered and its address has said no to
    nothing; or None.

    A member with this address is written to where nothing keeps them from the two others.
    """
    row = db.execute(
        select(Referral, OutsideLetter)
        .join(OutsideLetter, OutsideLetter.referral_id == Referral.id)
        .where(
            Referral.id == referral_id,
            Referral.referrer_id.in_(select(Member.id).where(awake(now))),
        )
        .options(joinedload(Referral.referrer), joinedload(Referral.holder), *WITH_MATTER)
    ).first()
    if row is None:
        return None
    referral, letter = row
    if not is_open(db, letter, referral, now) or letter.email != email:
        return None
    if has_said_no(db, digest(secret, email)) or not _reaches(db, referral, email, now):
        return None
    return ToSend(letter, referral, matter_of_referral(referral), open_until(letter, referral))


def _reaches(db: Session, referral: Referral, email: str, now: datetime) -> bool:
    """Whether nothing keeps this address from the two others. It may be a member's."""
    member = member_by_email(db, email)
    if member is None:
        return True
    if member.id in {referral.referrer_id, referral.holder_id}:
        return False
    is_awake = db.scalar(select(Member.id).where(Member.id == member.id, awake(now)))
    return (
        is_awake is not None
        and takes_introductions(db.get_one(Participation, member.id))
        and may_meet(db, member, referral.referrer, now)
        and may_meet(db, member, referral.holder, now)
    )
