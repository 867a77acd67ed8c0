"""Recommending somebody outside: one letter, one link, one answer, and no account without a yes.

An address that has said no is never written to again, and whoever writes to it cannot tell. Nor can
they tell that the address is a member's. It is forgotten as soon as it is of no more use.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.errors import Conflict, Invalid
from network.mail import digest
from network.members.models import Member
from network.members.queries import member_by_email
from network.members.services import joining
from network.referrals.access import About
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.coming import settle
from network.referrals.services.guards import must_be_open, must_have_cooled
from network.referrals.services.letters import forget_lapsed, is_open
from network.referrals.services.referring import Said, begin, is_said, sent_already, take
from network.referrals.services.turns import lock, log, stop
from network.text import clean_line
from network.translation import _

MOST_LETTERS = 5
LETTERS_WITHIN = timedelta(days=30)
LONGEST_NAME = 80


def recommend_outside(
    db: Session,
    referrer: Member,
    about: About,
    *,
    name: str,
    email: str,
    said: Said,
    secret: str,
    now: datetime,
) -> Referral:
    """Have one letter sent to somebody outside, who says yes or no by its link.

    Returns what this submission sent already. Raises `NotAllowed`, `Conflict` or `Invalid` where a
    guard holds it back.
    """
    take(db, referrer, about.thing)
    forget_lapsed(db, now=now)
    email, name = email.strip().lower(), clean_line(name)
    mark = digest(secret, email)
    sent = sent_already(db, referrer, said.submission)
    if sent is not None and _is_same(db, sent, mark, said):
        return sent
    must_be_open(db, referrer, about.thing, now=now)
    if email == referrer.email:
        raise Invalid(_("That is your own address."), field="email")
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Say their name, in at most 80 letters."), field="name")
    written_to = Referral.id.in_(
        select(OutsideLetter.referral_id).where(OutsideLetter.digest == mark)
    )
    must_have_cooled(db, referrer, about.thing.writer_id, written_to, now=now, name=name)
    _must_have_letters_left(db, referrer, now)
    referral = begin(db, referrer, about, said=said, member=None, again=sent, now=now)
    db.add(OutsideLetter(referral_id=referral.id, name=name, email=email, digest=mark, sent_at=now))
    log(
        db,
        referral,
        "referrals:written",
        actor=referrer.id,
        now=now,
        to=("mail",),
        carried={"email": email},
    )
    return referral


def answer(db: Session, letter: OutsideLetter, *, yes: bool, now: datetime) -> None:
    """Answer by the link of a letter: once, whoever tries at the same time. A yes has an invitation
    sent, or brings the member with this address before the holder; a no ends it for good.

    Raises `Conflict` where it was answered, or is over.
    """
    referral = db.get_one(Referral, letter.referral_id)
    lock(db, referral)
    db.refresh(letter)
    if not is_open(db, letter, referral, now):
        raise Conflict
    email = letter.email
    if not yes:
        _refuse(db, letter, referral, now)
        return
    letter.answered_at, letter.email = now, ""
    log(db, referral, "referrals:outside:yes", actor=None, now=now)
    member = member_by_email(db, email)
    if member is not None:
        settle(db, referral, member, now=now)
        return
    referrer = db.get_one(Member, referral.referrer_id)
    invitation = joining.open_invitation(db, email, now) or joining.invite(
        db, email=email, name=letter.name, inviter=referrer, now=now
    )
    letter.invitation_id = invitation.id


def _refuse(db: Session, letter: OutsideLetter, referral: Referral, now: datetime) -> None:
    letter.refused_at, letter.email = now, ""
    db.flush()  # the address is gone before anything else is written
    stop(db, referral, actor=None, now=now)


def _must_have_letters_left(db: Session, referrer: Member, now: datetime) -> None:
    written = db.scalar(
        select(func.count())
        .select_from(OutsideLetter)
        .join(Referral, Referral.id == OutsideLetter.referral_id)
        .where(Referral.referrer_id == referrer.id, OutsideLetter.sent_at > now - LETTERS_WITHIN)
    )
    if (written or 0) >= MOST_LETTERS:
        raise Conflict(
            _("Five letters to people outside in thirty days are the most. Write again later.")
        )


def _is_same(db: Session, sent: Referral, mark: str, said: Said) -> bool:
    letter = db.get(OutsideLetter, sent.id)
    return letter is not None and letter.digest == mark and is_said(sent, said)
