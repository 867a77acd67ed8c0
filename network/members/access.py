"""Loading a member: the only way a view gets somebody, authorised in the same statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, bindparam, not_, select
from sqlalchemy.orm import Session, joinedload

from network.columns import BigId
from network.errors import NotAllowed, NotFound
from network.members.kinds import Audience, Part, State
from network.members.models import (
    Invitation,
    Member,
    Participation,
    PastPurpose,
    Portrait,
    Section,
)
from network.members.visibility import (
    BOUND,
    NOW,
    THE_WEB,
    Viewer,
    awake,
    level,
    readable,
    shielded,
    visible,
)

# Whoever is suspended or gone is out on every path: cookie, password, link.
MAY_COME_IN = (State.MEMBER, State.PAUSED, State.LEAVING)


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as one viewer sees them. What the viewer may not read is not in it."""

    member: Member
    level: Audience
    sections: dict[str, Section]
    participation: Participation | None
    past_purposes: list[PastPurpose]

    def words(self, part: str) -> str:
        """Return the words of a part, or nothing."""
        section = self.sections.get(part)
        return section.body if section is not None else ""

    @property
    def is_connection(self) -> bool:
        """Whether these eyes belong to a connection."""
        return self.level is Audience.CONNECTIONS

    @property
    def is_own(self) -> bool:
        """Whether these eyes are the member's own."""
        return self.level is Audience.ME


_HANDLE = Member.handle == bindparam("handle", type_=String())
# How they take part is read along: what a page offers towards somebody hangs on it.
_BY_HANDLE = (
    select(Member, level(BOUND, Member.id))
    .where(_HANDLE, visible(BOUND, NOW))
    .options(joinedload(Member.participation))
)
_BY_HANDLE_ON_THE_WEB = select(Member, level(THE_WEB, Member.id)).where(
    _HANDLE, visible(THE_WEB, NOW)
)
_READABLE = select(Section).where(
    Section.member_id == bindparam("member_id", type_=BigId), readable(BOUND)
)


def member_for(db: Session, viewer: Viewer, handle: str, *, now: datetime) -> Member:
    """Return the member with this handle; raise `NotFound` where the viewer may not know them."""
    return _row(db, viewer, handle, now)[0]


def profile_for(db: Session, viewer: Viewer, handle: str, *, now: datetime) -> Profile:
    """Return a member as the viewer sees them; raise `NotFound` where they may not know of them."""
    return seen(db, viewer, *_row(db, viewer, handle, now))


def _row(db: Session, viewer: Viewer, handle: str, now: datetime) -> tuple[Member, Audience]:
    statement = _BY_HANDLE if viewer.member_id is not None else _BY_HANDLE_ON_THE_WEB
    row = db.execute(statement, {**viewer.at(now), "handle": handle}).first()
    if row is None:
        raise NotFound
    return row[0], Audience(row[1])


def own_profile_as(db: Session, viewer: Viewer, member: Member, *, now: datetime) -> Profile | None:
    """Return a member's own profile through other eyes, or None where these see nothing."""
    row = db.execute(
        select(Member.id, level(viewer, Member.id)).where(
            Member.id == member.id, visible(viewer, now)
        )
    ).first()
    return None if row is None else seen(db, viewer, member, Audience(row[1]))


def seen(db: Session, viewer: Viewer, member: Member, own_level: Audience) -> Profile:
    """Return the profile of a member who is visible to the viewer at this level."""
    rows = (
        db.scalars(select(Section).where(Section.member_id == member.id, readable(viewer)))
        if viewer.member_id is None
        else db.scalars(_READABLE, {"viewer_id": viewer.member_id, "member_id": member.id})
    )
    sections = {section.part.value: section for section in rows}
    participation = None
    if Part.AVAILABILITY in sections:
        participation = db.get(Participation, member.id)
    past: list[PastPurpose] = []
    if Part.HISTORY in sections or own_level is Audience.ME:
        past = list(
            db.scalars(
                select(PastPurpose)
                .where(PastPurpose.member_id == member.id, PastPurpose.shown_to >= int(own_level))
                .order_by(PastPurpose.until.desc())
                .limit(20)
            )
        )
    return Profile(member, own_level, sections, participation, past)


def portrait_for(db: Session, viewer: Viewer, handle: str, *, now: datetime) -> bytes:
    """Return a member's portrait; raise `NotFound` where there is none for this viewer."""
    picture = db.scalar(
        select(Portrait.picture)
        .join(Member, Member.id == Portrait.member_id)
        .where(_of(handle, viewer, now))
    )
    if picture is None:
        raise NotFound
    return picture


def account_by_email(db: Session, email: str) -> Member | None:
    """Return whose account this is, for signing in alone; None for one who may not come in."""
    return db.scalar(select(Member).where(Member.email == email, Member.state.in_(MAY_COME_IN)))


def account_by_id(
    db: Session, member_id: int, credential_version: int | None = None
) -> Member | None:
    """Return the account a link speaks of; None where it may not come in, or changed since."""
    found = db.scalar(select(Member).where(Member.id == member_id, Member.state.in_(MAY_COME_IN)))
    if found is None or credential_version in {None, found.credential_version}:
        return found
    return None


def invitation_to_use(db: Session, key: str, *, now: datetime) -> Invitation | None:
    """Return the invitation if its door is still open; used, lapsed and withdrawn are alike."""
    return db.scalar(
        select(Invitation).where(
            Invitation.key == key,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
    )


def inviter_of(
    db: Session, invitation: Invitation, *, belongs: str, now: datetime
) -> Member | None:
    """Return who invited, where somebody with what the address belongs to may know of them."""
    return db.scalar(
        select(Member).where(
            Member.id == invitation.invited_by, awake(now), not_(shielded(Member.id, belongs))
        )
    )


def draft_for(db: Session, member: Member) -> Mapping[str, str]:
    """Return what an invitation suggested to whoever used it: theirs alone, until they save it."""
    draft = db.scalar(
        select(Invitation.draft).where(
            Invitation.email == member.email, Invitation.used_at == member.joined_at
        )
    )
    return draft or {}


def must_be_steward(member: Member) -> None:
    """Let only stewards pass; to everybody else the room does not exist."""
    if not member.steward:
        raise NotFound


def must_be_member(member: Member | None) -> Member:
    """Return the member; raise `NotAllowed` for somebody not signed in."""
    if member is None:
        raise NotAllowed
    return member


def _of(handle: str, viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    return and_(Member.handle == handle, visible(viewer, now))
