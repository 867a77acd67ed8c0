"""Who may know of a circle, who is inside, and what of it whoever left goes on reading.

One predicate for pages, lists, search, letters and sessions. A hidden circle is there for those
alone who are in it, on their way into it, or keep something of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from network.circles.kinds import Door
from network.circles.models import Circle
from network.members.kinds import MembershipState
from network.members.models import Membership
from network.members.visibility import Viewer

# How long somebody may take to say yes to agreements that changed.
GRACE = timedelta(days=30)
IN_IT = (MembershipState.MEMBER, MembershipState.RESTING)
ASKED = (MembershipState.INVITED, MembershipState.APPLIED)
KEEPS = (MembershipState.LEFT, MembershipState.RELEASED)

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_WAY_IN = aliased(Membership, name="way_in")
_INSIDE = aliased(Membership, name="inside")
_STAYED = aliased(Membership, name="stayed")
_GONE = aliased(Membership, name="sent_away")
_HOUSE = aliased(Circle, name="house_of")


def in_it(viewer: Viewer, circle_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # id or column
    """Hold where the viewer has a place in the circle, whatever they have agreed to."""
    mine = _INSIDE
    return exists().where(
        mine.circle_id == circle_id,
        mine.member_id == viewer.member_id,
        mine.state.in_(IN_IT),
    )


def _counts(place: Any, circle: Any, now: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where what somebody agreed to still counts: the present words, or earlier ones in their
    time of grace.
    """
    return or_(
        place.agreed_version == circle.agreements_version,
        and_(place.agreed_version >= circle.grace_from, circle.grace_until > now),
    )


def _was_sent_away(viewer: Viewer, circle_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    gone = _GONE
    return exists().where(
        gone.circle_id == circle_id,
        gone.member_id == viewer.member_id,
        gone.state == MembershipState.REMOVED,
    )


def inside(viewer: Viewer, now: Any, circle: Any = Circle) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for circles that the viewer is in, with a yes to agreements that still count."""
    mine = _INSIDE
    return exists().where(
        mine.circle_id == circle.id,
        mine.member_id == viewer.member_id,
        mine.state.in_(IN_IT),
        _counts(mine, circle, now),
    )


def known(viewer: Viewer, now: Any, circle: Any = Circle) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for circles that the viewer may know of."""
    mine = _WAY_IN
    on_the_way = exists().where(
        mine.circle_id == circle.id,
        mine.member_id == viewer.member_id,
        or_(
            mine.state.in_((*IN_IT, MembershipState.QUEUED)),
            and_(mine.state.in_(ASKED), mine.expires_at > now),
            and_(
                mine.state.in_(KEEPS),
                circle.leavers_keep,
                not_(_was_sent_away(viewer, mine.circle_id)),
            ),
        ),
    )
    return or_(circle.door != Door.HIDDEN, on_the_way)


def reads(viewer: Viewer, now: Any, circle_id: Any, at: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for what was written in a circle at an instant, where the viewer is inside, or was there
    then and the circle lets whoever leaves keep it.
    """
    mine, house = _STAYED, _HOUSE
    return exists().where(
        house.id == circle_id,
        mine.circle_id == circle_id,
        mine.member_id == viewer.member_id,
        or_(
            and_(
                mine.state.in_(IN_IT),
                _counts(mine, house, now),
            ),
            and_(
                mine.state.in_(KEEPS),
                house.leavers_keep,
                mine.since <= at,
                mine.ended_at >= at,
                not_(_was_sent_away(viewer, mine.circle_id)),
            ),
        ),
    )
