"""Who speaks for an organisation: named where the viewer may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, contains_eager

from network.columns import BigId
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.members.visibility import BOUND, NOW, THE_WEB, Viewer, not_apart, visible
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative

_ORGANISATION = bindparam("organisation", type_=BigId)
_MEMBER = bindparam("member", type_=BigId)
_THERE = (
    select(Representative)
    .join(Representative.member)
    .where(Representative.organisation_id == _ORGANISATION)
    .options(contains_eager(Representative.member))
    .order_by(Representative.since, Representative.asked_at, Representative.id)
)
_ACTIVE = _THERE.where(Representative.state == Speaks.ACTIVE)
_SPEAKERS = _ACTIVE.where(visible(BOUND, NOW))
_SPEAKERS_ON_THE_WEB = _ACTIVE.where(visible(THE_WEB, NOW))
_ON_THE_WAY = _THERE.where(
    Representative.state.in_((Speaks.INVITED, Speaks.CLAIMED)),
    Representative.expires_at > NOW,
    not_apart(BOUND),
)
_ORGANISATIONS = (
    select(Organisation)
    .where(
        exists().where(
            Representative.organisation_id == Organisation.id,
            Representative.member_id == _MEMBER,
            Representative.state == Speaks.ACTIVE,
        )
    )
    .order_by(Organisation.name, Organisation.id)
)
_SOMEBODY = (
    select(Representative.id)
    .join(Member, Member.id == Representative.member_id)
    .where(
        Representative.organisation_id == _ORGANISATION,
        Representative.state == Speaks.ACTIVE,
        Member.state.in_(MAY_COME_IN),
    )
)


def speakers(
    db: Session, organisation: Organisation, viewer: Viewer, now: datetime
) -> Sequence[Representative]:
    """Return those who speak for an organisation and whom the viewer may know to exist, with their
    members, by when they began. `Viewer()` stands for anybody on the web.
    """
    if viewer.member_id is None:
        found = db.scalars(
            _SPEAKERS_ON_THE_WEB, {"organisation": organisation.id, "viewer_now": now}
        )
    else:
        found = db.scalars(_SPEAKERS, {**viewer.at(now), "organisation": organisation.id})
    return found.all()


def on_the_way(
    db: Session, organisation: Organisation, viewer: Viewer, now: datetime
) -> Sequence[Representative]:
    """Return who is invited to speak for an organisation, or has claimed its page: for those who
    speak for it.
    """
    return db.scalars(_ON_THE_WAY, {**viewer.at(now), "organisation": organisation.id}).all()


def organisations_of(db: Session, member: Member) -> Sequence[Organisation]:
    """Return the organisations that somebody speaks for now, by name."""
    return db.scalars(_ORGANISATIONS, {"member": member.id}).all()


def somebody_speaks(db: Session, organisation: Organisation) -> bool:
    """Whether anybody speaks for an organisation. Where nobody does, its page may be claimed."""
    return db.scalar(_SOMEBODY.limit(1), {"organisation": organisation.id}) is not None
