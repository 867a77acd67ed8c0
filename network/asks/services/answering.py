"""Answering, rewording and ending asks. What two people can race for is one UPDATE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.changes import changed
from network.errors import Conflict, Invalid, NotFound
from network.events.services import record
from network.members.models import Member
from network.text import clean
from network.translation import _

LONGEST_REASON = 2000


SHORTEST_REASON = 10


def accept(
    db: Session, ask: Ask, kind: Kind, *, actor: Member, now: datetime, read: str | None = None
) -> None:
    """Say yes. Saying it twice is once; raises `Conflict` if the ask is over.

    `read` is the mark of the words that were read: an ask whose words can change needs it.
    """
    _only(ask.addressee_id, actor)
    _take(db, ask, kind)
    if ask.state is AskState.ACCEPTED:
        return
    if ask.thing_id is not None and read != (kind.read(db, ask) if kind.read else ask.mark):
        raise Conflict(
            _("The words changed while you were reading. Your answer was not taken; read them now.")
        )
    _move(db, ask, (AskState.WAITING, AskState.DECLINED), AskState.ACCEPTED, now=now)
    told = ("mail",) if ask.thing_id is None else ()
    log(db, ask, "asks:accepted", actor=actor.id, now=now, to=told)
    kind.accepted(db, ask, now)


def decline(
    db: Session,
    ask: Ask,
    kind: Kind,
    *,
    actor: Member,
    now: datetime,
    again_at: datetime | None = None,
) -> None:
    """Say not this time: nobody is told, nothing is counted. Saying it twice is once.

    With `again_at` the one who says it is shown it once more then, and nobody else ever knows.
    """
    _only(ask.addressee_id, actor)
    _take(db, ask, kind)
    if ask.state is AskState.DECLINED:
        ask.again_at = again_at
        return
    _move(db, ask, _answerable(db, ask, kind), AskState.DECLINED, now=now, again_at=again_at)
    log(db, ask, "asks:declined", actor=actor.id, now=now)
    if kind.declined is not None:
        kind.declined(db, ask, now)


def take_back(db: Session, ask: Ask, kind: Kind, *, actor: Member, now: datetime) -> None:
    """Undo an answer while the ask is still open: it waits again. Harmless when it waits."""
    _only(ask.addressee_id, actor)
    _take(db, ask, kind)
    if ask.state is AskState.WAITING:
        return
    if kind.declined is not None:
        raise Conflict
    origins = (AskState.DECLINED, *_answerable(db, ask, kind))
    _move(db, ask, origins, AskState.WAITING, now=now)
    log(db, ask, "asks:reopened", actor=actor.id, now=now)


def let_go(ask: Ask, *, actor: Member) -> None:
    """Think no more of what was put off. Harmless when it was not."""
    _only(ask.addressee_id, actor)
    ask.again_at = None


def reword(db: Session, ask: Ask, *, reason: str, actor: Member, now: datetime) -> bool:
    """Give an ask that is part of a thing other words. A yes to the old ones is void, and a no
    stands. Return whether a yes was void.
    """
    words = as_reason(reason)
    void = ask.state is AskState.ACCEPTED
    try:
        with db.begin_nested():
            ask.reason = words
            if void:
                ask.state, ask.ended_at = AskState.WAITING, None
    except IntegrityError as error:  # a newer ask of the two has the one place
        raise Conflict from error
    if void:
        log(db, ask, "asks:reopened", actor=actor.id, now=now)
    return void


def withdraw(db: Session, ask: Ask, *, actor: Member, now: datetime) -> None:
    """Take an ask back, whatever its addressee has quietly answered. Withdrawing twice is once."""
    _only(ask.asker_id, actor)
    if ask.state is AskState.WITHDRAWN:
        return
    hidden = (AskState.DECLINED, AskState.CLOSED)  # what the asker cannot tell from waiting
    _move(db, ask, (AskState.WAITING, *hidden), AskState.WITHDRAWN, now=now)
    log(db, ask, "asks:withdrawn", actor=actor.id, now=now)


def close_between(db: Session, one_id: int, other_id: int, *, actor: Member, now: datetime) -> None:
    """Close every open ask between two people, silently and for good: a block does this."""
    low, high = sorted((one_id, other_id))
    close(
        db,
        and_(
            or_(
                and_(Ask.low_id == low, Ask.high_id == high),
                and_(Ask.asker_id.in_((low, high)), Ask.about_id.in_((low, high))),
                and_(Ask.addressee_id.in_((low, high)), Ask.about_id.in_((low, high))),
            ),
            Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
        ),
        actor=actor,
        now=now,
    )


def close(db: Session, which: ColumnElement[bool], *, actor: Member, now: datetime) -> None:
    """Close these asks, silently and for good."""
    for ask in db.scalars(select(Ask).where(which)).all():
        ask.state, ask.ended_at, ask.again_at = AskState.CLOSED, now, None
        log(db, ask, "asks:closed", actor=actor.id, now=now)


def as_reason(text: str) -> str:
    """Return the words of an ask as they are kept; raise `Invalid` for too few or too many."""
    words = clean(text)
    if len(words) < SHORTEST_REASON:
        raise Invalid(
            _("Say a little more about why you are asking. A sentence is enough."), field="reason"
        )
    if len(words) > LONGEST_REASON:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_REASON),
            field="reason",
        )
    return words


def _take(db: Session, ask: Ask, kind: Kind) -> None:
    """Take the row of the thing first, and see the ask as it stands then."""
    if kind.take is not None:
        kind.take(db, ask)
        db.refresh(ask, ("state", "reason"))


def _answerable(db: Session, ask: Ask, kind: Kind) -> tuple[AskState, ...]:
    """Return the states that a change of mind may leave: a yes too, where it made nothing yet."""
    if kind.made is not None and not kind.made(db, ask):
        return (AskState.WAITING, AskState.ACCEPTED)
    return (AskState.WAITING,)


def _only(member_id: int, actor: Member) -> None:
    if actor.id != member_id:
        raise NotFound


def _move(
    db: Session,
    ask: Ask,
    origins: tuple[AskState, ...],
    to: AskState,
    *,
    now: datetime,
    again_at: datetime | None = None,
) -> None:
    move = (
        update(Ask)
        .where(
            Ask.id == ask.id,
            Ask.state.in_(origins),
            Ask.expires_at > now,
            Ask.reason == ask.reason,  # the words that were read
        )
        .values(state=to, ended_at=None if to is AskState.WAITING else now, again_at=again_at)
    )
    try:
        with db.begin_nested():
            moved = changed(db, move)
    except IntegrityError as error:  # a newer ask of the two has the one place
        raise Conflict from error
    if moved != 1:
        raise Conflict
    db.refresh(ask, ("state", "ended_at", "again_at"))


def log(
    db: Session,
    ask: Ask,
    kind: str,
    *,
    actor: int,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    record(
        db,
        kind,
        actor=actor,
        subject=("ask", ask.id),
        now=now,
        to=to,
        state=ask.state.value,
        **data,
    )
