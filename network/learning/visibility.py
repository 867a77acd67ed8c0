"""Who may know of a session, and who reads where it is: one predicate for pages, lists, search,
letters and calendars.

A session open to the network is there for members who are apart from none of its hosts and may know
of one of them, or who have a place. A session of a circle is there for those inside the circle.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from network.circles.models import Circle
from network.circles.visibility import inside
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat, SessionHost
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, visible

LIVE_SEATS = (SeatState.GOING, SeatState.WAITLISTED, SeatState.OFFERED)

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_HOST = aliased(SessionHost, name="hosting")
_HOST_PERSON = aliased(Member, name="hosting_person")
_PROPOSER = aliased(Member, name="proposing_person")
_OWN_SEAT = aliased(Seat, name="own_seat")
_OF_CIRCLE = aliased(Circle, name="of_circle")


def hosts(viewer: Viewer, session: Any = LearningSession) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for sessions that the viewer hosts."""
    return exists().where(_HOST.session_id == session.id, _HOST.member_id == viewer.member_id)


def has_seat(
    viewer: Viewer,
    session: Any = LearningSession,  # noqa: ANN401
    states: tuple[SeatState, ...] = LIVE_SEATS,
) -> ColumnElement[bool]:
    """Hold for sessions at which the viewer has a place in one of these states."""
    mine = _OWN_SEAT
    return exists().where(
        mine.session_id == session.id,
        mine.member_id == viewer.member_id,
        mine.state.in_(states),
    )


def known(viewer: Viewer, now: Any, session: Any = LearningSession) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for sessions that the viewer may know of."""
    person = _HOST_PERSON
    of_host = and_(_HOST.session_id == session.id, person.id == _HOST.member_id)
    apart_from_a_host = exists().where(of_host, not_(not_apart(viewer, person)))
    sees_a_host = exists().where(of_host, visible(viewer, now, person))
    sees_proposer = exists().where(
        _PROPOSER.id == session.proposer_id, visible(viewer, now, _PROPOSER)
    )
    in_circle = exists().where(_OF_CIRCLE.id == session.circle_id, inside(viewer, now, _OF_CIRCLE))
    public = session.state.in_((SessionState.SCHEDULED, SessionState.CANCELLED))
    proposed = and_(session.state == SessionState.PROPOSED, sees_proposer)
    mine = or_(hosts(viewer, session), session.proposer_id == viewer.member_id)
    return or_(
        and_(session.circle_id.is_(None), mine),
        and_(
            or_(session.circle_id.is_(None), in_circle),
            not_(apart_from_a_host),
            or_(
                mine,
                proposed,
                and_(
                    public,
                    or_(session.circle_id.is_not(None), sees_a_host, has_seat(viewer, session)),
                ),
            ),
        ),
    )


def reads_place(viewer: Viewer, session: Any = LearningSession) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for sessions of which the viewer reads where they are: hosts, and those going."""
    return or_(hosts(viewer, session), has_seat(viewer, session, (SeatState.GOING,)))
