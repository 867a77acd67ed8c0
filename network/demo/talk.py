"""What the invented people say to each other: told as it was said, one thing after another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations import services
from network.conversations.models import About, Conversation, Message, Participant
from network.members.models import Member

Told = Mapping[str, Any]
People = Mapping[str, Member]
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read_told(name: str) -> dict[str, Any]:
    """Return one of the files in which the story stands."""
    told: dict[str, Any] = json.loads(
        files("network.demo").joinpath(name).read_text(encoding="utf-8")
    )
    return told


def moment(told: Told, teller: Member, now: datetime) -> datetime:
    """Return when something happened: so many days ago, by the clock of whoever did it; where it is
    told to be on a day of the week, on the last such day before.
    """
    day = (now - timedelta(days=told["days"])).date()
    if "on" in told:
        day -= timedelta(days=(day.weekday() - WEEK.index(told["on"])) % 7)
    clock = time.fromisoformat(told.get("at", "10:00"))
    return min(datetime.combine(day, clock, ZoneInfo(teller.time_zone)).astimezone(UTC), now)


def tell_conversations(db: Session, people: People, now: datetime) -> None:
    """Let everybody say what they said."""
    for number, told in enumerate(read_told("talk.json")["conversations"]):
        first, *rest = told["said"]
        label = f"demo-talk-{number}"
        conversation = _begin(
            db, people, told, label=label, now=moment(first, people[first["who"]], now)
        )
        say(db, people, conversation, rest, label=label, now=now)
        _put_aside(db, people, conversation, told)


def say(
    db: Session,
    people: People,
    conversation: Conversation,
    lines: list[Told],
    *,
    label: str,
    now: datetime,
) -> None:
    """Let people say and do these things in a conversation, in their order."""
    for number, line in enumerate(lines, start=1):
        actor = people[line["who"]]
        at = moment(line, actor, now)
        match line.get("does", "say"):
            case "leave":
                services.leave(db, conversation, actor=actor, now=at)
            case "bring":
                services.add(db, conversation, actor=actor, other=people[line["whom"]], now=at)
            case "take back":
                services.withdraw(db, _last_of(db, conversation, actor), actor=actor, now=at)
            case _:
                services.post(
                    db,
                    conversation,
                    actor=actor,
                    body=line["says"],
                    submission=f"{label}-{number}",
                    now=at,
                )


def read_all(db: Session, conversation: Conversation, *, but: tuple[int, ...] = ()) -> None:
    """Let everybody who is here have read everything, but these."""
    for stay in db.scalars(_here(conversation)):
        if stay.member_id not in but:
            services.mark_read(db, stay, upto=conversation.turn, high=conversation.turn)


def opened_by(db: Session, thing_id: int, *, about: About = About.INTRODUCTION) -> Conversation:
    """Return the conversation that an introduction, or another thing, opened."""
    return db.scalars(
        select(Conversation).where(Conversation.about == about, Conversation.thing_id == thing_id)
    ).one()


def _begin(db: Session, people: People, told: Told, *, label: str, now: datetime) -> Conversation:
    first = told["said"][0]
    begun = {"actor": people[first["who"]], "body": first["says"], "submission": label, "now": now}
    others = [
        people[each] for each in told.get("between", told.get("people")) if each != first["who"]
    ]
    if "between" in told:
        return services.start_direct(db, other=others[0], **begun)
    return services.start_group(db, title=told["title"], people=others, **begun)


def _put_aside(db: Session, people: People, conversation: Conversation, told: Told) -> None:
    """Tell what is private: what was not read yet, what is muted, what was begun and not sent."""
    unread = tuple(people[each].id for each in told.get("unread_by", ()))
    read_all(db, conversation, but=unread)
    for handle in told.get("muted_by", ()):
        services.mute(db, conversation, actor=people[handle])
    for handle, words in told.get("drafts", {}).items():
        services.keep_draft(
            db, conversation, actor=people[handle], body=words, submission=f"demo-draft-{handle}"
        )


def _last_of(db: Session, conversation: Conversation, author: Member) -> Message:
    said = select(Message).where(
        Message.conversation_id == conversation.id, Message.author_id == author.id
    )
    return db.scalars(said.order_by(Message.turn.desc()).limit(1)).one()


def _here(conversation: Conversation) -> Any:  # noqa: ANN401
    return select(Participant).where(
        Participant.conversation_id == conversation.id, Participant.left_at.is_(None)
    )
