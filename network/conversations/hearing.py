"""Which words and which conversations reach whom: one predicate for pages, lists, polls, letters
and reports.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from network.conversations.models import Conversation, Message, Participant
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, shielded

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_STAY = aliased(Participant, name="heard_in")
_COMPANY = aliased(Participant, name="company")
_PERSON = aliased(Member, name="company_of")
_SAID = aliased(Message, name="said_there")
_MINE = aliased(Participant, name="there_myself")


def heard(viewer: Viewer, message: Any = Message) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the messages said during a stay of this viewer, and not behind a shield."""
    stay = _STAY
    return and_(
        exists().where(
            stay.conversation_id == message.conversation_id,
            stay.member_id == viewer.member_id,
            stay.after_turn < message.turn,
            or_(stay.until_turn.is_(None), stay.until_turn >= message.turn),
            or_(stay.lapses_at.is_(None), stay.lapses_at >= message.sent_at),
        ),
        or_(
            message.author_id == viewer.member_id,
            not_(shielded(message.author_id, viewer.belongs)),
        ),
    )


def is_there(viewer: Viewer, conversation: Any = Conversation) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the conversations in which this viewer meets somebody, or has something to read.

    Where a shield hides everybody and every word, there is no conversation; nor for whoever keeps
    nothing of it.
    """
    company, person, said, mine = _COMPANY, _PERSON, _SAID, _MINE
    return and_(
        exists().where(
            mine.conversation_id == conversation.id,
            mine.member_id == viewer.member_id,
            or_(mine.until_turn.is_(None), mine.until_turn > mine.after_turn),
        ),
        or_(
            exists().where(
                company.conversation_id == conversation.id,
                company.member_id != viewer.member_id,
                person.id == company.member_id,
                not_apart(viewer, person),
            ),
            exists().where(said.conversation_id == conversation.id, heard(viewer, said)),
            # Whoever is the first in it waits for others there.
            ~exists().where(
                company.conversation_id == conversation.id,
                company.member_id != viewer.member_id,
            ),
        ),
    )
