"""Making a referral: the member's yes to what they read, then the holder's, and the two are in one
conversation.

Each yes takes the row first and looks again whether the need stands and the two may know of each
other. Where they may not, the yes stands and nothing comes of it: it looks open until its day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import open_about
from network.events.services import record
from network.members.models import Member, Participation
from network.members.visibility import Viewer, visible
from network.organisations.models import Approach, WorkNeed
from network.referrals.kinds import AskOf, ReferralState
from network.referrals.matter import Matter, mark_of, matter_of
from network.referrals.models import Referral
from network.referrals.seen import thing_of
from network.referrals.services.guards import near, takes_introductions
from network.referrals.visibility import stands
from network.referrals.wording import interest_words
from network.translation import _

# What each of the two has to think about it, and what both have together.
ASK_FOR = timedelta(days=21)
OPEN_FOR = 2 * ASK_FOR


@dataclass(frozen=True, slots=True)
class OnTheTable:
    """What the templates of these asks read: the referral, what it is about, and whether that still
    stands. `mark` is what a yes has to bear.
    """

    referral: Referral
    matter: Matter
    stands: bool
    mark: str

    def interest(self, name: str) -> str:
        """Say what the referrer of this name has from it."""
        return interest_words(self.referral.interest, self.referral.interest_words, name)


def lock(db: Session, referral: Referral) -> None:
    """Take the row, and read it as it stands now."""
    columns = [column.key for column in Referral.__mapper__.column_attrs]
    db.refresh(referral, columns, with_for_update=True)


def still_possible(db: Session, referral: Referral, now: datetime) -> bool:
    """Whether the need stands in the hands of its holder, and the two may know of each other."""
    rests = db.scalar(select(Referral.id).where(Referral.id == referral.id, stands(now)))
    if rests is None or referral.member_id is None:
        return False
    member, holder = (
        db.get_one(Member, referral.member_id),
        db.get_one(Member, referral.holder_id),
    )
    return may_meet(db, member, holder, now)


def may_meet(db: Session, one: Member, other: Member, now: datetime) -> bool:
    """Whether the two may know of each other, both ways."""
    sees = and_(
        or_(Member.id == other.id, visible(Viewer.of(other), now)),
        or_(Member.id == one.id, visible(Viewer.of(one), now)),
    )
    seen = select(Member.id).where(Member.id.in_((one.id, other.id)), sees)
    return len(db.scalars(seen).all()) == 2  # noqa: PLR2004


def ask_member(db: Session, referral: Referral, *, now: datetime) -> None:
    """Put the referral before the member. Raises `Invalid` for its words."""
    _ask(db, referral, CONSENT_KIND, to=referral.member_id, about=referral.holder_id, now=now)


def carry_on(db: Session, referral: Referral, *, actor: Member, now: datetime) -> None:
    """Bring the member's yes before the holder, or stop where it can lead nowhere. The row is taken
    before.
    """
    if referral.state is not ReferralState.ASKED or referral.expires_at <= now:
        return  # stopped or taken back: the yes stands, and nothing comes of it
    if not still_possible(db, referral, now):
        referral.agreed_at = now
        stop(db, referral, actor=actor.id, now=now)
        return
    referral.state, referral.agreed_at = ReferralState.AGREED, now
    _ask(db, referral, MEETING_KIND, to=referral.holder_id, about=referral.member_id, now=now)
    log(db, referral, "referrals:agreed", actor=actor.id, now=now)


def stop(db: Session, referral: Referral, *, actor: int | None, now: datetime) -> None:
    """Stop what is not made: what waits for an answer closes silently, and it looks open until its
    day.
    """
    referral.state, referral.ended_at = ReferralState.STOPPED, now
    close_asks(db, referral, now=now)
    log(db, referral, "referrals:stopped", actor=actor, now=now)


def close_asks(db: Session, referral: Referral, *, now: datetime) -> None:
    """Close what still waits for an answer about a referral, silently and for good."""
    of_it = and_(
        Ask.kind.in_([kind.value for kind in AskOf]),
        Ask.thing_id == referral.id,
        Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
    )
    asks.close(db, of_it, actor=db.get_one(Member, referral.referrer_id), now=now)


def log(
    db: Session,
    referral: Referral,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to a referral."""
    subject = ("referral", referral.id)
    record(db, kind, actor=actor, subject=subject, now=now, to=to, **data)


def _ask(
    db: Session, referral: Referral, kind: Kind, *, to: int | None, about: int | None, now: datetime
) -> None:
    asks.place(
        db,
        kind,
        asker=db.get_one(Member, referral.referrer_id),
        addressee=db.get_one(Member, to),
        about=db.get_one(Member, about),
        reason=referral.words,
        submission=f"{referral.key}-{kind.name}",
        now=now,
        thing_id=referral.id,
        body_id=referral.id,  # so that one may recommend two people at a time, or one for two needs
        expires_at=min(now + ASK_FOR, referral.expires_at),
    )


def _consented(db: Session, ask: Ask, now: datetime) -> None:
    referral = db.get_one(Referral, ask.thing_id)
    carry_on(db, referral, actor=db.get_one(Member, ask.addressee_id), now=now)


def _agreed_to_meet(db: Session, ask: Ask, now: datetime) -> None:
    """Make the referral, and open the conversation of the two."""
    referral = db.get_one(Referral, ask.thing_id)
    if referral.state is not ReferralState.AGREED or referral.member_id is None:
        return
    if not still_possible(db, referral, now):
        stop(db, referral, actor=ask.addressee_id, now=now)
        return
    referral.state, referral.ended_at = ReferralState.MADE, now
    conversation = open_about(
        db,
        About.REFERRAL,
        referral.id,
        people=(referral.member_id, referral.holder_id),
        opener=db.get_one(Member, referral.holder_id),
        now=now,
    )
    log(
        db,
        referral,
        "referrals:made",
        actor=ask.addressee_id,
        now=now,
        to=("mail",),
        referrer=referral.referrer_id,
        member=referral.member_id,
        holder=referral.holder_id,
        conversation=conversation.id,
    )


def _take(db: Session, ask: Ask) -> None:
    lock(db, db.get_one(Referral, ask.thing_id))


def _read(db: Session, ask: Ask) -> str:
    referral = db.get_one(Referral, ask.thing_id)
    thing: WorkNeed | Approach
    if referral.need_id is not None:
        thing = db.get_one(WorkNeed, referral.need_id, options=(joinedload(WorkNeed.organisation),))
    else:
        organisation = joinedload(Approach.organisation)
        thing = db.get_one(Approach, referral.approach_id, options=(organisation,))
    return mark_of(referral, matter_of(thing))


def on_the_table(db: Session, ids: Collection[int]) -> Mapping[int, OnTheTable]:
    """Return what templates read of referrals, by their row. That the time of a need ran out is
    known without asking: no ask about it is open for longer.
    """
    rows = db.execute(
        select(Referral, stands(Referral.sent_at))
        .where(Referral.id.in_(ids))
        .options(
            joinedload(Referral.need).joinedload(WorkNeed.organisation),
            joinedload(Referral.approach).joinedload(Approach.organisation),
        )
    )
    found = {}
    for referral, rests in rows:
        matter = matter_of(thing_of(referral))
        found[referral.id] = OnTheTable(referral, matter, bool(rests), mark_of(referral, matter))
    return found


def _asks_member(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to recommend you for something that %(other)s needs help with, and"
            " writes the words below. What is needed, and what %(name)s has from it, stands under"
            " Asks. %(other)s knows nothing of it before you say yes.",
            name=ask.asker.name,
            other=_name_of(ask),
        )
    )


def _asks_holder(ask: Ask) -> str:
    return str(
        _(
            "%(name)s recommends %(other)s for what you need help with. %(other)s has read it and"
            " said yes. The words about them are:",
            name=ask.asker.name,
            other=_name_of(ask),
        )
    )


def _said_yes(ask: Ask) -> str:
    return str(
        _(
            "You said yes. %(name)s is asked now, and you read under Referrals what comes of it.",
            name=_name_of(ask),
        )
    )


def _said_meet(ask: Ask) -> str:
    return str(_("You said yes to talking with %(name)s.", name=_name_of(ask)))


def _name_of(ask: Ask) -> str:
    return ask.about.name if ask.about is not None else ""


def _open_to(
    _db: Session, _asker: Member, _addressee: Member, participation: Participation
) -> bool:
    return takes_introductions(participation)


CONSENT_KIND = Kind(
    name=AskOf.CONSENT.value,
    lifetime=ASK_FOR,
    open_to=_open_to,
    guard=near,
    accepted=_consented,
    opening=_asks_member,
    said_yes=_said_yes,
    templates="referrals/consent",
    take=_take,
    read=_read,
    load=on_the_table,
)
MEETING_KIND = Kind(
    name=AskOf.MEETING.value,
    lifetime=ASK_FOR,
    accepted=_agreed_to_meet,
    opening=_asks_holder,
    said_yes=_said_meet,
    templates="referrals/meeting",
    take=_take,
    read=_read,
    load=on_the_table,
)
