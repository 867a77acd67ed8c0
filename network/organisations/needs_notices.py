"""Which events of needs reach whom by mail: a yes to “let us talk” reaches whoever said it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from network.asks.models import Ask, AskState
from network.conversations.models import About, Conversation
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import Viewer, not_apart

_WRITER = aliased(Member, name="said_yes")
# Whoever reads the letter, as the eyes of the statement that looks for them.
_READER = Viewer(member_id=Member.id, belongs=Member.belongs)


def talk_opened(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever would like to talk that a conversation is open, unless the two have parted."""
    row = db.execute(
        select(Member, _WRITER.name, Conversation.key)
        .select_from(Ask)
        .join(Member, Member.id == Ask.asker_id)
        .join(_WRITER, _WRITER.id == Ask.addressee_id)
        .join(
            Conversation,
            (Conversation.about == About.LET_US_TALK) & (Conversation.thing_id == Ask.id),
        )
        .where(
            Ask.id == delivery.event.data["ask"],
            Ask.state == AskState.ACCEPTED,
            Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING)),
            not_apart(_READER, _WRITER),
        )
    ).first()
    if row is None:
        return ()
    reader, name, key = row
    return (
        Letter(
            to=reader.email,
            subject=_("Somebody would like to talk at %(house)s", house=context.house),
            paragraphs=(
                _("%(name)s said yes to what you wrote. A conversation is open.", name=name),
            ),
            link=context.link("conversations.thread", key=key),
            link_label=_("To the conversation"),
        ),
    )


LETTERS = {"organisations:need:talk_opened": talk_opened}
