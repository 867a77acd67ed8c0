"""Recommending somebody outside: one letter, one link, one answer, and no account without a yes.

An address that has said no is never written to again, and whoever writes to it cannot tell. Nor can
they tell that the address is a member's. It is forgotten as soon as it is of no more use.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Conflict, Invalid
from network.mail import digest
from network.members.models import Member
from network.members.queries import member_by_email
from network.members.services import joining
from network.referrals.access import About
from network.referrals.kinds import ReferralState
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.guards import must_be_open, must_have_cooled
from network.referrals.services.making import carry_on
from network.referrals.services.referring import Said, begin, sent_already, take
from network.referrals.services.turns import ASK_FOR, lock, log, stop
from network.text import clean, clean_line
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
    if not is_open(letter, referral, now):
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


def is_open(letter: OutsideLetter, referral: Referral, now: datetime) -> bool:
    """Whether a letter may be answered now."""
    unanswered = letter.answered_at is None and letter.refused_at is None and letter.email != ""
    return (
        unanswered and referral.state is ReferralState.ASKED and open_until(letter, referral) > now
    )


def open_until(letter: OutsideLetter, referral: Referral) -> datetime:
    """Return when a letter lapses."""
    return min(letter.sent_at + ASK_FOR, referral.expires_at)


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
        or_(Referral.state != ReferralState.ASKED, Referral.expires_at <= now)
    )
    return and_(
        OutsideLetter.email != "",
        or_(OutsideLetter.sent_at <= now - ASK_FOR, OutsideLetter.referral_id.in_(over)),
    )


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
    return letter is not None and letter.digest == mark and sent.words == clean(said.words)
