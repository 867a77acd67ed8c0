"""Recommending a member for a need, or passing an approach on to one better placed.

What the referrer has from it is said before anybody is asked. Sending tells of no block and no
shield: where the two may not know of each other, nobody is asked, and it looks as silence does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.errors import Invalid
from network.members.models import Member
from network.organisations.models import Approach, WorkNeed
from network.referrals.access import About
from network.referrals.kinds import TOLD_IN_WORDS, Interest, ReferralState
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services.guards import must_be_another, must_be_open, must_have_cooled
from network.referrals.services.making import CONSENT_KIND, ask_member
from network.referrals.services.turns import OPEN_FOR, log, nothing_parts
from network.text import clean, clean_line
from network.translation import _

LONGEST_INTEREST = 300


@dataclass(frozen=True, slots=True)
class Said:
    """What a referrer says: why this person, and what they have from it themselves."""

    words: str
    interest: Interest | None
    submission: str
    interest_words: str = ""


def recommend(
    db: Session, referrer: Member, member: Member, about: About, *, said: Said, now: datetime
) -> Referral:
    """Recommend a member for a need that is shown to the referrer, or pass an approach on to them.

    Returns what this submission sent already. Raises `NotFound`, `NotAllowed`, `Conflict` or
    `Invalid` where a guard holds it back; then nothing is sent to anybody.
    """
    take(db, referrer, about.thing)
    sent = sent_already(db, referrer, said.submission)
    if sent is not None and sent.member_id == member.id and is_said(sent, said):
        return sent
    must_be_open(db, referrer, about.thing, now=now)
    must_be_another(referrer, member, about.thing.writer_id)
    asks.may_ask(db, CONSENT_KIND, asker=referrer, addressee=member, now=now)
    # Not who came by a letter: nothing tells the referrer whose address it was, or of a yes.
    by_letter = exists().where(OutsideLetter.referral_id == Referral.id)
    same = and_(Referral.member_id == member.id, ~by_letter)
    must_have_cooled(db, referrer, about.thing.writer_id, same, now=now, name=member.name)
    is_asked_already = _is_asked_already(db, member, about.thing, now)
    referral = begin(db, referrer, about, said=said, member=member, again=sent, now=now)
    holder = db.get_one(Member, referral.holder_id)
    if not is_asked_already and nothing_parts(db, member, holder):
        ask_member(db, referral, now=now)
    return referral


def begin(
    db: Session,
    referrer: Member,
    about: About,
    *,
    said: Said,
    member: Member | None,
    again: Referral | None,
    now: datetime,
) -> Referral:
    """Keep a referral that the guards let pass; raise `Invalid` for what is said in it. Other words
    from a form that was sent `again` are another one.
    """
    interest, interest_words = _stated(said)
    thing = about.thing
    until = thing.open_until if isinstance(thing, WorkNeed) else now + OPEN_FOR
    referral = Referral(
        referrer_id=referrer.id,
        member_id=None if member is None else member.id,
        holder_id=thing.writer_id,
        need_id=thing.id if about.is_need else None,
        approach_id=None if about.is_need else thing.id,
        came_by_id=about.came_by_id,
        words=_words(said.words),
        interest=interest,
        interest_words=interest_words,
        submission=said.submission if again is None else uuid4().hex,
        sent_at=now,
        expires_at=min(now + OPEN_FOR, until),
    )
    db.add(referral)
    db.flush()  # the ask and the event name it
    log(
        db,
        referral,
        "referrals:sent",
        actor=referrer.id,
        now=now,
        member=referral.member_id,
        holder=referral.holder_id,
        interest=interest.value,
        came_by=about.came_by_id,
    )
    return referral


def take(db: Session, referrer: Member, thing: WorkNeed | Approach) -> None:
    """Take the rows of the referrer and of the thing, so that what is counted of them holds."""
    db.scalar(select(Member.id).where(Member.id == referrer.id).with_for_update())
    kind = type(thing)
    db.refresh(thing, [column.key for column in kind.__mapper__.column_attrs], with_for_update=True)


def sent_already(db: Session, referrer: Member, submission: str) -> Referral | None:
    """Return the referral that this submission sent before."""
    return db.scalar(
        select(Referral).where(
            Referral.referrer_id == referrer.id, Referral.submission == submission
        )
    )


def is_said(sent: Referral, said: Said) -> bool:
    """Whether this is what was sent already: of other words, or another interest, none is lost."""
    stands = (sent.words, sent.interest, sent.interest_words)
    return stands == (clean(said.words), said.interest, clean_line(said.interest_words))


def _stated(said: Said) -> tuple[Interest, str]:
    if said.interest is None:
        raise Invalid(_("Say what is in it for you, also where that is nothing."), field="interest")
    words = clean_line(said.interest_words)
    if said.interest in TOLD_IN_WORDS and not words:
        raise Invalid(_("Say in a sentence what is in it for you."), field="interest_words")
    if len(words) > LONGEST_INTEREST:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_INTEREST),
            field="interest_words",
        )
    return said.interest, words


def _words(text: str) -> str:
    try:
        return asks.as_reason(text)
    except Invalid as refusal:
        refusal.field = "words"
        raise


def _is_asked_already(
    db: Session, member: Member, thing: WorkNeed | Approach, now: datetime
) -> bool:
    """Whether somebody else has recommended this member for it. Once is enough for them, and to say
    so would tell of the other: so it is kept, and asks nobody.
    """
    mine = Referral.need_id if isinstance(thing, WorkNeed) else Referral.approach_id
    live = (ReferralState.ASKED, ReferralState.AGREED)
    found = select(Referral.id).where(
        mine == thing.id,
        Referral.member_id == member.id,
        (Referral.state == ReferralState.MADE)
        | (Referral.state.in_(live) & (Referral.expires_at > now)),
    )
    return db.scalar(found.limit(1)) is not None
