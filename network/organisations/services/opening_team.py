"""What a yes does to an approach to a team: it opens by the team's own rule, and no sooner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks.models import Ask, AskState
from network.circles.kinds import Life, OpeningRule
from network.circles.models import Circle
from network.errors import Conflict
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach
from network.organisations.services.ending_approaches import asks_of
from network.organisations.services.opening import join_talk, open_talk
from network.translation import _


def one_of_us_said_yes(db: Session, ask: Ask, now: datetime) -> None:
    """Open the conversation where the team's rule is met now; join it where it was met before.

    Raises `Conflict` for somebody who has left the team meanwhile.
    """
    approach = db.get_one(Approach, ask.thing_id)
    circle = db.get_one(Circle, approach.circle_id)
    agreed = _agreed(db, approach)
    if ask.addressee_id not in agreed or circle.life is Life.ARCHIVED:
        raise Conflict(_("Just now you are not in the team, so your yes opens nothing."))
    if approach.state is ApproachState.OPENED:
        join_talk(db, approach, db.get_one(Member, ask.addressee_id), now=now)
    elif approach.state is not ApproachState.SENT:
        raise Conflict
    elif rule_is_met(db, approach, circle, agreed):
        open_talk(db, approach, agreed, opener_id=ask.addressee_id, now=now)


def somebody_went(db: Session, approach: Approach, circle: Circle, now: datetime) -> None:
    """Open the conversation where everybody who is still in the team has said yes before; its row
    was taken.
    """
    if approach.state is not ApproachState.SENT or circle.life is Life.ARCHIVED:
        return
    agreed = _agreed(db, approach)
    if rule_is_met(db, approach, circle, agreed):
        open_talk(db, approach, agreed, opener_id=agreed[0], now=now)


def rule_is_met(db: Session, approach: Approach, circle: Circle, agreed: Sequence[int]) -> bool:
    """Whether a team opens by its rule: at one yes, or at the yes of all who were in it when the
    approach was sent and still are. Whoever was not asked then has not said yes.
    """
    if circle.opens_when is OpeningRule.ANYONE:
        return bool(agreed)
    still = select(Membership.member_id).where(
        Membership.circle_id == circle.id,
        Membership.state == MembershipState.MEMBER,
        Membership.member_id.in_(approach.team),
    )
    return bool(agreed) and set(db.scalars(still)) <= set(agreed)


def _agreed(db: Session, approach: Approach) -> Sequence[int]:
    """Return who said yes, is still in the team, and is not apart from the one who wrote."""
    writer = db.get_one(Member, approach.writer_id)
    return db.scalars(
        select(Ask.addressee_id)
        .join(Member, Member.id == Ask.addressee_id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            asks_of(approach),
            Ask.state == AskState.ACCEPTED,
            Membership.circle_id == approach.circle_id,
            Membership.state == MembershipState.MEMBER,
            not_apart(Viewer.of(writer)),
        )
        .order_by(Ask.ended_at, Ask.id)
    ).all()
