"""Lives introductions: begun, half answered, made, and asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from network.asks import services as asks
from network.members.models import Member, Participation
from network.relationships.services import introductions as services
from network.relationships.services import making

if TYPE_CHECKING:
    from tests.sweep.seed import World

LATELY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def introductions(db: Session, world: World) -> None:
    """Let each be begun as the story says, and let those say yes who did."""
    members = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for person in members.values():
        db.get_one(Participation, person.id).shown_as_way = True
    for one in world.story.introductions:
        people = [members[label] for label in (one.introducer, *one.pair)]
        words = f"You two should meet over {one.words}."
        begun = services.introduce(
            db, *people, words=words, submission=" ".join(one.pair)[:40], now=LATELY
        )
        for ask in making.consents(db, begun):
            member = next(each for each in people if each.id == ask.addressee_id)
            if any(members[label] is member for label in one.yes):
                kind = services.CONSENT_KIND
                asks.accept(db, ask, kind, actor=member, now=LATELY, read=ask.mark)
    for asker, connector, target, words in world.story.carries():
        services.ask_to_carry(
            db,
            members[asker],
            members[connector],
            members[target],
            words=f"Tell them about {words}.",
            submission=target,
            now=LATELY,
        )
