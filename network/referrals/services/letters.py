"""The one letter to somebody outside: until when its link answers, and when its address goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.referrals.kinds import ReferralState
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.turns import ASK_FOR, still_stands
from network.referrals.visibility import stands


def is_open(db: Session, letter: OutsideLetter, referral: Referral, now: datetime) -> bool:
    """Whether a letter may be answered now: nobody is invited for what is not needed any more."""
    unanswered = letter.answered_at is None and letter.refused_at is None and letter.email != ""
    is_asked = referral.state is ReferralState.ASKED and open_until(letter, referral) > now
    return unanswered and is_asked and still_stands(db, referral, now)


def open_until(letter: OutsideLetter, referral: Referral) -> datetime:
    """Return when a letter lapses."""
    return min(letter.sent_at + ASK_FOR, referral.expires_at)


def has_said_no(db: Session, mark: str) -> bool:
    """Whether an address has said no to a referral: nothing goes there any more."""
    found = select(OutsideLetter.referral_id).where(
        OutsideLetter.digest == mark, OutsideLetter.refused_at.is_not(None)
    )
    return db.scalar(found.limit(1)) is not None


def forget_lapsed(db: Session, *, now: datetime) -> int:
    """Forget the addresses of letters that nobody can answer any more; return how many."""
    forget = update(OutsideLetter).where(_lapsed(now)).values(email="")
    return changed(db, forget.execution_options(synchronize_session=False))


def something_lapsed(db: Session, *, now: datetime) -> bool:
    """Whether there is an address to forget."""
    found = select(OutsideLetter.referral_id).where(_lapsed(now))
    return db.scalar(found.limit(1)) is not None


def _lapsed(now: datetime) -> ColumnElement[bool]:
    over = select(Referral.id).where(
        or_(Referral.state != ReferralState.ASKED, Referral.expires_at <= now, ~stands(now))
    )
    return and_(
        OutsideLetter.email != "",
        or_(OutsideLetter.sent_at <= now - ASK_FOR, OutsideLetter.referral_id.in_(over)),
    )
