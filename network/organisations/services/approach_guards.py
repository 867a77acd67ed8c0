"""The only place with the guards of approaches; those of a team stand beside, in `team_guards`.

What holds the writer's own side back is said before they write, in so many words. What has to do
with the person or the team is one sentence for every reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Exists, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle
from network.columns import BigId
from network.errors import Conflict, NotAllowed, NotFound
from network.members.kinds import Part, Work
from network.members.models import Member, Participation, Section
from network.members.visibility import (
    BOUND,
    NOW,
    Viewer,
    awake,
    connected,
    readable,
    visible,
)
from network.organisations.models import Approach, Organisation
from network.organisations.queries.approaches import Desk, desk, held_until, looks_open
from network.organisations.visibility import speaks_for
from network.relationships.coming_with_work import takes_approaches
from network.translation import _


def held_back(it: Desk, now: datetime) -> str:
    """Return what holds the writer's side back from writing to anybody, or nothing."""
    if not it.is_verified:
        return str(
            _("Before it may write to members, the network has to know that this is its page.")
        )
    if not it.answers_count(now):
        return str(
            _(
                "Before it may write to members, its answers to the five questions have to be"
                " there, and not older than a year."
            )
        )
    if not it.left:
        return str(
            _("Five are open already, and that is the most. One that ends makes room for the next.")
        )
    return ""


def must_be_free(
    db: Session, writer: Member, organisation: Organisation | None, now: datetime
) -> None:
    """Raise what holds the writer's side back. Its row is taken before.

    Raises `NotFound` for an organisation that they do not speak for.
    """
    if organisation is not None and not db.scalar(
        select(speaks_for(Viewer.of(writer), organisation.id))
    ):
        raise NotFound
    reason = held_back(desk(db, writer, organisation, now), now)
    if reason:
        raise NotAllowed(reason)


_ROOM = aliased(Section, name="room")
_TO = bindparam("to", type_=BigId)
_REACH = (
    select(
        Participation,
        connected(BOUND.member_id, Member.id),
        and_(
            awake(NOW),
            exists().where(
                _ROOM.member_id == Member.id,
                _ROOM.part == Part.AVAILABILITY,
                readable(BOUND, _ROOM),
            ),
        ),
    )
    .join(Participation, Participation.member_id == Member.id)
    .where(Member.id == _TO, visible(BOUND, NOW))
    .execution_options(populate_existing=True)
)


def open_to(db: Session, writer: Member, member: Member, now: datetime) -> Sequence[Work]:
    """Return the kinds of work with which a writer may come to a member: none where the member does
    not take part now, shows none, or lets others come. Raises `NotFound` where the writer may not
    know of them.
    """
    row = db.execute(_REACH, {**Viewer.of(writer).at(now), "to": member.id}).first()
    if row is None:
        raise NotFound
    participation, is_connected, shows = row
    if not shows or member.id == writer.id:
        return ()
    if not takes_approaches(db, writer, member, participation, connected=is_connected):
        return ()
    return [kind for kind in Work if kind.value in participation.work]


def not_open(name: str) -> str:
    """Return the sentence for whatever about a person or a team holds an approach back."""
    return str(
        _(
            "%(name)s is not open to this just now. That is about how they take part, not about"
            " you.",
            name=name,
        )
    )


def must_reach(db: Session, writer: Member, member: Member, work: Work, now: datetime) -> None:
    """Raise `NotFound` where the writer may not know of a member, `NotAllowed` where the member is
    not open to this kind of work from them.
    """
    if work not in open_to(db, writer, member, now):
        raise NotAllowed(not_open(member.name))


def must_have_waited(
    db: Session,
    writer: Member,
    organisation: Organisation | None,
    to: Member | Circle,
    now: datetime,
) -> None:
    """Raise `Conflict` where this side wrote to them not long ago, whoever of it wrote, or where
    something else between the two has not had its day.
    """
    if held_until(db, writer, organisation, to, now) is not None:
        raise Conflict(
            _("This side wrote to %(name)s not long ago, and holds back a while.", name=to.name)
        )
    if db.scalar(select(_crossing(writer, organisation, to, now))):
        raise Conflict(
            _(
                "One of these at a time: something between you and %(name)s has not had its day.",
                name=to.name,
            )
        )


def _crossing(
    writer: Member, organisation: Organisation | None, to: Member | Circle, now: datetime
) -> Exists:
    """Return what holds where the two have another one open: the other wrote, or (to a team) the
    same writer did for another side.
    """
    if isinstance(to, Circle):
        mine = and_(Approach.writer_id == writer.id, Approach.circle_id == to.id)
        return exists().where(mine, looks_open(now))
    return exists().where(
        Approach.writer_id == to.id,
        Approach.member_id == writer.id,
        func.coalesce(Approach.organisation_id, 0) == (organisation.id if organisation else 0),
        looks_open(now),
    )
