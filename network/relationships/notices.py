"""Which events of introductions reach whom by mail: that it was made, and that words changed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from network.asks.access import about_seen
from network.asks.models import Ask
from network.asks.queries import waiting_for
from network.conversations.models import About, Conversation, Participant
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake, not_apart, visible


def made(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who are in its conversation, but not the one whose yes made it."""
    key = db.scalar(
        select(Conversation.key).where(
            Conversation.about == About.INTRODUCTION,
            Conversation.thing_id == delivery.event.subject_id,
        )
    )
    people = db.scalars(
        select(Member)
        .join(Participant, Participant.member_id == Member.id)
        .join(Conversation, Conversation.id == Participant.conversation_id)
        .where(
            Conversation.key == key,
            Participant.left_at.is_(None),
            Member.id != delivery.event.actor_id,
            awake(context.now),
        )
    ).all()
    return [_made(db, each, str(key), delivery, context) for each in people]


def _made(db: Session, member: Member, key: str, delivery: Delivery, context: Context) -> Letter:
    ids = [delivery.event.data[name] for name in ("low", "high") if name in delivery.event.data]
    names = db.scalars(
        select(Member.name)
        .where(Member.id.in_(ids), Member.id != member.id, not_apart(Viewer.of(member)))
        .order_by(Member.name)
    ).all()
    said = _("An introduction has been made: a conversation is open for the three of you.")
    if len(names) > 1:
        said = _(
            "%(first)s and %(other)s both said yes. A conversation is open for the three of you.",
            first=names[0],
            other=names[1],
        )
    elif names:
        said = _(
            "%(name)s said yes too. A conversation is open for the three of you.", name=names[0]
        )
    return Letter(
        to=member.email,
        subject=_("An introduction was made at %(house)s", house=context.house),
        paragraphs=(said,),
        link=context.link("conversations.thread", key=key),
        link_label=_("Go to your conversation"),
    )


def reworded(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever had said yes that the words are others now, if they still wait for an answer."""
    letters = []
    for ask_id in delivery.event.data.get("void", ()):
        member = db.scalar(
            select(Member)
            .join(Ask, Ask.addressee_id == Member.id)
            .where(Ask.id == ask_id, awake(context.now))
        )
        if member is None:
            continue
        viewer = Viewer.of(member)
        ask = db.scalar(
            select(Ask)
            .join(Ask.asker)
            .where(
                Ask.id == ask_id,
                waiting_for(member.id, context.now),
                visible(viewer, context.now),
                about_seen(viewer, context.now),
            )
            .options(contains_eager(Ask.asker), joinedload(Ask.about))
        )
        if ask is not None and ask.about is not None:
            letters.append(_reworded(ask, ask.about, member, context))
    return letters


def _reworded(ask: Ask, about: Member, member: Member, context: Context) -> Letter:
    return Letter(
        to=member.email,
        subject=_("Words you said yes to have changed at %(house)s", house=context.house),
        paragraphs=(
            _(
                "%(name)s puts it otherwise, so your yes to meeting %(other)s does not count yet."
                " It now says:",
                name=ask.asker.name,
                other=about.name,
            ),
            ask.reason,
        ),
        link=context.link("asks.inbox"),
        link_label=_("Read it and answer"),
    )


LETTERS = {
    "relationships:introduction:made": made,
    "relationships:introduction:reworded": reworded,
}
