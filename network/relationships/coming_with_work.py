"""Who may come to somebody with work: what they have set, in one place for pages and guards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.conversations.models import About, Conversation, Participant
from network.members.access import Profile
from network.members.kinds import WhoMayAsk
from network.members.models import Member, Participation
from network.members.queries import have_in_common
from network.members.services.participation import takes_part
from network.relationships.models import Introduction, IntroductionState

_ONE, _OTHER = aliased(Participant), aliased(Participant)
# Somebody brought the two together with a yes of both: by an introduction, or by a referral, whose
# conversation is opened by that yes.
_BROUGHT_TOGETHER = select(
    or_(
        exists().where(
            Introduction.low_id == bindparam("low", type_=BigId),
            Introduction.high_id == bindparam("high", type_=BigId),
            Introduction.state == IntroductionState.MADE,
        ),
        exists().where(
            Conversation.about == About.REFERRAL,
            _ONE.conversation_id == Conversation.id,
            _ONE.member_id == bindparam("low", type_=BigId),
            _OTHER.conversation_id == Conversation.id,
            _OTHER.member_id == bindparam("high", type_=BigId),
        ),
    )
)


def takes_approaches(
    db: Session,
    writer: Member,
    addressee: Member,
    participation: Participation,
    *,
    connected: bool,
) -> bool:
    """Whether the addressee lets this writer come to them with work, in one statement at most."""
    who = participation.who_may_approach
    if who is WhoMayAsk.SHARED:
        return connected or have_in_common(db, writer, addressee)
    if who is WhoMayAsk.INTRODUCED:
        low, high = sorted((writer.id, addressee.id))
        return connected or bool(db.scalar(_BROUGHT_TOGETHER, {"low": low, "high": high}))
    return who is WhoMayAsk.ANYONE


def may_come_with_work(
    db: Session, member: Member | None, profile: Profile, *, connected: bool, now: datetime
) -> bool:
    """Whether a member may come with work to whom they look at: by what is on the page already."""
    shown = profile.participation
    if member is None or profile.is_own or shown is None or not shown.work:
        return False
    if not takes_part(profile.member, now):
        return False
    return takes_approaches(db, member, profile.member, shown, connected=connected)
