"""Which events of referrals reach whom by mail: that one was made, and the one letter to somebody
outside. Each is written at the last moment, for somebody who may still know.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from network.conversations.models import About, Conversation, Participant
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake, not_apart
from network.referrals.models import Referral
from network.referrals.reaching import ToSend, to_send
from network.referrals.tokens import letter_token
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
    """Write to somebody outside, where nothing holds the one letter back."""
    ready = to_send(
        db,
        delivery.event.subject_id,
        delivery.carried["email"],
        secret=context.secret,
        now=context.now,
    )
    return () if ready is None else (_written(ready, context),)


def _written(ready: ToSend, context: Context) -> Letter:
    name, referral = ready.referral.referrer.name, ready.referral
    return Letter(
        to=ready.letter.email,
        subject=_("Somebody thought of you"),
        paragraphs=(
            _("Dear %(name)s,", name=ready.letter.name),
            _(
                "%(name)s would like to recommend you to somebody at %(house)s who needs help, and"
                " writes:",
                name=name,
                house=context.house,
            ),
            referral.words,
            _("This is what is needed, in the words of whoever needs it:"),
            ready.matter.words,
            interest_words(referral.interest, referral.interest_words, name),
            _(
                "Nobody has been told of you. By the link you say yes or no, once, until %(day)s."
                " After a no, no letter like this ever comes to you again. If you leave it, it"
                " lapses. Either way your address is forgotten.",
                day=context.day(ready.until),
            ),
        ),
        link=context.link(
            "referrals.outside_letter", token=letter_token(context.secret, ready.letter)
        ),
        link_label=_("Read it and answer"),
    )


LETTERS = {"referrals:made": made, "referrals:written": written}
