"""Who may know of an organisation and its page, who speaks for it, and to whom a need is shown.

One predicate for pages, lists, search and letters. People named on any of these pages pass
`members.visibility` as everywhere; a need of somebody who is apart from the viewer is not there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_
from sqlalchemy.orm import aliased

from network.circles.models import Circle
from network.circles.visibility import known, reads
from network.members.models import Member, Network
from network.members.visibility import Viewer, blocked, connected, not_apart, shielded
from network.organisations.kinds import RelationState, Speaks
from network.organisations.models import (
    AlumniRelation,
    Approach,
    NeedShowing,
    Organisation,
    Readiness,
    Representative,
    WorkNeed,
)

# How long the answers to the five questions count.
COUNT_FOR = timedelta(days=366)

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_SPEAKER = aliased(Representative, name="speaker")
_KEPT = aliased(AlumniRelation, name="kept")
_ANSWERS = aliased(Readiness, name="answers")
_SHOWING = aliased(NeedShowing, name="showing")
_WRITER = aliased(Member, name="need_writer")
_HOUSE = aliased(Network, name="house")
_WRITTEN_TO = aliased(Member, name="written_to")
_TEAM = aliased(Circle, name="team_written_to")


def speaks_for(viewer: Viewer, organisation_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where the viewer speaks for the organisation now."""
    mine = _SPEAKER
    return exists().where(
        mine.organisation_id == organisation_id,
        mine.member_id == viewer.member_id,
        mine.state == Speaks.ACTIVE,
    )


def answers_since(since: Any, organisation: Any = Organisation) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for organisations whose answers to the five questions were written after an instant:
    with `COUNT_FOR` ago, those whose answers count now.
    """
    return exists().where(
        _ANSWERS.organisation_id == organisation.id,
        _ANSWERS.version == organisation.readiness_version,
        _ANSWERS.written_at > since,
    )


def page_known(viewer: Viewer, organisation: Any = Organisation) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for pages that the viewer may read: all for members; for anybody on the web those that
    are verified and have answered the five questions once.
    """
    if viewer.member_id is None:
        return and_(organisation.verified_by.is_not(None), organisation.readiness_version > 0)
    known: ColumnElement[bool] = organisation.id > 0
    return known


def keeps_in_touch(viewer: Viewer, organisation_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where the viewer and the organisation have agreed to stay in touch."""
    kept = _KEPT
    return exists().where(
        kept.organisation_id == organisation_id,
        kept.member_id == viewer.member_id,
        kept.state == RelationState.KEPT,
    )


def need_known(viewer: Viewer, now: Any, need: Any = WorkNeed) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for needs that are shown to this viewer: their own, those of an organisation that they
    speak for, and what is shown to alumni, connections, a circle or everybody they are among.

    What is closed goes on being read by those it was shown to.
    """
    if viewer.member_id is None:
        return false()
    shown = or_(
        and_(need.to_alumni, keeps_in_touch(viewer, need.organisation_id)),
        and_(need.to_connections, connected(viewer.member_id, need.writer_id)),
        and_(need.to_everybody, exists().where(_HOUSE.id == 1, _HOUSE.one_organisation)),
        exists().where(
            _SHOWING.need_id == need.id,
            _SHOWING.shown_at.is_not(None),
            reads(viewer, now, _SHOWING.circle_id, now),
        ),
    )
    return or_(
        and_(need.organisation_id.is_(None), need.writer_id == viewer.member_id),
        and_(need.organisation_id.is_not(None), speaks_for(viewer, need.organisation_id)),
        and_(shown, exists().where(_WRITER.id == need.writer_id, not_apart(viewer, _WRITER))),
    )


def need_open(now: Any, need: Any = WorkNeed) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for needs that may be answered now."""
    return and_(need.closed_at.is_(None), need.open_until > now)


def approach_written(viewer: Viewer, now: Any, approach: Any = Approach) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for approaches of the viewer's own side: theirs, or of an organisation they speak for.

    One's own letter stays where it was written to somebody who has blocked one since: that it is
    gone would tell. It is not there for whom a shield meets, nor for colleagues in a block.
    """
    to, team = _WRITTEN_TO, _TEAM
    named = exists().where(
        to.id == approach.member_id,
        not_(shielded(to.id, viewer.belongs)),
        or_(approach.writer_id == viewer.member_id, not_(blocked(viewer.member_id, to.id))),
    )
    to_a_team = exists().where(team.id == approach.circle_id, known(viewer, now, team))
    mine = and_(approach.organisation_id.is_(None), approach.writer_id == viewer.member_id)
    ours = and_(approach.organisation_id.is_not(None), speaks_for(viewer, approach.organisation_id))
    return and_(or_(mine, ours), or_(named, to_a_team))
