"""Sending and answering asks. One function holds all guards; what two people can race for is one
UPDATE.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, update
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
    about: Member | None = None,
) -> Ask:
    """Send an ask with a reason, or return the one this submission sent already.

    Where the other asked first, both have now asked each other: their ask is accepted and returned.
    Raises `NotFound`, `NotAllowed`, `Conflict` or `Invalid` where a guard holds it back.
    """
    again = _sent_already(db, asker, submission)
    if again is not None and again.reason == clean(reason):
        return again
    if again is not None and again.asker_id == asker.id:
        submission = uuid4().hex  # other words from the same form: the guards decide, none is lost
    elif again is not None:
        return again
    let_lapse(db, asker, addressee, kind, now)
    crossing = _open_from(db, addressee, asker, kind, now) if kind.crosses else None
    if crossing is not None:
        _crossed(db, crossing, kind, asker=asker, reason=reason, submission=submission, now=now)
        return crossing
    may_ask(db, kind, asker=asker, addressee=addressee, about=about, now=now)
    return place(
        db,
        kind,
        asker=asker,
        addressee=addressee,
        reason=reason,
        submission=submission,
        now=now,
        about=about,
    )


def place(
    db: Session,
    kind: Kind,
    *,
    asker: Member,
    addressee: Member,
    reason: str,
    submission: str,
    now: datetime,
    about: Member | None = None,
    thing_id: int | None = None,
) -> Ask:
    """Put an ask before its addressee, once `may_ask` has let it pass; raise `Invalid` for its
    words.
    """
    low, high = sorted((asker.id, addressee.id))
    ask = Ask(
        kind=kind.name,
        asker_id=asker.id,
        addressee_id=addressee.id,
        low_id=low,
        high_id=high,
        about_id=None if about is None else about.id,
        thing_id=thing_id,
        reason=as_reason(reason),
        submission=submission,
        sent_at=now,
        expires_at=now + kind.lifetime,
    )
    db.add(ask)
    db.flush()  # the event names it
    _log(
        db,
        ask,
        "sent",
        actor=asker.id,
        now=now,
        to=("mail",),
        ask_kind=kind.name,
        addressee=addressee.id,
        about=ask.about_id,
        thing=thing_id,
    )
    return ask


def may_ask(
    db: Session,
    kind: Kind,
    *,
    asker: Member,
    addressee: Member,
    now: datetime,
    about: Member | None = None,
) -> None:
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
        raise NotAllowed(
            _("%(name)s is not open to this just now.", name=addressee.name),
        )
    kind.guard(db, asker, addressee, about, now)
    last = last_sent(db, asker, addressee, kind.name, about=about)
    if last is not None and last.sent_at + COOLING_OFF > now:
        raise TooSoon(last)
    if not kind.crosses and _between(db, asker, addressee, kind, now):
        raise Conflict(
            _(
                "One of these at a time: something between you and %(name)s has not had its day.",
                name=addressee.name,
            )
        )


class TooSoon(Conflict):
    """The asker wrote to this person less than 90 days ago; `last` is what they sent."""

    def __init__(self, last: Ask) -> None:
        super().__init__(_("You asked them not long ago. You can ask again 90 days after that."))
        self.last = last


_LAST_SENT = (
    select(Ask)
    .where(
        Ask.asker_id == bindparam("asker"),
        Ask.addressee_id == bindparam("addressee"),
        Ask.kind == bindparam("kind"),
        func.coalesce(Ask.about_id, 0) == bindparam("about"),
    )
    .order_by(Ask.sent_at.desc())
    .limit(1)
)


def last_sent(
    db: Session, asker: Member, addressee: Member, kind: str, *, about: Member | None = None
) -> Ask | None:
    """Return the newest ask of this kind, about this person or nobody, from one to the other."""
    bound = {"asker": asker.id, "addressee": addressee.id, "kind": kind}
    return db.scalar(_LAST_SENT, {**bound, "about": 0 if about is None else about.id})


_LAST_BETWEEN = (
    select(Ask)
    .where(
        Ask.kind == bindparam("kind"),
        Ask.low_id == bindparam("low"),
        Ask.high_id == bindparam("high"),
        Ask.about_id.is_(None),
    )
    .order_by(Ask.sent_at.desc(), Ask.id.desc())
    .limit(20)
)


def last_between(
    db: Session, one: Member, other: Member, kind: str
) -> tuple[Ask | None, Ask | None]:
    """Return the newest ask of this kind from the one, and from the other, in one statement."""
    low, high = sorted((one.id, other.id))
    found = db.scalars(_LAST_BETWEEN, {"kind": kind, "low": low, "high": high}).all()
    mine = next((ask for ask in found if ask.asker_id == one.id), None)
    theirs = next((ask for ask in found if ask.asker_id == other.id), None)
    return mine, theirs


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
    if ask.thing_id is not None and read != ask.mark:
        raise Conflict(
            _("The words changed while you were reading. Your answer was not taken; read them now.")
        )
    _move(db, ask, (AskState.WAITING, AskState.DECLINED), AskState.ACCEPTED, now=now)
    told = ("mail",) if ask.thing_id is None else ()
    _log(db, ask, "accepted", actor=actor.id, now=now, to=told)
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
    _log(db, ask, "declined", actor=actor.id, now=now)


def take_back(db: Session, ask: Ask, kind: Kind, *, actor: Member, now: datetime) -> None:
    """Undo an answer while the ask is still open: it waits again. Harmless when it waits."""
    _only(ask.addressee_id, actor)
    _take(db, ask, kind)
    if ask.state is AskState.WAITING:
        return
    origins = (AskState.DECLINED, *_answerable(db, ask, kind))
    _move(db, ask, origins, AskState.WAITING, now=now)
    _log(db, ask, "reopened", actor=actor.id, now=now)


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
        _log(db, ask, "reopened", actor=actor.id, now=now)
    return void


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
        _log(db, ask, "closed", actor=actor.id, now=now)


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
        reason=as_reason(reason),
        submission=submission,
    )
    accept(db, ask, kind, actor=asker, now=now)


def _between(db: Session, asker: Member, addressee: Member, kind: Kind, now: datetime) -> bool:
    """Whether the two have an ask of this kind that is open in the eyes of whoever sent it."""
    low, high = sorted((asker.id, addressee.id))
    found = select(Ask.id).where(
        Ask.kind == kind.name,
        Ask.low_id == low,
        Ask.high_id == high,
        Ask.thing_id.is_(None),
        Ask.expires_at > now,
        # Whatever was quietly answered: to the one who asked, it is open until its day. And taking
        # it back does not make room for the next.
        Ask.state != AskState.ACCEPTED,
    )
    return db.scalar(found.limit(1)) is not None


def let_lapse(db: Session, one: Member, other: Member, kind: Kind, now: datetime) -> None:
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


def _log(
    db: Session,
    ask: Ask,
    verb: str,
    *,
    actor: int,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    record(
        db,
        f"asks:{verb}",
        actor=actor,
        subject=("ask", ask.id),
        now=now,
        to=to,
        state=ask.state.value,
        **data,
    )
