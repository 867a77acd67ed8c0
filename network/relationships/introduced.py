"""What a conversation shows of how it came about, and of the introduction that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from network.conversations.dress import Dress
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.members.visibility import Viewer, connected, not_apart, shielded, visible
from network.relationships.models import Introduction
from network.relationships.queries.provenance import of_conversation


def load(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Mapping[str, Any]:
    """Return the introduction and, of its people, those whom the member may know of."""
    viewer, person = Viewer.of(member), aliased(Member)
    rows = db.execute(
        select(
            Introduction,
            person,
            connected(member.id, person.id),
            visible(viewer, now, person),
            shielded(Introduction.introducer_id, viewer.belongs),
        )
        .join(
            person,
            person.id.in_((Introduction.introducer_id, Introduction.low_id, Introduction.high_id)),
        )
        .where(Introduction.id == conversation.thing_id, not_apart(viewer, person))
    ).all()
    introduction, *_rest, hidden = rows[0]
    people = {row[1].id: row[1] for row in rows}
    return {
        "introduction": introduction,
        # For whom a shield hides the introducer, their words are not there either.
        "words": "" if hidden else introduction.words,
        "introducer": people.get(introduction.introducer_id),
        "pair": [people.get(introduction.low_id), people.get(introduction.high_id)],
        "asked_by": people.get(introduction.asked_by_id or 0),
        # Whom the member was introduced to and is not connected with: the offer.
        "offered": [
            found
            for _introduction, found, tied, seen, _hidden in rows
            if seen
            and not tied
            and found.id not in {member.id, introduction.introducer_id}
            and member.id != introduction.introducer_id
        ],
    }


INTRODUCED = Dress(
    about=About.INTRODUCTION,
    head="relationships/_introduced_head.html",
    foot="relationships/_introduced_foot.html",
    load=load,
)


def begun(
    db: Session, conversation: Conversation, member: Member, _now: datetime
) -> Mapping[str, Any]:
    """Return how a conversation of no thing began, from the log."""
    return {"steps": of_conversation(db, member, conversation)}


BEGUN = [
    Dress(about=about, head="relationships/_begun_head.html", foot="", load=begun)
    for about in (About.DIRECT, About.GROUP)
]
