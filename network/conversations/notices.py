"""Which events of conversations reach whom by mail: the first unread word of a silence, and no
words of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from network.conversations.hearing import heard
from network.conversations.models import About, Conversation, Message, Participant
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake, not_apart


def sent(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever is there and has read everything before it: at most one letter a silence."""
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
        if (author := _author_for(db, message, stay, reader)) is not None
    ]


def _author_for(db: Session, message: Message, stay: Participant, reader: Member) -> Member | None:
    """Return who wrote, where the reader may know it and nothing unread came before."""
    eyes = Viewer.of(reader)
    before = exists().where(
        Message.conversation_id == message.conversation_id,
        Message.turn > max(stay.read_turn, stay.after_turn),
        Message.turn < message.turn,
        or_(Message.author_id != reader.id, Message.author_id.is_(None)),
        heard(eyes),
    )
    return db.scalar(select(Member).where(Member.id == message.author_id, not_apart(eyes), ~before))


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
