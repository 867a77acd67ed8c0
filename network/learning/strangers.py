"""Who may not be at a session any more, although they have a place at it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from network.circles.visibility import in_it
from network.learning.models import LearningSession, Seat, SessionHost
from network.members.models import Member
from network.members.visibility import Viewer, blocked, shielded

_PERSON = aliased(Member, name="who_comes")
_HOST = aliased(SessionHost, name="who_hosts")


def is_stranger() -> ColumnElement[bool]:
    """Hold for the seats of those who may not be there any more: a block or a shield parts them
    from somebody who hosts, or the session is of a circle and they are not in it.
    """
    # By `_PERSON`, who is named in the same breath: what is nested deeper does not reach the seat.
    apart = exists().where(
        _HOST.session_id == Seat.session_id,
        _PERSON.id == Seat.member_id,
        or_(
            blocked(_HOST.member_id, _PERSON.id),
            shielded(_HOST.member_id, _PERSON.belongs),
        ),
    )
    outside = exists().where(
        LearningSession.id == Seat.session_id,
        LearningSession.circle_id.is_not(None),
        _PERSON.id == Seat.member_id,
        ~in_it(Viewer(member_id=_PERSON.id), LearningSession.circle_id),
    )
    return or_(apart, outside)
