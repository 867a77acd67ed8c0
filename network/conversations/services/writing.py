"""Saying something, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.conversations.models import Conversation, Message, Participant
from network.conversations.queries import stay_to_write_from
from network.conversations.services.turns import take_turn
from network.errors import Invalid, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.text import clean
from network.translation import _

LONGEST_MESSAGE = 8000
# One sentence for every reason: it tells of no block, no pause and no leaving.
CLOSED = _("You cannot write here just now. What was said stays yours to read.")


def words_to_send(body: str) -> str:
    """Return the words as they are kept; raise `Invalid` where there are none or too many."""
    words = clean(body)
    if not words:
        raise Invalid(_("There is nothing to send yet. Write a few words first."), field="body")
    if len(words) > LONGEST_MESSAGE:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_MESSAGE),
            field="body",
        )
    return words


def sent_already(db: Session, actor: Member, submission: str) -> Message | None:
    """Return what this submission said before."""
    return db.scalar(
        select(Message).where(Message.author_id == actor.id, Message.submission == submission)
    )


def post(
    db: Session,
    conversation: Conversation,
    *,
    actor: Member,
    body: str,
    submission: str,
    now: datetime,
) -> Message:
    """Say something, or return what this submission said already.

    Raises `Invalid` for no words or too many, `NotAllowed` where the person has no place here or
    nobody is at the other end.
    """
    words = words_to_send(body)
    again = sent_already(db, actor, submission)
    if again is not None:
        if again.body == words or again.withdrawn_at is not None:
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    turn = take_turn(db, conversation)
    stay = stay_to_write_from(db, conversation, actor, now)
    if stay is None:
        raise NotAllowed(CLOSED)
    message = Message(
        conversation_id=conversation.id,
        turn=turn,
        author_id=actor.id,
        body=words,
        sent_at=now,
        submission=submission,
    )
    db.add(message)
    conversation.moved_at = now
    stay.draft, stay.read_turn = "", turn
    db.flush()  # the event names it
    _note(db, message, "conversations:message:sent", turn=turn, now=now, to=("mail",))
    return message


def withdraw(db: Session, message: Message, *, actor: Member, now: datetime) -> None:
    """Take a message back: its words go, its place stays. Taking it back twice is once."""
    if message.author_id != actor.id:
        raise NotFound
    if message.withdrawn_at is not None:
        return
    conversation = db.get_one(Conversation, message.conversation_id)
    turn = take_turn(db, conversation)
    gone = changed(
        db,
        update(Message)
        .where(Message.id == message.id, Message.withdrawn_at.is_(None))
        .values(body="", withdrawn_at=now, withdrawn_turn=turn),
    )
    if gone == 1:
        _note(db, message, "conversations:message:withdrawn", turn=turn, now=now)
    db.refresh(message)


def _note(  # an event is these things
    db: Session,
    message: Message,
    kind: str,
    *,
    turn: int,
    now: datetime,
    to: tuple[str, ...] = (),
) -> None:
    record(
        db,
        kind,
        actor=message.author_id,
        subject=("message", message.id),
        now=now,
        to=to,
        conversation=message.conversation_id,
        turn=turn,
    )


def keep_words(stay: Participant, body: str) -> None:
    """Put unsent words beside the stay; raise `Invalid` where they are too many to keep."""
    words = clean(body)
    if len(words) > LONGEST_MESSAGE:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_MESSAGE),
            field="body",
        )
    stay.draft = words
