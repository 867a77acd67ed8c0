"""What is there once both have said yes: the conversation of the two."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.conversations.models import About
from network.conversations.services import open_about
from network.members.models import Member
from network.referrals.models import Referral
from network.referrals.services.turns import log


def open_talk(db: Session, referral: Referral, *, now: datetime) -> None:
    """Open the conversation of the two, and have both told. The holder's was the last yes."""
    pair = (referral.member_id or 0, referral.holder_id)
    conversation = open_about(
        db,
        About.REFERRAL,
        referral.id,
        people=pair,
        opener=db.get_one(Member, referral.holder_id),
        now=now,
    )
    log(
        db,
        referral,
        "referrals:made",
        actor=referral.holder_id,
        now=now,
        to=("mail",),
        referrer=referral.referrer_id,
        member=referral.member_id,
        holder=referral.holder_id,
        conversation=conversation.id,
    )
