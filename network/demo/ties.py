"""What lies between the invented people: the ways they are, introductions in every state, and what
they say and write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.demo.memory import tell_memory
from network.demo.talk import (
    People,
    Told,
    moment,
    opened_by,
    read_all,
    read_told,
    say,
    tell_conversations,
)
from network.members.kinds import WhoMayWrite
from network.members.models import Member
from network.members.services.participation import set_ways
from network.relationships.models import Introduction
from network.relationships.services import introductions, making


def tell_ties(db: Session, people: People, now: datetime) -> None:
    """Let people open ways, introduce each other, write about each other, and talk."""
    told = read_told("ties.json")
    for handle, member in people.items():
        _ways(db, member, handle, told["ways"])
    for number, each in enumerate(told["introductions"]):
        _introduction(db, people, each, label=f"demo-introduction-{number}", now=now)
    for number, each in enumerate(told["carries"]):
        _carry(db, people, each, label=f"demo-carry-{number}", now=now)
    tell_memory(db, people, now)
    tell_conversations(db, people, now)


def _ways(db: Session, member: Member, handle: str, told: Told) -> None:
    who = WhoMayWrite.CONNECTIONS
    if handle in told["written_by_anyone"]:
        who = WhoMayWrite.ANYONE
    elif handle in told["written_by_shared"]:
        who = WhoMayWrite.SHARED
    set_ways(
        db,
        member,
        who_may_write=who,
        open_to_introductions=handle not in told["no_introductions"],
        shown_as_way=handle not in told["not_shown"],
        now=member.joined_at,
    )


def _introduction(db: Session, people: People, told: Told, *, label: str, now: datetime) -> None:
    by, (one, other) = people[told["by"]], (people[each] for each in told["for"])
    introduction = introductions.introduce(
        db, by, one, other, words=told["words"], submission=label, now=moment(told, by, now)
    )
    for step in told.get("then", ()):
        _step(db, introduction, step, actor=people[step["who"]], now=now)
    if "said" in told:
        conversation = opened_by(db, introduction.id)
        say(db, people, conversation, told["said"], label=label, now=now)
        read_all(db, conversation)


def _step(
    db: Session, introduction: Introduction, told: Told, *, actor: Member, now: datetime
) -> None:
    at = moment(told, actor, now)
    match told["does"]:
        case "yes":
            letter = _letter_to(db, introduction, actor)
            kind, read = introductions.CONSENT_KIND, letter.mark
            asks.accept(db, letter, kind, actor=actor, now=at, read=read)
        case "no":
            letter, kind = _letter_to(db, introduction, actor), introductions.CONSENT_KIND
            again_at = at + timedelta(days=told["again_in_days"])
            asks.decline(db, letter, kind, actor=actor, now=at, again_at=again_at)
        case "reword":
            introductions.reword(db, introduction, words=told["words"], actor=actor, now=at)
        case "withdraw":
            introductions.withdraw(db, introduction, actor=actor, now=at)


def _letter_to(db: Session, introduction: Introduction, member: Member) -> Ask:
    letters = making.consents(db, introduction)
    return next(letter for letter in letters if letter.addressee_id == member.id)


def _carry(db: Session, people: People, told: Told, *, label: str, now: datetime) -> None:
    asker, connector = people[told["by"]], people[told["through"]]
    ask = introductions.ask_to_carry(
        db,
        asker,
        connector,
        people[told["to"]],
        words=told["words"],
        submission=label,
        now=moment(told, asker, now),
    )
    if "carried" in told:
        at = moment(told["carried"], connector, now)
        asks.accept(db, ask, introductions.CARRY_KIND, actor=connector, now=at)
