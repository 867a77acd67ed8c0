"""The end of what somebody asked in the name of an organisation that they speak for no longer, and
of what was put before them. Who stays in touch already stays: that is with the organisation.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.members.models import Member
from network.organisations.kinds import RelationState
from network.organisations.models import AlumniRelation
from network.organisations.services.alumni_answering import ALUMNI, OPEN


def close_alumni_of(
    db: Session, organisation_id: int, member_id: int, *, actor: Member, now: datetime
) -> None:
    """Close the asks to stay in touch that somebody sent for an organisation or was to answer for
    it, silently and for good. Its row is taken before.
    """
    theirs = and_(Ask.kind == ALUMNI.name, Ask.body_id == organisation_id, Ask.state.in_(OPEN))
    of_others = select(AlumniRelation.id).where(
        AlumniRelation.organisation_id == organisation_id,
        AlumniRelation.member_id != member_id,
    )
    to_answer = and_(theirs, Ask.addressee_id == member_id, Ask.thing_id.in_(of_others))
    asks.close(db, to_answer, actor=actor, now=now)
    sent = db.scalars(
        select(AlumniRelation).where(
            AlumniRelation.id.in_(of_others),
            AlumniRelation.asker_id == member_id,
            AlumniRelation.state == RelationState.ASKED,
        )
    ).all()
    for relation in sent:
        asks.close(db, and_(theirs, Ask.thing_id == relation.id), actor=actor, now=now)
        relation.state, relation.ended_at = RelationState.ENDED, now
