"""What of learning somebody may come upon now, in lists and in search: statements to narrow
further, filled in by `bound`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import contains_eager

from network.columns import UtcDateTime
from network.learning.access import WITHOUT_HOST
from network.learning.kinds import SessionState
from network.learning.models import GreenRoom, LearningNeed, LearningSession
from network.learning.queries.coming import LINE
from network.learning.visibility import known
from network.learning.visibility_rooms import need_known, room_known, waits_for_host
from network.members.visibility import BOUND, NOW, Viewer

# What was proposed before has lapsed.
_SINCE = bindparam("proposed_since", type_=UtcDateTime())

SESSIONS = LINE.where(
    known(BOUND, NOW),
    or_(
        and_(LearningSession.state == SessionState.SCHEDULED, LearningSession.ends_at > NOW),
        and_(LearningSession.state == SessionState.PROPOSED, LearningSession.proposed_at > _SINCE),
        LearningSession.state == SessionState.DRAFT,
    ),
)
NEEDS = (
    select(LearningNeed)
    .join(LearningNeed.member)
    .options(contains_eager(LearningNeed.member))
    .where(need_known(BOUND, NOW), waits_for_host())
)
# A room that is over is there for its harvest.
ROOMS = (
    select(GreenRoom)
    .join(GreenRoom.asker)
    .options(contains_eager(GreenRoom.asker))
    .where(or_(GreenRoom.closes_at > NOW, GreenRoom.harvest != ""), room_known(BOUND, NOW))
)


def bound(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return what fills these statements in."""
    return {**viewer.at(now), "proposed_since": now - WITHOUT_HOST}
