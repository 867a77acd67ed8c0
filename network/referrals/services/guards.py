"""Who may be recommended, by whom, for what.

Each guard reads what the one who recommends knows already, so that a refusal tells nothing else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from network.asks.kinds import COOLING_OFF
from network.errors import Conflict, Invalid, NotAllowed
from network.members.models import Member, Participation
from network.members.visibility import Viewer
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach, Organisation, WorkNeed
from network.organisations.visibility import speaks_for
from network.referrals.models import Referral
from network.referrals.visibility import within_reach
from network.translation import _


def takes_introductions(participation: Participation) -> bool:
    """Whether somebody lets others bring them together with people."""
    return participation.open_to_introductions


def near(
    db: Session, referrer: Member, member: Member, _about: Member | None, _now: datetime
) -> None:
    """Let only people be recommended whom one is connected with or shares a circle with."""
    if not db.scalar(select(within_reach(literal(referrer.id), literal(member.id)))):
        raise NotAllowed(
            _("You can recommend people whom you are connected with or share a circle with.")
        )


def must_be_another(referrer: Member, member: Member, holder_id: int) -> None:
    """Raise `Invalid` for the two who are there already."""
    if member.id == referrer.id:
        raise Invalid(_("For yourself, answer it. This is for somebody else."), field="member")
    if member.id == holder_id:
        raise Invalid(_("They wrote it. Choose somebody else."), field="member")


def must_be_open(
    db: Session, referrer: Member, thing: WorkNeed | Approach, *, now: datetime
) -> None:
    """Raise `Conflict` where nobody is looked for any more, `NotAllowed` for those who look."""
    if thing.writer_id == referrer.id or (
        thing.organisation_id is not None and _speaks(db, referrer.id, thing.organisation_id)
    ):
        raise NotAllowed(_("This is yours. You can write to them yourself."))
    if not _is_open(thing, now) or not _may_speak(db, thing):
        raise Conflict(_("This has been closed. Nobody is looked for any more."))


def must_have_cooled(
    db: Session,
    referrer: Member,
    holder_id: int,
    who: ColumnElement[bool],
    *,
    now: datetime,
    name: str,
) -> None:
    """Raise `Conflict` where the referrer named the same person to the same holder less than 90
    days ago, whatever became of it.
    """
    last = select(Referral.id).where(
        Referral.referrer_id == referrer.id,
        Referral.holder_id == holder_id,
        Referral.sent_at > now - COOLING_OFF,
        who,
    )
    if db.scalar(last.limit(1)) is not None:
        raise Conflict(
            _(
                "You recommended %(name)s to them not long ago. You can again 90 days after that.",
                name=name,
            )
        )


def _is_open(thing: WorkNeed | Approach, now: datetime) -> bool:
    if isinstance(thing, WorkNeed):
        return thing.closed_at is None and thing.open_until > now
    waits = thing.state is ApproachState.SENT and thing.expires_at > now
    return waits or thing.state is ApproachState.OPENED


def _may_speak(db: Session, thing: WorkNeed | Approach) -> bool:
    """Whether whoever wrote it may still speak for whom it was written."""
    return thing.organisation_id is None or _speaks(db, thing.writer_id, thing.organisation_id)


def _speaks(db: Session, member_id: int, organisation_id: int) -> bool:
    found = select(Organisation.id).where(
        Organisation.id == organisation_id,
        speaks_for(Viewer(member_id=member_id), organisation_id),
    )
    return db.scalar(found) is not None
