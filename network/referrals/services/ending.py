"""The end of what was brought to somebody who speaks for an organisation no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network.conversations.models import About
from network.conversations.services import leave_about
from network.organisations.models import Approach, WorkNeed
from network.referrals.kinds import ReferralState
from network.referrals.models import Referral
from network.referrals.services.turns import lock, stop


def end_for(db: Session, organisation_id: int, member_id: int, now: datetime) -> None:
    """End what was brought to somebody for an organisation that they speak for no longer: in the
    transaction in which that ends, and once more when it is heard of.
    """
    of_it = or_(
        Referral.need_id.in_(
            select(WorkNeed.id).where(WorkNeed.organisation_id == organisation_id)
        ),
        Referral.approach_id.in_(
            select(Approach.id).where(Approach.organisation_id == organisation_id)
        ),
    )
    theirs = select(Referral).where(Referral.holder_id == member_id, of_it).order_by(Referral.id)
    for referral in db.scalars(theirs).all():
        lock(db, referral)
        if referral.state in {ReferralState.ASKED, ReferralState.AGREED}:
            stop(db, referral, actor=None, now=now)
        elif referral.state is ReferralState.MADE:
            leave_about(
                db,
                About.REFERRAL,
                referral.id,
                person_id=member_id,
                actor_id=member_id,
                now=now,
                keep=False,
            )
