"""Who reads a referral, and what it rests on: one predicate for pages, lists, letters and answers.

Whoever recommended somebody reads their own words. Who is recommended reads it once they are asked.
Whoever holds the need reads it when it is made, and before the yes of the other not even that it is
there; what waits for their own answer stands among their asks.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from network.asks.models import Ask, AskState
from network.circles.visibility import IN_IT
from network.members.models import Member, Membership
from network.members.visibility import Viewer, connected, not_apart
from network.organisations.kinds import ApproachState
from network.organisations.kinds import AskOf as Written
from network.organisations.models import Approach, WorkNeed
from network.organisations.visibility import need_open, speaks_for
from network.referrals.kinds import AskOf, ReferralState
from network.referrals.models import OutsideLetter, Referral

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_MINE = aliased(Membership, name="my_circle")
_THEIRS = aliased(Membership, name="their_circle")
_CONSENT = aliased(Ask, name="consent")
_WRITTEN = aliased(Ask, name="written_to")
_NEED = aliased(WorkNeed, name="about_need")
_APPROACH = aliased(Approach, name="about_approach")
_LETTER = aliased(OutsideLetter, name="letter_out")
_OTHER = aliased(Member, name="other_side")


def itself_or_not_apart(viewer: Viewer, member: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the viewer, and for members whom nothing parts from them."""
    return or_(member.id == viewer.member_id, not_apart(viewer, member))


def within_reach(one: Any, other: Any) -> ColumnElement[bool]:  # noqa: ANN401  # an id or a column
    """Hold where the two are connected, or in one circle."""
    mine, theirs = _MINE, _THEIRS
    return or_(
        connected(one, other),
        exists().where(
            mine.member_id == one,
            mine.state.in_(IN_IT),
            theirs.circle_id == mine.circle_id,
            theirs.member_id == other,
            theirs.state.in_(IN_IT),
        ),
    )


def stands(now: Any, referral: Any = Referral) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for referrals whose need is open, or whose approach goes on, in the hands of somebody
    who may still speak.
    """
    holder = Viewer(member_id=referral.holder_id)
    need, approach = _NEED, _APPROACH
    return or_(
        exists().where(
            need.id == referral.need_id,
            need_open(now, need),
            or_(need.organisation_id.is_(None), speaks_for(holder, need.organisation_id)),
        ),
        exists().where(
            approach.id == referral.approach_id,
            approach.state.in_((ApproachState.SENT, ApproachState.OPENED)),
            or_(approach.organisation_id.is_(None), speaks_for(holder, approach.organisation_id)),
        ),
    )


def of_mine(viewer: Viewer, referral: Any = Referral) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for what the viewer recommended. Of somebody outside they are shown the name that they
    wrote, so that nothing tells whether that person came in.
    """
    return and_(
        referral.referrer_id == viewer.member_id,
        _apart_from_nobody(viewer, referral.holder_id),
        or_(
            exists().where(_LETTER.referral_id == referral.id),
            _apart_from_nobody(viewer, referral.member_id),
        ),
    )


def of_me(viewer: Viewer, referral: Any = Referral) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for what the viewer is recommended for: they are asked, or said yes."""
    consent = _CONSENT
    asked = exists().where(
        consent.kind == AskOf.CONSENT.value,
        consent.thing_id == referral.id,
        consent.addressee_id == viewer.member_id,
        consent.state.in_((AskState.WAITING, AskState.DECLINED)),
    )
    return and_(
        referral.member_id == viewer.member_id,
        or_(asked, referral.agreed_at.is_not(None)),
        _apart_from_nobody(viewer, referral.holder_id),
        or_(
            referral.state == ReferralState.MADE,
            _apart_from_nobody(viewer, referral.referrer_id),
        ),
    )


def to_me(viewer: Viewer, referral: Any = Referral) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for referrals that were made to the viewer, while they may speak for the need."""
    need, approach = _NEED, _APPROACH
    elsewhere = or_(
        exists().where(
            need.id == referral.need_id,
            need.organisation_id.is_not(None),
            ~speaks_for(viewer, need.organisation_id),
        ),
        exists().where(
            approach.id == referral.approach_id,
            approach.organisation_id.is_not(None),
            ~speaks_for(viewer, approach.organisation_id),
        ),
    )
    return and_(
        referral.holder_id == viewer.member_id,
        referral.state == ReferralState.MADE,
        ~elsewhere,
        _apart_from_nobody(viewer, referral.member_id),
    )


def was_written_to(viewer: Viewer, approach: Any = Approach) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for approaches that were put before the viewer, as one or as one of a team."""
    written = _WRITTEN
    return and_(
        exists().where(
            written.kind.in_((Written.APPROACH.value, Written.TEAM_APPROACH.value)),
            written.thing_id == approach.id,
            written.addressee_id == viewer.member_id,
            written.state.in_((AskState.WAITING, AskState.DECLINED, AskState.ACCEPTED)),
        ),
        _apart_from_nobody(viewer, approach.writer_id),
    )


def _apart_from_nobody(viewer: Viewer, member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    other = _OTHER
    return exists().where(other.id == member_id, itself_or_not_apart(viewer, other))
