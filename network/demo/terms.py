"""What the invented people agree on: terms in their versions, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import About, Conversation, Participant
from network.demo.steps import Step, in_order
from network.demo.talk import People, Told, moment
from network.demo.terms_words import Table
from network.engagements.models import Negotiation, Version
from network.engagements.services import beginning, negotiating
from network.organisations.models import Approach, Organisation


def tell_terms(
    db: Session,
    people: People,
    told: list[Told],
    now: datetime,
    *,
    organisations: Mapping[str, Organisation],
    approaches: Mapping[str, Approach],
) -> list[Table]:
    """Let people find terms; return what became of each, in the order in which it is told."""
    found = []
    for number, each in enumerate(told):
        label, actor = f"demo-terms-{number}", people[each["who"]]
        signs = {
            people[who].id: organisations[side].id if side else None
            for who, side in each["signs"].items()
        }
        negotiation = beginning.begin(
            db,
            _talk(db, people, each, approaches),
            actor=actor,
            signs=signs,
            now=moment(each, actor, now),
            submission=label,
        )
        table = Table(db, negotiation, keys_of(db, people, negotiation), now.date(), {})
        play(table, each["then"], people, label=label, now=now)
        found.append(table)
    return found


def play(table: Table, told: list[Told], people: People, *, label: str, now: datetime) -> None:
    """Let people take these steps at a table, in their order."""
    for step in in_order(told, people, label=label, now=now):
        DOES[step.told["does"]](table, step)


def keys_of(db: Session, people: People, negotiation: Negotiation) -> dict[str, str]:
    """Return the keys by which terms name people, by their handles."""
    db.flush()  # its parties have keys then
    handles = {member.id: handle for handle, member in people.items()}
    parties = negotiating.parties_of(db, negotiation)
    return {handles[party.member_id]: party.key for party in parties if party.member_id}


def _talk(
    db: Session, people: People, told: Told, approaches: Mapping[str, Approach]
) -> Conversation:
    """Return the conversation in which they found each other."""
    where = told["talk"]
    found = select(Conversation)
    if "title" in where:
        found = found.where(Conversation.title == where["title"])
    elif "between" in where:
        found = found.where(Conversation.about == About.DIRECT)
        for handle in where["between"]:
            stays = select(Participant.conversation_id)
            mine = stays.where(Participant.member_id == people[handle].id)
            found = found.where(Conversation.id.in_(mine))
    else:
        approach = approaches[where.get("approach") or where["team"]]
        found = found.where(
            Conversation.about == About.APPROACH, Conversation.thing_id == approach.id
        )
    return db.scalars(found).one()


def _put(table: Table, step: Step) -> None:
    days = step.told.get("valid_days")
    negotiating.put(
        table.db,
        table.negotiation,
        actor=step.actor,
        terms=table.terms(step.told["terms"]),
        over=table.negotiation.last,
        now=step.at,
        submission=step.submission,
        why=step.told["why"],
        valid_until=step.at + timedelta(days=days) if days else None,
    )


def _accept(table: Table, step: Step) -> None:
    it = table.negotiation
    version = table.db.get_one(Version, (it.id, it.on_table))
    negotiating.accept(
        table.db, it, actor=step.actor, number=version.number, shown=version.digest, now=step.at
    )


def _withdraw(table: Table, step: Step) -> None:
    it = table.negotiation
    negotiating.withdraw(table.db, it, actor=step.actor, number=it.on_table, now=step.at)


def _leave(table: Table, step: Step) -> None:
    words = step.told["words"]
    negotiating.leave(table.db, table.negotiation, actor=step.actor, words=words, now=step.at)


DOES: dict[str, Callable[[Table, Step], None]] = {
    "put": _put,
    "accept": _accept,
    "withdraw": _withdraw,
    "leave": _leave,
}
