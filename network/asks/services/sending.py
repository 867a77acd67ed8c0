"""Sending asks: one function holds all guards."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from network.asks.kinds import COOLING_OFF, Kind
from network.asks.models import Ask, AskState
from network.asks.services.answering import accept, as_reason, log
from network.errors import Conflict, NotAllowed, NotFound
from network.events.models import Event
from network.events.services import record
from network.members.models import Member, Participation
from network.members.visibility import BOUND, NOW, Viewer, awake, visible
from network.text import clean
from network.translation import _


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
    body_id: int = 0,
    expires_at: datetime | None = None,
    by_letter: bool = True,
) -> Ask:
    """Put an ask before its addressee, once `may_ask` or the guards of a body have let it pass;
    raise `Invalid` for its words. It is open for its kind's lifetime, or until `expires_at`. A
    letter tells of it, unless (not `by_letter`) another letter does.
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
        body_id=body_id,
        reason=as_reason(reason),
        submission=submission,
        sent_at=now,
        expires_at=expires_at or now + kind.lifetime,
    )
    db.add(ask)
    db.flush()  # the event names it
    log(
        db,
        ask,
        "asks:sent",
        actor=asker.id,
        now=now,
        to=("mail",) if by_letter else (),
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
    body_id: int = 0,
) -> None:
    """Raise the refusal that holds this ask back; return if it may be sent. The only place with
    guards. What a body asked through one of its people, it asks through no other for 90 days.

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
    if body_id:
        _cooled(_last_of_body(db, kind, body_id, addressee), now)
    else:
        _cooled(last_sent(db, asker, addressee, kind.name, about=about), now)
    if not kind.crosses and _between(db, asker, addressee, kind, now):
        raise Conflict(
            _(
                "One of these at a time: something between you and %(name)s has not had its day.",
                name=addressee.name,
            )
        )


def _cooled(last: Ask | None, now: datetime) -> None:
    if last is not None and last.sent_at + COOLING_OFF > now:
        raise TooSoon(last)


def _last_of_body(db: Session, kind: Kind, body_id: int, addressee: Member) -> Ask | None:
    """Return the newest ask of this kind by which a body asked somebody, through whomever."""
    return db.scalar(
        select(Ask)
        .where(
            Ask.kind == kind.name,
            Ask.body_id == body_id,
            Ask.addressee_id == addressee.id,
        )
        .order_by(Ask.sent_at.desc(), Ask.id.desc())
        .limit(1)
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


def let_lapse(
    db: Session, one: Member, other: Member, kind: Kind, now: datetime, *, body_id: int = 0
) -> None:
    """Store what time has done already, so that the one place of the pair is free: as themselves,
    or with a body between them.
    """
    low, high = sorted((one.id, other.id))
    db.execute(
        update(Ask)
        .where(
            Ask.kind == kind.name,
            Ask.low_id == low,
            Ask.high_id == high,
            Ask.body_id == body_id,
            Ask.state == AskState.WAITING,
            Ask.expires_at <= now,
        )
        .values(state=AskState.LAPSED)
    )
