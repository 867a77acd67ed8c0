"""Sending and answering asks. One function holds all guards; what two people can race for is one
UPDATE.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.asks.kinds import COOLING_OFF, Kind
from network.asks.models import Ask, AskState
from network.changes import changed
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.events.services import record
from network.members.models import Member, Participation
from network.members.visibility import BOUND, NOW, Viewer, awake, visible
from network.text import clean
from network.translation import _

LONGEST_REASON = 2000
SHORTEST_REASON = 10


def send(  # an ask is these things
    db: Session,
    kind: Kind,
    *,
    asker: Member,
    addressee: Member,
    reason: str,
    submission: str,
    now: datetime,
) -> Ask:
    """Send an ask with a reason, or return the one this submission sent already.

    Where the other asked first, both have now asked each other: their ask is accepted and returned.
    Raises `NotFound`, `NotAllowed`, `Conflict` or `Invalid` where a guard holds it back.
    """
    again = _sent_already(db, asker, submission)
    if again is not None:
        return again
    _let_lapse(db, asker, addressee, kind, now)
    crossing = _open_from(db, addressee, asker, kind, now)
    if crossing is not None:
        _crossed(db, crossing, kind, asker=asker, reason=reason, submission=submission, now=now)
        return crossing
    may_ask(db, kind, asker=asker, addressee=addressee, now=now)
    low, high = sorted((asker.id, addressee.id))
    ask = Ask(
        kind=kind.name,
        asker_id=asker.id,
        addressee_id=addressee.id,
        low_id=low,
        high_id=high,
        reason=_reason(reason),
        submission=submission,
        sent_at=now,
        expires_at=now + kind.lifetime,
    )
    db.add(ask)
    db.flush()  # the event names it
    _log(db, ask, "sent", actor=asker.id, now=now, to=("mail",))
    return ask


def may_ask(db: Session, kind: Kind, *, asker: Member, addressee: Member, now: datetime) -> None:
    """Raise the refusal that holds this ask back; return if it may be sent. The only place with
    guards.

    The asker's own shields hold nothing back: a refusal would tell where the addressee works.
    Whoever a shield meets does not see the ask, and it lapses like any other.
    """
    if asker.id == addressee.id:
        raise NotAllowed(_("You cannot ask yourself."))
    seen = _seen(db, asker, addressee, now)
    if seen is None:
        raise NotFound
    participation = db.get_one(Participation, addressee.id)
    if not seen.awake or not kind.open_to(db, asker, addressee, participation):
        raise NotAllowed(_("They are not open to this just now."))
    kind.guard(db, asker, addressee)
    last = last_sent(db, asker, addressee, kind.name)
    if last is not None and last.sent_at + COOLING_OFF > now:
        raise TooSoon(last)


class TooSoon(Conflict):
    """The asker wrote to this person less than 90 days ago; `last` is what they sent."""

    def __init__(self, last: Ask) -> None:
        super().__init__(
            _("You asked them lately. Give it time; the page says when you can ask again.")
        )
        self.last = last


_LAST_SENT = (
    select(Ask)
    .where(
        Ask.asker_id == bindparam("asker"),
        Ask.addressee_id == bindparam("addressee"),
        Ask.kind == bindparam("kind"),
    )
    .order_by(Ask.sent_at.desc())
    .limit(1)
)


def last_sent(db: Session, asker: Member, addressee: Member, kind: str) -> Ask | None:
    """Return the newest ask of this kind from one person to the other."""
    return db.scalar(_LAST_SENT, {"asker": asker.id, "addressee": addressee.id, "kind": kind})


def accept(db: Session, ask: Ask, kind: Kind, *, actor: Member, now: datetime) -> None:
    """Say yes. Saying it twice is once; raises `Conflict` if the ask is over."""
    _only(ask.addressee_id, actor)
    if ask.state is AskState.ACCEPTED:
        return
    _move(db, ask, (AskState.WAITING, AskState.DECLINED), AskState.ACCEPTED, now=now)
    _log(db, ask, "accepted", actor=actor.id, now=now, to=("mail",))
    kind.accepted(db, ask, now)


def decline(db: Session, ask: Ask, *, actor: Member, now: datetime) -> None:
    """Say not this time: nobody is told, nothing is counted. Saying it twice is once."""
    _only(ask.addressee_id, actor)
    if ask.state is AskState.DECLINED:
        return
    _move(db, ask, (AskState.WAITING,), AskState.DECLINED, now=now)
    _log(db, ask, "declined", actor=actor.id, now=now)


def take_back(db: Session, ask: Ask, *, actor: Member, now: datetime) -> None:
    """Undo a no while the ask is still open: it waits again. Harmless when it waits."""
    _only(ask.addressee_id, actor)
    if ask.state is AskState.WAITING:
        return
    _move(db, ask, (AskState.DECLINED,), AskState.WAITING, now=now)
    _log(db, ask, "reopened", actor=actor.id, now=now)


def withdraw(db: Session, ask: Ask, *, actor: Member, now: datetime) -> None:
    """Take an ask back, whatever its addressee has quietly answered. Withdrawing twice is once."""
    _only(ask.asker_id, actor)
    if ask.state is AskState.WITHDRAWN:
        return
    hidden = (AskState.DECLINED, AskState.CLOSED)  # what the asker cannot tell from waiting
    _move(db, ask, (AskState.WAITING, *hidden), AskState.WITHDRAWN, now=now)
    _log(db, ask, "withdrawn", actor=actor.id, now=now)


def close_between(db: Session, one_id: int, other_id: int, *, actor: Member, now: datetime) -> None:
    """Close every open ask between two people, silently and for good: a block does this."""
    low, high = sorted((one_id, other_id))
    open_asks = db.scalars(
        select(Ask).where(
            Ask.low_id == low,
            Ask.high_id == high,
            Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
        )
    ).all()
    for ask in open_asks:
        ask.state, ask.ended_at = AskState.CLOSED, now
        _log(db, ask, "closed", actor=actor.id, now=now)


def _reason(text: str) -> str:
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


_SEEN = select(Member.id, awake(NOW).label("awake")).where(
    Member.id == bindparam("member_id"), visible(BOUND, NOW)
)


def _seen(db: Session, viewer: Member, member: Member, now: datetime) -> Row[int, bool] | None:
    """Return whether a member takes part now, or None where the viewer may not know of them."""
    return db.execute(_SEEN, {**Viewer.of(viewer).at(now), "member_id": member.id}).first()


def _open_from(
    db: Session, asker: Member, addressee: Member, kind: Kind, now: datetime
) -> Ask | None:
    """Return the ask that its asker still takes to be open: waiting, or quietly declined."""
    return db.scalar(
        select(Ask).where(
            Ask.asker_id == asker.id,
            Ask.addressee_id == addressee.id,
            Ask.kind == kind.name,
            Ask.expires_at > now,
            Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
        )
    )


def _sent_already(db: Session, asker: Member, submission: str) -> Ask | None:
    """Return what this submission sent before: an ask, or the other's ask that it crossed."""
    sent = db.scalar(select(Ask).where(Ask.asker_id == asker.id, Ask.submission == submission))
    if sent is not None:
        return sent
    crossings = db.scalars(
        select(Event).where(Event.actor_id == asker.id, Event.kind == "asks:crossed")
    )
    crossed = [each.subject_id for each in crossings if each.data.get("submission") == submission]
    return db.get(Ask, crossed[0]) if crossed else None


def _crossed(
    db: Session,
    ask: Ask,
    kind: Kind,
    *,
    asker: Member,
    reason: str,
    submission: str,
    now: datetime,
) -> None:
    other = db.get_one(Member, ask.asker_id)
    if _seen(db, asker, other, now) is None:
        raise NotFound
    record(
        db,
        "asks:crossed",
        actor=asker.id,
        subject=("ask", ask.id),
        now=now,
        reason=_reason(reason),
        submission=submission,
    )
    accept(db, ask, kind, actor=asker, now=now)


def _let_lapse(db: Session, one: Member, other: Member, kind: Kind, now: datetime) -> None:
    """Store what time has done already, so that the pair's one place is free."""
    low, high = sorted((one.id, other.id))
    db.execute(
        update(Ask)
        .where(
            Ask.kind == kind.name,
            Ask.low_id == low,
            Ask.high_id == high,
            Ask.state == AskState.WAITING,
            Ask.expires_at <= now,
        )
        .values(state=AskState.LAPSED)
    )


def _only(member_id: int, actor: Member) -> None:
    if actor.id != member_id:
        raise NotFound


def _move(
    db: Session, ask: Ask, origins: tuple[AskState, ...], to: AskState, *, now: datetime
) -> None:
    move = (
        update(Ask)
        .where(Ask.id == ask.id, Ask.state.in_(origins), Ask.expires_at > now)
        .values(state=to, ended_at=None if to is AskState.WAITING else now)
    )
    try:
        with db.begin_nested():
            moved = changed(db, move)
    except IntegrityError as error:  # a newer ask of the two has the one place
        raise Conflict from error
    if moved != 1:
        raise Conflict
    db.refresh(ask, ("state", "ended_at"))


def _log(
    db: Session, ask: Ask, verb: str, *, actor: int, now: datetime, to: tuple[str, ...] = ()
) -> None:
    record(
        db,
        f"asks:{verb}",
        actor=actor,
        subject=("ask", ask.id),
        now=now,
        to=to,
        state=ask.state.value,
    )
