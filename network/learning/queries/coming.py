"""The sessions that come up for somebody: those they host, go to or are in line for, and those of
their circles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Integer, and_, bindparam, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle
from network.columns import UtcDateTime
from network.learning.kinds import SeatState, SessionState
from network.learning.labels import FORMATS
from network.learning.models import LearningSession, Seat, SessionHost
from network.learning.visibility import hosts, known
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer, visible


@dataclass(frozen=True, slots=True)
class Line:
    """A session in a list, as one member may see it: their place, whether they host it, its circle
    where it is of one.
    """

    session: LearningSession
    seat: SeatState | None
    hosts: bool
    circle: Circle | None

    @property
    def format(self) -> str:
        """How it goes, as people say it."""
        return str(FORMATS[self.session.format])


# A live place; one that was offered and not taken in time is none, although no job said so.
SEAT = and_(
    Seat.session_id == LearningSession.id,
    Seat.member_id == BOUND.member_id,
    or_(
        Seat.state.in_((SeatState.GOING, SeatState.WAITLISTED)),
        and_(Seat.state == SeatState.OFFERED, Seat.offer_until > NOW),
    ),
)
LINE = (
    select(LearningSession, Seat.state, hosts(BOUND), Circle)
    .outerjoin(Seat, SEAT)
    .outerjoin(Circle, Circle.id == LearningSession.circle_id)
)
_MEETING = aliased(LearningSession, name="meeting_of_circle")
# What lasts longer and is of a circle is not looked for any more once it has begun so long ago.
LONGEST = timedelta(days=7)
_MINE = union_all(
    select(Seat.session_id).where(
        Seat.member_id == BOUND.member_id,
        Seat.state.in_((SeatState.GOING, SeatState.WAITLISTED, SeatState.OFFERED)),
    ),
    select(SessionHost.session_id).where(SessionHost.member_id == BOUND.member_id),
    select(_MEETING.id)
    .join(Membership, Membership.circle_id == _MEETING.circle_id)
    .where(
        Membership.member_id == BOUND.member_id,
        Membership.state == MembershipState.MEMBER,
        _MEETING.starts_at > bindparam("begun_after", type_=UtcDateTime()),
    ),
)
_COMING = (
    LINE.where(
        LearningSession.id.in_(_MINE),
        LearningSession.state == SessionState.SCHEDULED,
        LearningSession.ends_at > NOW,
        or_(Seat.id.is_not(None), hosts(BOUND), LearningSession.circle_id.is_not(None)),
        known(BOUND, NOW),
    )
    .order_by(LearningSession.starts_at, LearningSession.id)
    .limit(bindparam("most", type_=Integer()))
)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_HOSTS = (
    select(SessionHost.session_id, Member)
    .join(Member, Member.id == SessionHost.member_id)
    .where(SessionHost.session_id.in_(_IDS), visible(BOUND, NOW))
    .order_by(SessionHost.session_id, SessionHost.since, SessionHost.member_id)
)


def coming_up(db: Session, member: Member, now: datetime, limit: int = 4) -> Sequence[Line]:
    """Return what comes up for this member, the soonest first."""
    rows = db.execute(
        _COMING, {**Viewer.of(member).at(now), "most": limit, "begun_after": now - LONGEST}
    )
    return [Line(*row) for row in rows]


def hosts_of(
    db: Session, viewer: Viewer, now: datetime, lines: Collection[Line]
) -> Mapping[int, Sequence[Member]]:
    """Return by whom each of these sessions is hosted, where the viewer may know of them."""
    found: dict[int, list[Member]] = defaultdict(list)
    ids = [line.session.id for line in lines]
    if ids:
        for session_id, host in db.execute(_HOSTS, {**viewer.at(now), "ids": ids}):
            found[session_id].append(host)
    return found
