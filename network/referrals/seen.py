"""A referral as one of its people may know of it: one statement, for pages and lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, literal_column, or_, select
from sqlalchemy.orm import aliased, load_only

from network.columns import BigId
from network.conversations.models import About, Conversation
from network.members.models import Member
from network.members.visibility import BOUND
from network.referrals.kinds import ReferralState, Role, Tells, Told
from network.referrals.matter import WITH_MATTER, Matter, matter_of_referral
from network.referrals.models import OutsideLetter, Referral
from network.referrals.visibility import itself_or_not_apart, of_me, of_mine, to_me
from network.referrals.wording import interest_words
from network.translation import _


@dataclass(frozen=True, slots=True)
class Seen:
    """A referral in somebody's eyes. Whoever is apart from them now is None: somebody unnamed."""

    referral: Referral
    role: Role
    told: Told
    referrer: Member | None
    # Who is recommended. For the referrer, None where it is somebody outside: there is a name only.
    member: Member | None
    name: str
    holder: Member | None
    # From whom the referrer had it, where somebody had recommended them.
    first: Member | None
    # The key of the conversation that it opened, for the two who are in it.
    conversation: str | None

    @property
    def matter(self) -> Matter:
        """What it is about."""
        return matter_of_referral(self.referral)

    @property
    def interest(self) -> str:
        """What the referrer has from it, in a sentence."""
        name = str(_("Whoever brought it")) if self.referrer is None else self.referrer.name
        return interest_words(self.referral.interest, self.referral.interest_words, name)


@dataclass(frozen=True, slots=True)
class Through:
    """What the two who came together read on each other's page: the rest stands where they talk."""

    referral: Referral
    referrer: Member | None
    first: Member | None


def told_referrer(referral: Referral, now: datetime) -> Told:
    """Return what the referrer is told: a no, silence, a stop and what is kept from them are one,
    before the day and after it.
    """
    if referral.state is ReferralState.MADE and referral.tells is Tells.WHETHER_MADE:
        return Told.MADE
    if referral.taken_back_at is not None:
        return Told.TAKEN_BACK
    return Told.WAITING if referral.expires_at > now else Told.OVER


def told_party(referral: Referral, now: datetime) -> Told:
    """Return what the member is told: after their yes not even that it stopped, before the day."""
    if referral.state is ReferralState.MADE:
        return Told.MADE
    if referral.expires_at <= now:
        return Told.OVER
    return Told.WAITING if referral.agreed_at is None else Told.AGREED


_REFERRER, _MEMBER = aliased(Member, name="referrer"), aliased(Member, name="recommended")
_HOLDER, _FIRST = aliased(Member, name="holder"), aliased(Member, name="first")
_BEFORE = aliased(Referral, name="before")
_IS_REFERRER = and_(_REFERRER.id == Referral.referrer_id, itself_or_not_apart(BOUND, _REFERRER))
_IS_FIRST = and_(_FIRST.id == _BEFORE.referrer_id, itself_or_not_apart(BOUND, _FIRST))
_ROLE = case(
    (of_mine(BOUND), Role.REFERRER.value),
    (of_me(BOUND), Role.MEMBER.value),
    (to_me(BOUND), Role.HOLDER.value),
)
# Filled in with `Viewer.at`.
SEEN = (
    select(
        *(Referral, _ROLE, _REFERRER, _MEMBER, _HOLDER, _FIRST),
        *(OutsideLetter.name, Conversation.key),
    )
    .outerjoin(OutsideLetter, OutsideLetter.referral_id == Referral.id)
    .outerjoin(
        Conversation,
        and_(Conversation.about == About.REFERRAL, Conversation.thing_id == Referral.id),
    )
    .outerjoin(_BEFORE, _BEFORE.id == Referral.came_by_id)
    .outerjoin(_REFERRER, _IS_REFERRER)
    .outerjoin(_MEMBER, and_(_MEMBER.id == Referral.member_id, itself_or_not_apart(BOUND, _MEMBER)))
    .outerjoin(_HOLDER, and_(_HOLDER.id == Referral.holder_id, itself_or_not_apart(BOUND, _HOLDER)))
    .outerjoin(_FIRST, _IS_FIRST)
    .where(or_(of_mine(BOUND), of_me(BOUND), to_me(BOUND)))
    .options(*WITH_MATTER)
)

_OTHER = bindparam("other", type_=BigId)
# Every page of a person asks for it: it reads no more than it says.
THROUGH = (
    select(Referral, _REFERRER, _FIRST)
    .outerjoin(_BEFORE, _BEFORE.id == Referral.came_by_id)
    .outerjoin(_REFERRER, _IS_REFERRER)
    .outerjoin(_FIRST, _IS_FIRST)
    .where(
        Referral.state == ReferralState.MADE,
        or_(
            and_(of_me(BOUND), Referral.holder_id == _OTHER),
            and_(to_me(BOUND), Referral.member_id == _OTHER),
        ),
    )
    .order_by(Referral.ended_at.desc())
    .limit(literal_column("1"))  # a limit that is filled in is planned anew each time
    .options(load_only(_REFERRER.name), load_only(_FIRST.name))
)


def as_seen(row: Any, now: datetime) -> Seen:  # noqa: ANN401  # a row of `SEEN`
    """Return one row of the statement as its reader may know of it."""
    referral, role, referrer, member, holder, first, outside, conversation = row
    role = Role(role)
    told = (told_referrer if role is Role.REFERRER else told_party)(referral, now)
    if role is Role.REFERRER:
        conversation = None
        member = member if outside is None or told is Told.MADE else None
    name = outside or "" if member is None else member.name
    return Seen(referral, role, told, referrer, member, name, holder, first, conversation)
