"""Which events of conversations reach whom by mail: the first unread word of a silence, and no
words of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network import mail
from network.conversations.models import About, Conversation, Message, Participant
from network.events.models import Delivery, Event
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake, not_apart
from network.notices.models import SentLetter


def sent(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever is there, unless they were told of words before that they have not read."""
    row = db.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == delivery.event.subject_id, Message.withdrawn_at.is_(None))
    ).first()
    if row is None:
        return ()
    message, conversation = row
    readers = db.execute(
        select(Participant, Member)
        .join(Member, Member.id == Participant.member_id)
        .where(
            Participant.conversation_id == conversation.id,
            Participant.member_id != message.author_id,
            Participant.left_at.is_(None),
            or_(Participant.lapses_at.is_(None), Participant.lapses_at >= message.sent_at),
            Participant.muted.is_(False),
            Participant.after_turn < message.turn,
            Participant.read_turn < message.turn,
            awake(context.now),
        )
        .order_by(Participant.id)
    )
    return [
        _letter(author, reader, conversation, context)
        for stay, reader in readers
        if (author := _author_for(db, message, reader)) is not None
        and not _was_told(db, message, stay, reader, context)
    ]


def _author_for(db: Session, message: Message, reader: Member) -> Member | None:
    """Return who wrote, where the reader may know it."""
    eyes = Viewer.of(reader)
    return db.scalar(select(Member).where(Member.id == message.author_id, not_apart(eyes)))


def _was_told(
    db: Session, message: Message, stay: Participant, reader: Member, context: Context
) -> bool:
    """Whether a letter about something that they have not read yet went to this reader."""
    earlier = (
        select(SentLetter.event_id)
        .join(Event, Event.id == SentLetter.event_id)
        .join(Message, and_(Event.subject_kind == "message", Event.subject_id == Message.id))
        .where(
            SentLetter.digest == mail.digest(context.secret, reader.email),
            Message.conversation_id == message.conversation_id,
            Message.turn > max(stay.read_turn, stay.after_turn),
            Message.turn < message.turn,
        )
    )
    return db.scalar(earlier.limit(1)) is not None


def _letter(author: Member, reader: Member, conversation: Conversation, context: Context) -> Letter:
    alone = conversation.about is About.DIRECT
    said = (
        _("%(name)s has written to you.", name=author.name)
        if alone
        else _("%(name)s has written in a conversation of yours.", name=author.name)
    )
    return Letter(
        to=reader.email,
        subject=_("Words wait for you at %(house)s", house=context.house),
        paragraphs=(
            said,
            _(
                "What was said stays inside; this letter holds none of it. There is no hurry, and"
                " no further letter comes from this conversation until you have read it."
            ),
        ),
        link=context.link("conversations.thread", key=conversation.key),
        link_label=_("Read it"),
    )


LETTERS = {"conversations:message:sent": sent}
