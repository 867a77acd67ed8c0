"""Making a referral: the member's yes to what they read, then the holder's, and the two are in one
conversation.

Each yes takes the row first and looks again whether the need stands and the two may know of each
other. Where they may not, the yes stands and nothing comes of it: it looks open until its day.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask
from network.members.models import Member, Participation
from network.referrals.kinds import AskOf, ReferralState
from network.referrals.models import Referral
from network.referrals.services.guards import near, takes_introductions
from network.referrals.services.opening import open_talk
from network.referrals.services.turns import ASK_FOR, lock, log, still_possible, stop
from network.referrals.table import mark_on_the_table, on_the_table
from network.translation import _


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
    open_talk(db, referral, now=now)


def _take(db: Session, ask: Ask) -> None:
    lock(db, db.get_one(Referral, ask.thing_id))


def _asks_member(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to recommend you for something that %(other)s needs help with, and"
            " writes the words below. What is needed, and what is in it for %(name)s, stands under"
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
    read=mark_on_the_table,
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
    read=mark_on_the_table,
    load=on_the_table,
)
