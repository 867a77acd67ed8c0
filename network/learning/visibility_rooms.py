"""Who may know of a wish to learn and of a Green Room: whoever may know of the person.

Whoever took part keeps it while a pause hides that person, so that it tells of no pause.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from network.conversations.models import About, Conversation, Participant
from network.learning.kinds import NeedState, SessionState
from network.learning.models import GreenRoom, LearningInterest, LearningNeed, LearningSession
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, visible

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_WRITER = aliased(Member, name="wishing_person")
_ASKER = aliased(Member, name="asking_person")
_MINE = aliased(LearningInterest, name="own_interest")
_HOSTED_BY = aliased(LearningSession, name="answering_session")
_ROOM = aliased(Conversation, name="talk_of_room")
_STAY = aliased(Participant, name="stay_in_room")


def need_known(viewer: Viewer, now: Any, need: Any = LearningNeed) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for wishes to learn that the viewer may know of; what was let go is its writer's."""
    person, mine = _WRITER, _MINE
    takes_part = exists().where(mine.need_id == need.id, mine.member_id == viewer.member_id)
    return or_(
        need.member_id == viewer.member_id,
        and_(
            need.state != NeedState.LET_GO,
            or_(
                exists().where(person.id == need.member_id, visible(viewer, now, person)),
                and_(
                    takes_part,
                    exists().where(person.id == need.member_id, not_apart(viewer, person)),
                ),
            ),
        ),
    )


def waits_for_host(need: Any = LearningNeed) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for wishes that nobody hosts: a session that was called off answers nothing."""
    answer = _HOSTED_BY
    return or_(
        need.state == NeedState.OPEN,
        and_(
            need.state == NeedState.HOSTED,
            ~exists().where(answer.need_id == need.id, answer.state != SessionState.CANCELLED),
        ),
    )


def sat_down(viewer: Viewer, room: Any = GreenRoom) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for Green Rooms in which the viewer sits or sat."""
    return exists().where(
        _ROOM.about == About.GREEN_ROOM,
        _ROOM.thing_id == room.id,
        _STAY.conversation_id == _ROOM.id,
        _STAY.member_id == viewer.member_id,
    )


def room_known(viewer: Viewer, now: Any, room: Any = GreenRoom) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for Green Rooms that the viewer may know of, open or over."""
    person = _ASKER
    return or_(
        room.asker_id == viewer.member_id,
        exists().where(person.id == room.asker_id, visible(viewer, now, person)),
        and_(
            sat_down(viewer, room),
            exists().where(person.id == room.asker_id, not_apart(viewer, person)),
        ),
    )
