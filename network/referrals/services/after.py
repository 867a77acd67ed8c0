"""What the three do with a referral that was sent: take it back, step back, let know, thank."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.errors import Conflict, Invalid, NotFound
from network.members.models import Member
from network.referrals.kinds import ReferralState, Tells, Told
from network.referrals.models import OutsideLetter, Referral
from network.referrals.seen import told_referrer
from network.referrals.services.turns import close_asks, lock, log, stop
from network.text import clean
from network.translation import _

LONGEST_THANKS = 600


def withdraw(db: Session, referral: Referral, *, actor: Member, now: datetime) -> None:
    """Take a referral back, whatever has quietly become of it. Twice is once; raises `Conflict`
    when it is over, or made and told.
    """
    _take(db, referral, actor, referral.referrer_id)
    told = told_referrer(referral, now)
    if told is Told.TAKEN_BACK:
        return
    if told is not Told.WAITING:
        raise Conflict
    referral.taken_back_at = now
    if referral.state is not ReferralState.MADE:
        referral.state, referral.ended_at = ReferralState.WITHDRAWN, now
        close_asks(db, referral, now=now)
    letter = db.get(OutsideLetter, referral.id)
    if letter is not None:
        letter.email = ""
    log(db, referral, "referrals:withdrawn", actor=actor.id, now=now)


def step_back(db: Session, referral: Referral, *, actor: Member, now: datetime) -> None:
    """Let a yes be void before anything is made: the holder is asked no longer, and nobody is told.
    Harmless when it leads nowhere already; raises `Conflict` when it is made.
    """
    _take(db, referral, actor, referral.member_id)
    if referral.state is ReferralState.MADE:
        raise Conflict(_("You have come together already."))
    if referral.state is ReferralState.AGREED:
        stop(db, referral, actor=actor.id, now=now)
    referral.agreed_at = None


def tell(db: Session, referral: Referral, *, tells: Tells, actor: Member, now: datetime) -> None:
    """Let the referrer know whether it was made, or not any more. It is the member's own switch."""
    _take(db, referral, actor, referral.member_id)
    if referral.tells is tells:
        return
    referral.tells = tells
    log(db, referral, "referrals:tells", actor=actor.id, now=now, tells=tells.value)


def thank(db: Session, referral: Referral, *, words: str, actor: Member, now: datetime) -> None:
    """Thank the referrer in words, once it is made. The member's thanks let them know that it was;
    the holder's wait until the member does. Raises `Conflict` before, `Invalid` for the words.
    """
    if actor.id not in {referral.member_id, referral.holder_id}:
        raise NotFound
    lock(db, referral)
    if referral.state is not ReferralState.MADE:
        raise Conflict(_("You can thank them once you have come together."))
    said = clean(words)
    if len(said) > LONGEST_THANKS:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(said), most=LONGEST_THANKS),
            field="thanks",
        )
    if actor.id == referral.holder_id:
        was, referral.thanks_of_holder = referral.thanks_of_holder, said
    else:
        was, referral.thanks_of_member = referral.thanks_of_member, said
        if said:
            referral.tells = Tells.WHETHER_MADE
    if was != said:
        log(db, referral, "referrals:thanked", actor=actor.id, now=now)


def _take(db: Session, referral: Referral, actor: Member, whose: int | None) -> None:
    """Take the row for the one whose it is; raise `NotFound` for all others."""
    if actor.id != whose:
        raise NotFound
    lock(db, referral)
