"""Who may sign terms that begin in a conversation, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.columns import BigId
from network.conversations.models import About, Conversation, Participant
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, visible
from network.organisations.kinds import Speaks
from network.organisations.models import Approach, Organisation, Representative, WorkNeed
from network.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody in the conversation, and the organisation that they would sign for, if any."""

    member: Member
    signs_for: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign: the reader for one of several, each other as they came to the conversation."""

    others: Sequence[Signer]
    organisations: Sequence[Organisation]  # that the reader speaks for
    behind: int | None  # the organisation that the conversation came from


_HERE = bindparam("conversation", type_=BigId)
_THING = bindparam("thing", type_=BigId)
_OTHERS = (
    select(Member)
    .join(Participant, Participant.member_id == Member.id)
    .where(
        Participant.conversation_id == _HERE,
        Participant.left_at.is_(None),
        Member.id != BOUND.member_id,
        visible(BOUND, NOW),
    )
    .order_by(Participant.id)
)
# Who wrote what the conversation grew from, and the organisation for which they did.
_APPROACH = select(Approach.organisation_id, Approach.writer_id).where(Approach.id == _THING)
_NEED = (
    select(WorkNeed.organisation_id, WorkNeed.writer_id)
    .join(Ask, Ask.thing_id == WorkNeed.id)
    .where(Ask.id == _THING)
)
_REFERRAL = (
    select(
        func.coalesce(WorkNeed.organisation_id, Approach.organisation_id),
        func.coalesce(WorkNeed.writer_id, Approach.writer_id),
    )
    .select_from(Referral)
    .outerjoin(WorkNeed, WorkNeed.id == Referral.need_id)
    .outerjoin(Approach, Approach.id == Referral.approach_id)
    .where(Referral.id == _THING)
)
_BEHIND = {
    About.APPROACH: _APPROACH,
    About.LET_US_TALK: _NEED,
    About.REFERRAL: _REFERRAL,
}
_SPEAK = (
    select(Representative.member_id, Organisation)
    .join(Organisation, Organisation.id == Representative.organisation_id)
    .where(
        Representative.state == Speaks.ACTIVE,
        Representative.organisation_id == bindparam("organisation", type_=BigId),
        Representative.member_id.in_(bindparam("people", expanding=True)),
    )
)
_MINE = (
    select(Organisation)
    .join(Representative, Representative.organisation_id == Organisation.id)
    .where(Representative.state == Speaks.ACTIVE, Representative.member_id == BOUND.member_id)
    .order_by(Organisation.name, Organisation.id)
)


def signers(db: Session, member: Member, conversation: Conversation, now: datetime) -> Signers:
    """Return who may sign terms of this conversation, as far as the reader may name them."""
    eyes = Viewer.of(member).at(now)
    people = db.scalars(_OTHERS, {**eyes, "conversation": conversation.id}).all()
    organisations = db.scalars(_MINE, eyes).all()
    behind, writer = _behind(db, conversation)
    signs_for: dict[int, Organisation] = {}
    if behind is not None and behind not in {each.id for each in organisations}:
        asked = {"organisation": behind, "people": [each.id for each in people]}
        signs_for = dict(db.execute(_SPEAK, asked).all())
    # One person signs for an organisation: whoever wrote, or whoever came first.
    came = [each.id for each in people if each.id in signs_for]
    signs = writer if writer in signs_for else next(iter(came), None)
    return Signers(
        [Signer(each, signs_for.get(each.id) if each.id == signs else None) for each in people],
        organisations,
        behind,
    )


def _behind(db: Session, conversation: Conversation) -> tuple[int | None, int | None]:
    found = _BEHIND.get(conversation.about)
    row = None
    if found is not None:
        row = db.execute(found, {"thing": conversation.thing_id}).first()
    return (row[0], row[1]) if row else (None, None)
