"""Finding people as one who speaks for an organisation: the People page, narrowed to whoever lets
this writer come to them with work.

Whoever does not is not there at all: none of them is counted, and they take nobody's place.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from network.conversations.models import About, Conversation, Participant
from network.members.finding import Finder
from network.members.kinds import MembershipState, WhoMayAsk
from network.members.models import Connection, Membership, Participation
from network.members.visibility import BOUND, connected
from network.relationships.models import Introduction, IntroductionState

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ME, _WHO = BOUND.member_id, Participation.member_id
_TIE = aliased(Connection, name="tie_of_theirs")
_MY, _THEIR = aliased(Membership, name="my_circle"), aliased(Membership, name="their_circle")
_HERE, _THERE = aliased(Participant, name="here"), aliased(Participant, name="there")
_IN_IT = (MembershipState.MEMBER, MembershipState.RESTING)
_LIVE = Connection.ended_at.is_(None)
_MINE = union_all(
    select(Connection.high_id.label("id")).where(Connection.low_id == _ME, _LIVE),
    select(Connection.low_id.label("id")).where(Connection.high_id == _ME, _LIVE),
).subquery("mine")


def _have_in_common() -> ColumnElement[bool]:
    mutual = exists().where(
        _TIE.ended_at.is_(None),
        or_(
            and_(_TIE.low_id == _WHO, _TIE.high_id.in_(select(_MINE.c.id))),
            and_(_TIE.high_id == _WHO, _TIE.low_id.in_(select(_MINE.c.id))),
        ),
    )
    circle = exists().where(
        _MY.member_id == _ME,
        _MY.state.in_(_IN_IT),
        _THEIR.circle_id == _MY.circle_id,
        _THEIR.member_id == _WHO,
        _THEIR.state.in_(_IN_IT),
    )
    return or_(mutual, circle)


def _brought_together() -> ColumnElement[bool]:
    introduced = exists().where(
        Introduction.state == IntroductionState.MADE,
        or_(
            and_(Introduction.low_id == _ME, Introduction.high_id == _WHO),
            and_(Introduction.low_id == _WHO, Introduction.high_id == _ME),
        ),
    )
    referred = exists().where(
        Conversation.about == About.REFERRAL,
        _HERE.conversation_id == Conversation.id,
        _HERE.member_id == _ME,
        _THERE.conversation_id == Conversation.id,
        _THERE.member_id == _WHO,
    )
    return or_(introduced, referred)


# The same answer as `relationships.coming_with_work` gives for one person: a test compares the two.
_LETS_COME = select(_WHO).where(
    _WHO.in_(_IDS),
    or_(
        Participation.who_may_approach == WhoMayAsk.ANYONE,
        and_(
            Participation.who_may_approach == WhoMayAsk.SHARED,
            or_(connected(_ME, _WHO), _have_in_common()),
        ),
        and_(
            Participation.who_may_approach == WhoMayAsk.INTRODUCED,
            or_(connected(_ME, _WHO), _brought_together()),
        ),
    ),
)


class WithWork(Finder):
    """A finder of people to whom the viewer may come with work."""

    def among(self, ids: Sequence[int]) -> Sequence[int]:
        """Return those who let this viewer come to them, in this order."""
        filled = {**self.viewer.at(self.now), "ids": ids}
        let = set(self.db.scalars(_LETS_COME, filled))
        return [each for each in ids if each in let]
