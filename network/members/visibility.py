"""Who may see whom, and which of their words: one predicate for every list, page, count and mail.

Nothing else in the network decides visibility. A member is visible unless a block, a shield or
their state hides them; a section is visible to those its words were written for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.orm import aliased

from network.columns import BigId, UtcDateTime
from network.members.kinds import Audience, State
from network.members.models import Block, Connection, Member, Section, Shield


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes: a member, or nobody in particular (`member_id` None) at the level `assumed`."""

    member_id: Any = None
    belongs: Any = ""
    assumed: Audience = Audience.WEB

    @classmethod
    def of(cls, member: Member) -> Viewer:
        """Return the eyes of this member."""
        return cls(member_id=member.id, belongs=member.belongs)

    def at(self, now: datetime) -> dict[str, Any]:
        """Return what fills in a statement built with `BOUND` and `NOW`."""
        return {"viewer_id": self.member_id, "viewer_belongs": self.belongs, "viewer_now": now}


# Aliases of their own, so that a predicate means the same in every statement it stands in.
_TIE = aliased(Connection, name="tie")
_WALL = aliased(Block, name="wall")
_SHIELD = aliased(Shield, name="raised")
_SHOWN = aliased(Section, name="shown")

THE_WEB = Viewer()
SOME_MEMBER = Viewer(assumed=Audience.MEMBERS)
SOME_CONNECTION = Viewer(assumed=Audience.CONNECTIONS)

# Eyes and an instant, filled in when a statement runs (`Viewer.at`). What every page asks is built
# once with these, because building a statement takes longer than running it.
BOUND = Viewer(
    member_id=bindparam("viewer_id", type_=BigId),
    belongs=bindparam("viewer_belongs", type_=String()),
)
NOW = bindparam("viewer_now", type_=UtcDateTime())


def connected(one: Any, other: Any) -> ColumnElement[bool]:  # noqa: ANN401  # an id or a column
    """Hold where the two have a live connection."""
    tie = _TIE
    live = tie.ended_at.is_(None)  # in both branches: the indexes hold live connections only
    return exists().where(
        or_(
            and_(tie.low_id == one, tie.high_id == other, live),
            and_(tie.low_id == other, tie.high_id == one, live),
        )
    )


def blocked(one: Any, other: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where either has blocked the other."""
    wall = _WALL
    return exists().where(
        or_(
            and_(wall.blocker_id == one, wall.blocked_id == other),
            and_(wall.blocker_id == other, wall.blocked_id == one),
        )
    )


def shielded(member_id: Any, belongs: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where a shield of the member meets what the viewer belongs to."""
    shield = _SHIELD
    return exists().where(
        shield.member_id == member_id,
        (literal(belongs) if isinstance(belongs, str) else belongs).like("% " + shield.mark + " %"),
    )


def awake(now: Any, member: Any = Member) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for members who take part now. A pause that ran out is over although no job ran."""
    return or_(
        member.state == State.MEMBER,
        and_(member.state == State.PAUSED, member.paused_until <= now),
    )


def visible(viewer: Viewer, now: Any, member: Any = Member) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the members whom this viewer may know to exist."""
    if viewer.member_id is None:
        return and_(_open_to_some(viewer, now, member), _has_something_for(viewer, member))
    resting = and_(
        member.state.in_((State.PAUSED, State.LEAVING)), connected(viewer.member_id, member.id)
    )
    return or_(
        member.id == viewer.member_id,
        and_(or_(awake(now, member), resting), not_apart(viewer, member)),
    )


def not_apart(viewer: Viewer, member: Any = Member) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for members with an account from whom neither a block nor a shield parts this viewer.

    Wider than `visible` by those who are paused: what the viewer already has with them goes on
    looking as it did.
    """
    return and_(
        member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING)),
        not_(blocked(viewer.member_id, member.id)),
        not_(shielded(member.id, viewer.belongs)),
    )


def findable(viewer: Viewer, now: Any, member: Any = Member) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the members whom this viewer may come upon in search, lists and suggestions."""
    if viewer.member_id is None:
        return false()
    return and_(member.id != viewer.member_id, awake(now, member), visible(viewer, now, member))


def readable(viewer: Viewer, section: Any = Section) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the sections whose words this viewer may read, given that the member is visible."""
    return and_(section.shown_to >= level(viewer, section.member_id))


def level(viewer: Viewer, member_id: Any) -> ColumnElement[int]:  # noqa: ANN401
    """Return the audience level that this viewer's eyes need on that member's words."""
    if viewer.member_id is None:
        return literal(int(viewer.assumed))
    return case(
        (member_id == viewer.member_id, int(Audience.ME)),
        (connected(viewer.member_id, member_id), int(Audience.CONNECTIONS)),
        else_=int(Audience.MEMBERS),
    )


def _open_to_some(viewer: Viewer, now: datetime, member: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for those whom somebody at that level sees: a connection sees them resting too."""
    if viewer.assumed is not Audience.CONNECTIONS:
        return awake(now, member)
    here: ColumnElement[bool] = member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING))
    return here


def _has_something_for(viewer: Viewer, member: Any) -> ColumnElement[bool]:  # noqa: ANN401
    if viewer.assumed is not Audience.WEB:
        return true()
    section = _SHOWN
    return exists().where(
        section.member_id == member.id, section.shown_to >= int(Audience.WEB), section.body != ""
    )
