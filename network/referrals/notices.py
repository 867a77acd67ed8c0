"""Which events of referrals reach whom by mail: that one was made, and the one letter to somebody
outside. Each is written at the last moment, for somebody who may still know.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from network.conversations.models import About, Conversation, Participant
from network.events.models import Delivery
from network.mail import Context, Letter, digest
from network.members.models import Member, Participation
from network.members.queries import member_by_email
from network.members.visibility import Viewer, awake, not_apart
from network.organisations.models import Approach, WorkNeed
from network.referrals.matter import matter_of
from network.referrals.models import OutsideLetter, Referral
from network.referrals.seen import thing_of
from network.referrals.services.guards import takes_introductions
from network.referrals.services.making import may_meet
from network.referrals.services.outside import has_said_no, is_open, open_until
from network.referrals.tokens import letter_token
from network.referrals.visibility import stands
from network.referrals.wording import interest_words


def made(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the two who are in its conversation and may know of each other."""
    rows = db.execute(
        select(Member, Conversation.key)
        .join(Participant, Participant.member_id == Member.id)
        .join(Conversation, Conversation.id == Participant.conversation_id)
        .where(
            Conversation.about == About.REFERRAL,
            Conversation.thing_id == delivery.event.subject_id,
            Participant.left_at.is_(None),
            awake(context.now),
        )
        .order_by(Member.id)
    ).all()
    letters = []
    for member, key in rows:
        other = aliased(Member)
        name = db.scalar(
            select(other.name)
            .join(Referral, (Referral.member_id == other.id) | (Referral.holder_id == other.id))
            .where(
                Referral.id == delivery.event.subject_id,
                other.id != member.id,
                not_apart(Viewer.of(member), other),
            )
        )
        if name is not None:
            letters.append(_made(member, name, key, context))
    return letters


def _made(member: Member, name: str, key: str, context: Context) -> Letter:
    return Letter(
        to=member.email,
        subject=_("A conversation is open at %(house)s", house=context.house),
        paragraphs=(
            _(
                "You and %(name)s have both said yes. A conversation is open for the two of you.",
                name=name,
            ),
        ),
        link=context.link("conversations.thread", key=key),
        link_label=_("Go to your conversation"),
    )


def written(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Write to somebody outside, if it may still be answered and their address has said no to
    nothing. A member with this address is written to where they may know of both others.
    """
    row = db.execute(
        select(Referral, OutsideLetter)
        .join(OutsideLetter, OutsideLetter.referral_id == Referral.id)
        .where(
            Referral.id == delivery.event.subject_id,
            stands(context.now),
            Referral.referrer_id.in_(select(Member.id).where(awake(context.now))),
        )
        .options(
            joinedload(Referral.referrer),
            joinedload(Referral.holder),
            joinedload(Referral.need).joinedload(WorkNeed.organisation),
            joinedload(Referral.approach).joinedload(Approach.organisation),
        )
    ).first()
    if row is None:
        return ()
    referral, letter = row
    email = delivery.carried["email"]
    if not is_open(letter, referral, context.now) or letter.email != email:
        return ()
    if has_said_no(db, digest(context.secret, email)) or not _reaches(db, referral, email, context):
        return ()
    return (_written(referral, letter, context),)


def _reaches(db: Session, referral: Referral, email: str, context: Context) -> bool:
    """Whether nothing keeps this address from the two others. It may be a member's."""
    member = member_by_email(db, email)
    if member is None:
        return True
    if member.id in {referral.referrer_id, referral.holder_id}:
        return False
    is_awake = db.scalar(select(Member.id).where(Member.id == member.id, awake(context.now)))
    return (
        is_awake is not None
        and takes_introductions(db.get_one(Participation, member.id))
        and may_meet(db, member, referral.referrer, context.now)
        and may_meet(db, member, referral.holder, context.now)
    )


def _written(referral: Referral, letter: OutsideLetter, context: Context) -> Letter:
    name, matter = referral.referrer.name, matter_of(thing_of(referral))
    return Letter(
        to=letter.email,
        subject=_("%(name)s thought of you", name=name),
        paragraphs=(
            _("Dear %(name)s,", name=letter.name),
            _(
                "%(name)s would like to recommend you to somebody at %(house)s who needs help, and"
                " writes:",
                name=name,
                house=context.house,
            ),
            referral.words,
            _("This is what is needed, in the words of whoever needs it:"),
            matter.words,
            interest_words(referral.interest, referral.interest_words, name),
            _(
                "Nobody has been told of you. By the link you say yes or no, once, until %(day)s."
                " After a no, no letter like this ever comes to you again. If you leave it, it"
                " lapses. Either way your address is forgotten.",
                day=context.day(open_until(letter, referral)),
            ),
        ),
        link=context.link("referrals.outside", token=letter_token(context.secret, letter)),
        link_label=_("Read it and answer"),
    )


LETTERS = {"referrals:made": made, "referrals:written": written}
