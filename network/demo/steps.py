"""Steps of a story: who did what and when, in the order in which it happened; and the circle or
session in which it did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.models import Circle, Decision
from network.conversations.models import Conversation
from network.demo.talk import People, Told, moment
from network.learning.kinds import CommitmentState
from network.learning.models import Commitment, LearningSession
from network.learning.services import commitments
from network.members.models import Member, Membership


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did; `told` says what, and `submission` is its own."""

    told: Told
    actor: Member
    at: datetime
    submission: str


@dataclass(frozen=True, slots=True)
class Telling:
    """A circle as it is told of."""

    db: Session
    people: People
    circle: Circle
    conversation: Conversation

    def place_of(self, member: Member) -> Membership:
        """Return the newest place of somebody in the circle, or on the way to it."""
        found = select(Membership).where(
            Membership.circle_id == self.circle.id, Membership.member_id == member.id
        )
        return self.db.scalars(found.order_by(Membership.id.desc()).limit(1)).one()

    def decision(self, title: str) -> Decision:
        """Return what was proposed under a title."""
        found = select(Decision).where(
            Decision.circle_id == self.circle.id, Decision.title == title
        )
        return self.db.scalars(found).one()


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as it is told of."""

    db: Session
    people: People
    session: LearningSession


def in_order(
    told: Iterable[Told],
    people: People,
    *,
    label: str,
    now: datetime,
    begun: datetime | None = None,
) -> list[Step]:
    """Return steps by when they were taken; some are told by the minute of what had `begun`.

    One that was said yes to is two steps.
    """
    found = []
    for number, each in enumerate(told, start=1):
        found.append(_step(each, people, f"{label}-{number}", now, begun))
        if "yes" in each:
            answer = {"who": each.get("whom"), "does": "yes", "answers": each, **each["yes"]}
            found.append(_step(answer, people, f"{label}-{number}-yes", now, begun))
    return sorted(found, key=lambda step: step.at)


def say_yes(
    db: Session, kind: Kind, step: Step, *, thing_id: int, asker: Member | None = None
) -> Ask:
    """Let somebody say yes to what asks them about a thing, or to one `asker` of several."""
    ask = db.scalars(
        select(Ask).where(
            Ask.asker_id == (Ask.asker_id if asker is None else asker.id),
            Ask.kind == kind.name,
            Ask.thing_id == thing_id,
            Ask.addressee_id == step.actor.id,
            Ask.state == AskState.WAITING,
        )
    ).one()
    read = kind.read(db, ask) if kind.read else ask.mark
    asks.accept(db, ask, kind, actor=step.actor, now=step.at, read=read)
    return ask


def tell_of_commitment(db: Session, step: Step) -> None:
    """Let somebody tell what became of what they last said they would do."""
    said = db.scalars(
        select(Commitment)
        .where(Commitment.member_id == step.actor.id, Commitment.state == CommitmentState.OPEN)
        .order_by(Commitment.made_at.desc(), Commitment.id.desc())
        .limit(1)
    ).one()
    state = CommitmentState(step.told["is"])
    commitments.tell(db, said, actor=step.actor, state=state, told=step.told["words"], now=step.at)


def _step(told: Told, people: People, label: str, now: datetime, begun: datetime | None) -> Step:
    actor = people[told["who"]]
    if begun is not None and "minute" in told:
        return Step(told, actor, begun + timedelta(minutes=told["minute"]), label)
    return Step(told, actor, moment(told, actor, now), label)
