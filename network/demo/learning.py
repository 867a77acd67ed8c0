"""What the invented people learn: what they wish for, when they meet, what they ask."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations import services as conversations
from network.conversations.models import About, Conversation
from network.demo.sessions import tell_session
from network.demo.steps import in_order
from network.demo.talk import People, Told, moment, read_all, read_told
from network.learning.models import GreenRoom, LearningNeed
from network.learning.services import feeds, needs, rooms


def tell_learning(db: Session, people: People, circles: dict[str, Circle], now: datetime) -> None:
    """Let people wish, meet and ask; what is of a circle is named by it."""
    told = read_told("learning.json")
    wishes = {
        each["words"]: _need(db, people, each, label=f"demo-need-{number}", now=now)
        for number, each in enumerate(told["needs"])
    }
    for number, each in enumerate(told["sessions"]):
        tell_session(
            db,
            people,
            each,
            circle=circles.get(each.get("circle", "")),
            need=wishes.get(each.get("need", "")),
            label=f"demo-session-{number}",
            now=now,
        )
    for number, each in enumerate(told["rooms"]):
        _room(db, people, each, label=f"demo-room-{number}", now=now)
    for handle in told["feeds"]:
        feeds.make_feed(db, people[handle], now=now)
    for conversation in db.scalars(
        select(Conversation).where(Conversation.about.in_((About.SESSION, About.GREEN_ROOM)))
    ):
        read_all(db, conversation)


def _need(db: Session, people: People, told: Told, *, label: str, now: datetime) -> LearningNeed:
    author = people[told["who"]]
    need = needs.write_need(
        db,
        author,
        words=told["words"],
        why=told["why"],
        submission=label,
        now=moment(told, author, now),
    )
    for step in in_order(told["then"], people, label=label, now=now):
        if step.told["does"] == "let go":
            needs.let_go(db, need, actor=step.actor, now=step.at)
        else:
            needs.take_interest(db, need, actor=step.actor, now=step.at)
    return need


def _room(db: Session, people: People, told: Told, *, label: str, now: datetime) -> None:
    asker = people[told["who"]]
    room = rooms.open_room(
        db,
        asker,
        question=told["question"],
        why=told["why"],
        submission=label,
        now=moment(told, asker, now),
    )
    for step in in_order(told["then"], people, label=label, now=now):
        words = step.told["words"]
        if step.told["does"] == "harvest":
            rooms.write_harvest(db, room, actor=step.actor, words=words, now=step.at)
        else:
            rooms.sit_down(db, room, actor=step.actor, now=step.at)
            conversations.post(
                db,
                _conversation(db, room),
                actor=step.actor,
                body=words,
                submission=step.submission,
                now=step.at,
            )


def _conversation(db: Session, room: GreenRoom) -> Conversation:
    opened = select(Conversation).where(
        Conversation.about == About.GREEN_ROOM, Conversation.thing_id == room.id
    )
    return db.scalars(opened).one()
