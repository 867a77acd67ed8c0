"""What the pages of introductions read, and what each person is told of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, not_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from network.asks.access import about_seen
from network.asks.kinds import COOLING_OFF
from network.asks.models import Ask, AskState
from network.asks.queries import as_asker_sees
from network.columns import BigId
from network.conversations.models import About, Conversation
from network.members.models import Member, Participation
from network.members.visibility import BOUND, Viewer, awake, connected, not_apart, shielded, visible
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.provenance import of_introduction

CONSENT, CARRY = "introduction", "carry"


class Told(StrEnum):
    """What somebody is told of an introduction. Whose answer was missing is told to nobody."""

    OPEN = "open"
    MADE = "made"
    WITHDRAWN = "withdrawn"
    NOT_MADE = "not made"


@dataclass(frozen=True, slots=True)
class Mine:
    """An introduction that I carry, as I may know of it."""

    introduction: Introduction
    told: Told
    low: Member
    high: Member


@dataclass(frozen=True, slots=True)
class OfMe:
    """An introduction that I said yes to: who carries it, whom I would meet, what came of it."""

    ask: Ask
    introduction: Introduction
    told: Told
    # The key of the conversation that it opened.
    conversation: str | None


def told_introducer(introduction: Introduction, now: datetime) -> Told:
    """Return what its introducer is told: a stop looks open until the day, as silence does."""
    if introduction.state is IntroductionState.MADE:
        return Told.MADE
    if introduction.state is IntroductionState.WITHDRAWN:
        return Told.WITHDRAWN
    return Told.OPEN if introduction.expires_at > now else Told.NOT_MADE


def told_party(introduction: Introduction, now: datetime) -> Told:
    """Return what one who said yes is told: not even that it was taken back, before the day."""
    if introduction.state is IntroductionState.MADE:
        return Told.MADE
    return Told.OPEN if introduction.expires_at > now else Told.NOT_MADE


def carried_by(db: Session, member: Member, now: datetime, limit: int = 50) -> Sequence[Mine]:
    """Return the introductions that a member carries, the newest first. Where somebody in one is
    apart from them now, there is none.
    """
    low, high, viewer = aliased(Member), aliased(Member), Viewer.of(member)
    rows = db.scalars(
        select(Introduction)
        .join(Introduction.low.of_type(low))
        .join(Introduction.high.of_type(high))
        .where(
            Introduction.introducer_id == member.id, not_apart(viewer, low), not_apart(viewer, high)
        )
        .options(
            contains_eager(Introduction.low.of_type(low)),
            contains_eager(Introduction.high.of_type(high)),
        )
        .order_by(Introduction.sent_at.desc(), Introduction.id.desc())
        .limit(limit)
    )
    return [carried(each, now) for each in rows]


def carried(introduction: Introduction, now: datetime) -> Mine:
    """Return an introduction, loaded with its people, as its introducer may know of it."""
    told = told_introducer(introduction, now)
    return Mine(introduction, told, introduction.low, introduction.high)


def of_me(db: Session, member: Member, now: datetime, limit: int = 50) -> Sequence[OfMe]:
    """Return the introductions that a member said yes to, the newest first."""
    viewer = Viewer.of(member)
    rows = db.execute(
        select(Ask, Introduction, Conversation.key)
        .join(Introduction, Introduction.id == Ask.thing_id)
        .outerjoin(Conversation, _opened_by(Introduction.id))
        .join(Ask.asker)
        .where(
            Ask.addressee_id == member.id,
            Ask.kind == CONSENT,
            Ask.state == AskState.ACCEPTED,
            visible(viewer, now),
            about_seen(viewer, now),
        )
        .options(contains_eager(Ask.asker), joinedload(Ask.about))
        .order_by(Ask.sent_at.desc(), Ask.id.desc())
        .limit(limit)
    )
    return [OfMe(ask, found, told_party(found, now), key) for ask, found, key in rows]


def page_of(
    db: Session, member: Member, introduction: Introduction, now: datetime
) -> dict[str, Any]:
    """Return what the introducer's page of an introduction shows: how it stands and how it came
    about, and the key of the conversation that it opened.
    """
    opened = select(Conversation.key).where(_opened_by(introduction.id))
    return {
        "each": carried(introduction, now),
        "conversation": db.scalar(opened),
        "history": of_introduction(db, member, introduction),
    }


def _opened_by(introduction_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # an id or a column
    return and_(Conversation.about == About.INTRODUCTION, Conversation.thing_id == introduction_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """What I asked a connector about somebody, as I am told of it."""

    ask: Ask
    told: AskState
    again_from: datetime


_CARRIES = (
    select(Ask)
    .where(
        Ask.kind == CARRY,
        Ask.asker_id == BOUND.member_id,
        Ask.about_id == bindparam("about", type_=BigId),
    )
    .order_by(Ask.sent_at)
)


def asked_about(db: Session, member: Member, other: Member, now: datetime) -> dict[int, Asked]:
    """Return what a member asked lately to be carried to somebody, by whom they asked."""
    bound = {**Viewer.of(member).at(now), "about": other.id}
    return {
        ask.addressee_id: Asked(ask, as_asker_sees(ask, now), ask.sent_at + COOLING_OFF)
        for ask in db.scalars(_CARRIES, bound)
        if ask.sent_at + COOLING_OFF > now
    }


def is_way(db: Session, member: Member, connector: Member, target: Member, now: datetime) -> bool:
    """Whether the network shows this member that the connector could introduce the target."""
    viewer, other, theirs = Viewer.of(member), aliased(Member), aliased(Participation)
    target_is_open = exists().where(
        other.id == target.id,
        theirs.member_id == other.id,
        theirs.open_to_introductions,
        awake(now, other),
        visible(viewer, now, other),
    )
    found = (
        select(Member.id)
        .join(Participation, Participation.member_id == Member.id)
        .where(
            Member.id == connector.id,
            Participation.shown_as_way,
            awake(now),
            visible(viewer, now),
            connected(member.id, connector.id),
            connected(connector.id, target.id),
            # Where a shield parts these two there is no way, and nothing tells why.
            not_(shielded(target.id, connector.belongs)),
            not_(shielded(connector.id, target.belongs)),
            target_is_open,
        )
    )
    return db.scalar(found) is not None
