"""Making an introduction: the second yes to the same words opens a conversation of three."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import open_about
from network.events.services import record
from network.members.models import Member
from network.members.visibility import Viewer, visible
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.connections import live_connection
from network.relationships.services.stopping import CONSENT


def consents(db: Session, introduction: Introduction) -> list[Ask]:
    """Return the two letters of an introduction."""
    letters = select(Ask).where(Ask.kind == CONSENT, Ask.thing_id == introduction.id)
    return list(db.scalars(letters.order_by(Ask.id)))


def consented(db: Session, ask: Ask, now: datetime) -> None:
    """Make the introduction when this was the second yes to the same words."""
    introduction = db.get_one(Introduction, ask.thing_id)
    if introduction.state is not IntroductionState.OPEN:
        return  # stopped or taken back: the yes stands, and nothing comes of it
    letters = consents(db, introduction)
    both = [each for each in letters if each.state is AskState.ACCEPTED]
    same = {each.reason for each in both} == {introduction.words}
    if len(both) == 2 and same and _still_possible(db, introduction, now):  # noqa: PLR2004
        _make(db, introduction, actor=ask.addressee_id, now=now)


def _make(db: Session, introduction: Introduction, *, actor: int, now: datetime) -> None:
    introduction.state, introduction.ended_at = IntroductionState.MADE, now
    conversation = open_about(
        db,
        About.INTRODUCTION,
        introduction.id,
        people=(introduction.introducer_id, introduction.low_id, introduction.high_id),
        opener=db.get_one(Member, introduction.introducer_id),
        now=now,
    )
    record(
        db,
        "relationships:introduction:made",
        actor=actor,
        subject=("introduction", introduction.id),
        now=now,
        to=("mail",),
        introducer=introduction.introducer_id,
        low=introduction.low_id,
        high=introduction.high_id,
        conversation=conversation.id,
    )


def _still_possible(db: Session, introduction: Introduction, now: datetime) -> bool:
    """Whether the introducer is connected with both, and the two may know of each other."""
    for party in (introduction.low_id, introduction.high_id):
        if live_connection(db, introduction.introducer_id, party) is None:
            return False
    low, high = (
        db.get_one(Member, introduction.low_id),
        db.get_one(Member, introduction.high_id),
    )
    sees = and_(
        or_(Member.id == high.id, visible(Viewer.of(high), now)),
        or_(Member.id == low.id, visible(Viewer.of(low), now)),
    )
    seen = select(Member.id).where(Member.id.in_((low.id, high.id)), sees)
    return len(db.scalars(seen).all()) == 2  # noqa: PLR2004


def lock(db: Session, introduction: Introduction) -> None:
    """Take the row, and read it as it stands now."""
    db.refresh(introduction, with_for_update=True)
