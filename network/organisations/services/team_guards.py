"""The guards of approaches to a team, and who in it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import Session

from network.asks.models import Ask, AskState
from network.circles.kinds import Form, Life
from network.circles.models import Circle
from network.circles.visibility import known
from network.columns import BigId
from network.errors import NotAllowed, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer, findable
from network.organisations.kinds import AskOf
from network.organisations.services.approach_guards import not_open

TO_APPROACH = (Life.FORMING, Life.RUNNING)

_TO = bindparam("to", type_=BigId)
_IN_TEAM = and_(
    Membership.circle_id == _TO,
    Membership.state == MembershipState.MEMBER,
)
_OURS = select(Circle.id).where(
    Circle.id == _TO,
    Circle.form == Form.TEAM,
    Circle.open_to_work,
    Circle.life.in_(TO_APPROACH),
    not_(exists().where(_IN_TEAM, Membership.member_id == BOUND.member_id)),
)


def must_reach_team(db: Session, writer: Member, circle: Circle, now: datetime) -> None:
    """Raise `NotFound` where the writer may not know of a team, `NotAllowed` where it is not open
    to work from them.
    """
    bound = {**Viewer.of(writer).at(now), "to": circle.id}
    if db.scalar(select(Circle.id).where(Circle.id == _TO, known(BOUND, NOW)), bound) is None:
        raise NotFound
    if not is_open(db, writer, circle, now):
        raise NotAllowed(not_open(circle.name))


def is_open(db: Session, writer: Member, circle: Circle, now: datetime) -> bool:
    """Whether a circle that the writer knows of is a team that takes approaches from them."""
    bound = {**Viewer.of(writer).at(now), "to": circle.id}
    return db.scalar(_OURS, bound) is not None


_BETWEEN = select(Ask.id).where(
    Ask.kind == AskOf.TEAM_APPROACH.value,
    Ask.body_id == _TO,
    Ask.state == AskState.WAITING,
    Ask.expires_at > NOW,
    or_(
        and_(Ask.asker_id == BOUND.member_id, Ask.addressee_id == Member.id),
        and_(Ask.asker_id == Member.id, Ask.addressee_id == BOUND.member_id),
    ),
)
_TEAM = select(Member).join(Membership, Membership.member_id == Member.id).where(_IN_TEAM)
_ASKED = _TEAM.where(findable(BOUND, NOW), not_(_BETWEEN.exists())).order_by(Member.id)


def team_of(
    db: Session, writer: Member, circle: Circle, now: datetime
) -> tuple[list[int], Sequence[Member]]:
    """Return the ids of all who are in a team, and of them those who are asked: who take part now
    and whom the writer may find. The row of the team is taken before.
    """
    bound = {**Viewer.of(writer).at(now), "to": circle.id}
    everybody = db.scalars(_TEAM.with_only_columns(Member.id).order_by(Member.id), bound)
    return list(everybody), db.scalars(_ASKED, bound).all()
