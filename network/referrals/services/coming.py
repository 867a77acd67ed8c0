"""Somebody who said yes outside is a member, or becomes one: their yes is carried on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.mail import digest
from network.members.models import Member
from network.referrals.kinds import ReferralState
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.making import carry_on
from network.referrals.services.turns import lock, stop


def carry_joined(db: Session, member: Member, *, secret: str, now: datetime) -> None:
    """Carry the yes of somebody who has come in since on to those who need help. Twice is once."""
    waiting = db.scalars(
        select(Referral)
        .join(OutsideLetter, OutsideLetter.referral_id == Referral.id)
        .where(
            OutsideLetter.digest == digest(secret, member.email),
            OutsideLetter.answered_at.is_not(None),
            Referral.member_id.is_(None),
            Referral.state == ReferralState.ASKED,
            Referral.expires_at > now,
        )
        .order_by(Referral.id)
    ).all()
    for referral in waiting:
        lock(db, referral)
        if referral.member_id is None and referral.state is ReferralState.ASKED:
            settle(db, referral, member, now=now)


def settle(db: Session, referral: Referral, member: Member, *, now: datetime) -> None:
    """Say who it is that said yes outside, and bring it before the holder. The row is taken before.

    Where the two are one, or the referrer has this address now, it stops and looks as silence does.
    """
    if member.id in {referral.referrer_id, referral.holder_id}:
        stop(db, referral, actor=member.id, now=now)
        return
    referral.member_id = member.id
    db.flush()  # whether it may be made is asked of the row
    carry_on(db, referral, actor=member, now=now)
