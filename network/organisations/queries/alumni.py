"""People and organisations who stay in touch. Somebody is named on the page of an organisation by
their own choice, and to whom they are visible; those who speak for it read all of them whom they
may know of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.asks.kinds import COOLING_OFF
from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, THE_WEB, Viewer, not_apart, visible
from network.organisations.kinds import RelationState
from network.organisations.models import AlumniRelation, Organisation
from network.organisations.visibility import speaks_for

LEAF = 40

_OF = AlumniRelation.organisation_id == bindparam("organisation", type_=BigId)
_IS_KEPT = AlumniRelation.state == RelationState.KEPT
_IS_ASKED = and_(AlumniRelation.state == RelationState.ASKED, AlumniRelation.expires_at > NOW)
_PEOPLE = (
    select(AlumniRelation)
    .join(AlumniRelation.member)
    .where(_OF)
    .options(contains_eager(AlumniRelation.member))
)
_BY_NAME = (
    _PEOPLE.where(_IS_KEPT)
    .order_by(Member.name, Member.id)
    .limit(bindparam("most", type_=Integer()))
    .offset(bindparam("start", type_=Integer()))
)
_SHOWN = _BY_NAME.where(
    visible(BOUND, NOW),
    or_(AlumniRelation.shown, speaks_for(BOUND, AlumniRelation.organisation_id)),
)
_SHOWN_ON_THE_WEB = _BY_NAME.where(visible(THE_WEB, NOW), AlumniRelation.shown)
_ON_THE_WAY = (
    _PEOPLE.where(_IS_ASKED, not_apart(BOUND), speaks_for(BOUND, AlumniRelation.organisation_id))
    .order_by(AlumniRelation.expires_at, AlumniRelation.id)
    .limit(LEAF)
)
_MINE = select(AlumniRelation).where(
    _OF, AlumniRelation.member_id == BOUND.member_id, or_(_IS_KEPT, _IS_ASKED)
)
_KEPT_WITH = (
    select(AlumniRelation)
    .join(AlumniRelation.organisation)
    .where(_IS_KEPT, AlumniRelation.member_id == bindparam("member", type_=BigId))
    .options(contains_eager(AlumniRelation.organisation))
    .order_by(Organisation.name, Organisation.id)
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some people who stay in touch, by name, and where the next ones begin if there are more."""

    people: list[AlumniRelation]
    further: int | None


def kept_with(db: Session, member: Member) -> Sequence[AlumniRelation]:
    """Return with which organisations a member stays in touch, by name, with each of them."""
    return db.scalars(_KEPT_WITH, {"member": member.id}).all()


def people_of(
    db: Session,
    organisation: Organisation,
    viewer: Viewer,
    now: datetime,
    *,
    start: int = 0,
    most: int = LEAF,
) -> Leaf:
    """Return who stays in touch with an organisation, as far as this viewer may read it."""
    on_the_web = viewer.member_id is None
    eyes = {"viewer_now": now} if on_the_web else viewer.at(now)
    bound = {**eyes, "organisation": organisation.id, "most": most + 1, "start": start}
    found = db.scalars(_SHOWN_ON_THE_WEB if on_the_web else _SHOWN, bound).all()
    return Leaf(list(found[:most]), start + most if len(found) > most else None)


def on_the_way(
    db: Session, organisation: Organisation, viewer: Viewer, now: datetime
) -> Sequence[AlumniRelation]:
    """Return who has asked to stay in touch, or is asked, for those who speak for it: nobody
    else gets any.
    """
    return db.scalars(_ON_THE_WAY, {**viewer.at(now), "organisation": organisation.id}).all()


def relation_of(
    db: Session, organisation: Organisation, member: Member, now: datetime
) -> AlumniRelation | None:
    """Return where a member stands with an organisation now, if anywhere."""
    return db.scalar(_MINE, {**Viewer.of(member).at(now), "organisation": organisation.id})


def again_from(
    db: Session, organisation: Organisation, member: Member, now: datetime
) -> datetime | None:
    """Return when a member may ask an organisation again, or None if they may now: 90 days from
    asking, whoever read it and though nobody did, and from an end.
    """
    asked_at, ended_at = db.execute(
        select(
            func.max(AlumniRelation.asked_at).filter(AlumniRelation.asker_id == member.id),
            func.max(AlumniRelation.ended_at).filter(AlumniRelation.since.is_not(None)),
        ).where(
            AlumniRelation.organisation_id == organisation.id,
            AlumniRelation.member_id == member.id,
        )
    ).one()
    again = max((each for each in (asked_at, ended_at) if each is not None), default=None)
    return None if again is None or again + COOLING_OFF <= now else again + COOLING_OFF


def ended_lately(db: Session, organisation: Organisation, member: Member, now: datetime) -> bool:
    """Whether the two were in touch until less than 90 days ago."""
    found = select(AlumniRelation.id).where(
        AlumniRelation.organisation_id == organisation.id,
        AlumniRelation.member_id == member.id,
        AlumniRelation.since.is_not(None),
        AlumniRelation.ended_at > now - COOLING_OFF,
    )
    return db.scalar(found.limit(1)) is not None
