"""“Let us talk”: a member says to whoever wrote a need why the two should speak.

One per member and need. A yes opens a conversation of the two; a no is silent; nobody else learns
that it was said, and nothing says how many said it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import open_about
from network.errors import Conflict, NotFound
from network.members.models import Member
from network.organisations.kinds import AskOf
from network.organisations.models import WorkNeed
from network.organisations.services.needs import hold_open, must_be_shown, note, take_need
from network.text import clean
from network.translation import _

OPEN_FOR = timedelta(days=30)


def let_us_talk(
    db: Session, need: WorkNeed, *, actor: Member, reason: str, submission: str, now: datetime
) -> Ask:
    """Say to whoever wrote a need why the two should talk; the same words twice are once.

    While its writer rests it waits for them unread: a refusal would tell of that. Raises `NotFound`
    where the need is not shown to the actor, `NotAllowed` for its own side, `Conflict` where it is
    over or they said something already, `Invalid` for the words.
    """
    hold_open(db, need, now)
    must_be_shown(db, need, actor, now)
    said = said_by(db, need, actor)
    if said is not None and said.reason == clean(reason) and said.state is not AskState.WITHDRAWN:
        return said
    if said is not None:
        raise Conflict(_("You have answered this already. One answer for each need."))
    return asks.place(
        db,
        LET_US_TALK,
        asker=actor,
        addressee=db.get_one(Member, need.writer_id),
        reason=reason,
        submission=submission,
        now=now,
        thing_id=need.id,
        body_id=need.id,
        expires_at=min(now + OPEN_FOR, need.open_until),
    )


def take_back(db: Session, need: WorkNeed, *, actor: Member, now: datetime) -> None:
    """Take back what one said to a need, whatever was quietly answered. Twice is once.

    Raises `NotFound` where nothing was said.
    """
    said = said_by(db, need, actor)
    if said is None:
        raise NotFound
    asks.withdraw(db, said, actor=actor, now=now)


def said_by(db: Session, need: WorkNeed, member: Member) -> Ask | None:
    """Return what a member said to a need, if they did."""
    return db.scalar(
        select(Ask).where(
            Ask.kind == AskOf.LET_US_TALK.value,
            Ask.thing_id == need.id,
            Ask.asker_id == member.id,
        )
    )


def _need(db: Session, ask: Ask) -> WorkNeed:
    return db.get_one(WorkNeed, ask.thing_id)


def _take(db: Session, ask: Ask) -> None:
    take_need(db, _need(db, ask))


def _talk(db: Session, ask: Ask, now: datetime) -> None:
    need = _need(db, ask)
    hold_open(db, need, now)
    writer = db.get_one(Member, ask.addressee_id)
    people = (ask.addressee_id, ask.asker_id)
    open_about(db, About.LET_US_TALK, ask.id, people=people, opener=writer, now=now)
    note(
        db, need, "organisations:need:talk_opened", actor=writer, now=now, to=("mail",), ask=ask.id
    )


def needs_of(db: Session, ids: Collection[int]) -> Mapping[int, WorkNeed]:
    """Return what templates read of needs, by their row."""
    found = select(WorkNeed).where(WorkNeed.id.in_(ids)).options(joinedload(WorkNeed.organisation))
    return {need.id: need for need in db.scalars(found)}


def _opening(ask: Ask) -> str:
    return str(
        _("%(name)s would like to talk about a need of yours, and writes:", name=ask.asker.name)
    )


def _said_yes(ask: Ask) -> str:
    return str(_("You said yes. A conversation with %(name)s is open.", name=ask.asker.name))


LET_US_TALK = Kind(
    name=AskOf.LET_US_TALK.value,
    lifetime=OPEN_FOR,
    accepted=_talk,
    opening=_opening,
    said_yes=_said_yes,
    templates="organisations/let_us_talk",
    take=_take,
    load=needs_of,
)
