"""Lives what people say to each other in conversations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from network.conversations import services
from network.members.models import Member

if TYPE_CHECKING:
    from tests.sweep.seed import World

LATELY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def conversations(db: Session, world: World) -> None:
    """Let each begin what the story says, and let everybody say one thing."""
    members = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for talk in world.story.talks:
        first, *others = [members[label] for label in talk.people]
        sent = {"body": f"It is {talk.said(talk.people[0])}.", "now": LATELY}
        name = " ".join(talk.people)
        if len(others) == 1:
            there = services.start_direct(db, actor=first, other=others[0], submission=name, **sent)
        else:
            there = services.start_group(
                db, actor=first, people=others, title=talk.title, submission=name, **sent
            )
        for label in talk.people[1:]:
            services.post(
                db,
                there,
                actor=members[label],
                body=f"It was {talk.said(label)}.",
                submission=name,
                now=LATELY,
            )
        services.keep_draft(db, there, actor=first, body=f"And {talk.draft}.", submission="unsent")
