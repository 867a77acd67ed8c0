"""What stands around a session on its page: its hosts, its circle, its wish, its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle
from network.circles.visibility import inside
from network.columns import BigId
from network.conversations.models import About, Conversation, Participant
from network.learning.access import Seen
from network.learning.models import LearningNeed, LearningSession, SessionHost
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, visible

_WRITER = aliased(Member, name="wrote_the_wish")
_WISH = aliased(LearningNeed, name="the_wish")
_PROPOSER = aliased(Member, name="proposed_it")
_SESSION = bindparam("session", type_=BigId)
_HOSTS = (
    select(Member)
    .join(SessionHost, SessionHost.member_id == Member.id)
    .where(SessionHost.session_id == _SESSION, visible(BOUND, NOW))
    .order_by(SessionHost.since, Member.id)
)
_AROUND = (
    select(Circle, LearningNeed, Conversation.key, _PROPOSER)
    .select_from(LearningSession)
    .outerjoin(Circle, and_(Circle.id == LearningSession.circle_id, inside(BOUND, NOW, Circle)))
    .outerjoin(
        _WRITER,
        and_(
            visible(BOUND, NOW, _WRITER),
            select(_WISH.id)
            .where(_WISH.id == LearningSession.need_id, _WISH.member_id == _WRITER.id)
            .correlate(LearningSession, _WRITER)
            .exists(),
        ),
    )
    .outerjoin(
        LearningNeed,
        and_(LearningNeed.id == LearningSession.need_id, LearningNeed.member_id == _WRITER.id),
    )
    .outerjoin(
        _PROPOSER,
        and_(_PROPOSER.id == LearningSession.proposer_id, visible(BOUND, NOW, _PROPOSER)),
    )
    .outerjoin(
        Conversation,
        and_(
            Conversation.about == About.SESSION,
            Conversation.thing_id == LearningSession.id,
            select(Participant.id)
            .where(
                Participant.conversation_id == Conversation.id,
                Participant.member_id == BOUND.member_id,
                or_(Participant.left_at.is_(None), Participant.until_turn > Participant.after_turn),
            )
            .correlate(Conversation)
            .exists(),
        ),
    )
    .where(LearningSession.id == _SESSION)
)


def around(db: Session, member: Member, seen: Seen) -> Mapping[str, Any]:
    """Return the hosts whom this member may know of, and what the session came of, in two
    statements.
    """
    bound = {**Viewer.of(member).at(seen.now), "session": seen.session.id}
    circle, need, talk, proposer = db.execute(_AROUND, bound).one()
    return {
        "hosts": db.scalars(_HOSTS, bound).all(),
        "circle": circle,
        "need": need,
        "talk": talk,
        "proposer": proposer,
    }
