"""What is for a viewer and few others: search looks for it among what everybody finds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from network.circles.models import Circle
from network.circles.visibility import inside
from network.learning.kinds import Readers, SessionState
from network.learning.models import HarvestEntry, LearningSession, Seat, SessionHost
from network.learning.visibility_keeping import went
from network.members.models import Membership
from network.members.visibility import BOUND, NOW
from network.search.things import Thing

_MY_PLACES = select(Membership.circle_id).where(Membership.member_id == BOUND.member_id)
_MY_CIRCLES = select(Circle.id).where(Circle.id.in_(_MY_PLACES), inside(BOUND, NOW))
_WHERE_I_WAS = union_all(
    select(SessionHost.session_id).where(SessionHost.member_id == BOUND.member_id),
    select(Seat.session_id).where(Seat.member_id == BOUND.member_id, went(Seat)),
)


def _ids(thing: Thing, row_id: InstrumentedAttribute[int]) -> Any:  # noqa: ANN401  # a Select
    return select(literal(thing.value, Integer()), row_id)


# Kinds and ids: sessions of their circles, what they are still preparing, and what was learned
# where they were.
INSIDE = union_all(
    _ids(Thing.SESSION, LearningSession.id).where(
        LearningSession.circle_id.in_(_MY_CIRCLES),
        or_(LearningSession.ends_at > NOW, LearningSession.starts_at.is_(None)),
    ),
    _ids(Thing.SESSION, LearningSession.id).where(
        LearningSession.proposer_id == BOUND.member_id,
        LearningSession.state == SessionState.DRAFT,
    ),
    _ids(Thing.SESSION, SessionHost.session_id)
    .join(LearningSession, LearningSession.id == SessionHost.session_id)
    .where(SessionHost.member_id == BOUND.member_id, LearningSession.state == SessionState.DRAFT),
    _ids(Thing.HARVEST, HarvestEntry.id).where(
        or_(
            HarvestEntry.session_id.in_(_WHERE_I_WAS),
            HarvestEntry.circle_id.in_(_MY_PLACES),
            HarvestEntry.author_id == BOUND.member_id,
        ),
        HarvestEntry.readers == Readers.THERE,
    ),
)
