"""What lists and pages of members read. Each list is built on the predicates of `visibility`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Subquery, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from network.columns import UtcDateTime
from network.members.kinds import MembershipState, State
from network.members.models import (
    Block,
    Connection,
    Invitation,
    Member,
    Membership,
    Network,
    Participation,
    PastPurpose,
    SavedSearch,
    Section,
    Shield,
    SignIn,
)
from network.members.visibility import Viewer, visible

# So many places are listed; whoever is signed in at more of them ends the older ones together.
MOST_SIGN_INS = 10


def network_row(db: Session) -> Network | None:
    """Return what the stewards have set, or None before `commonweal init`."""
    return db.get(Network, 1)


def member_by_email(db: Session, email: str) -> Member | None:
    """Return whose address this is."""
    return db.scalar(select(Member).where(Member.email == email))


_SIGNED_IN = (
    select(SignIn, Member)
    .join(Member, Member.id == SignIn.member_id)
    .where(
        SignIn.digest == bindparam("digest"),
        SignIn.expires_at > bindparam("now", type_=UtcDateTime()),
        Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING)),
    )
)


def signed_in_member(db: Session, digest: str, now: datetime) -> tuple[SignIn, Member] | None:
    """Return the live sign-in behind a token's digest and its member, in one statement."""
    row = db.execute(_SIGNED_IN, {"digest": digest, "now": now}).first()
    return None if row is None else (row[0], row[1])


def own_sections(db: Session, member: Member) -> dict[str, Section]:
    """Return all of a member's own sections, by part."""
    rows = db.scalars(select(Section).where(Section.member_id == member.id))
    return {section.part.value: section for section in rows}


def sign_ins(db: Session, member: Member, now: datetime, *, here: int) -> Sequence[SignIn]:
    """Return where a member has signed in last: here, then the newest first."""
    return db.scalars(
        select(SignIn)
        .where(SignIn.member_id == member.id, SignIn.expires_at > now)
        .order_by((SignIn.id == here).desc(), SignIn.at.desc())
        .limit(MOST_SIGN_INS)
    ).all()


def shields(db: Session, member: Member) -> Sequence[Shield]:
    """Return a member's own shields."""
    return db.scalars(
        select(Shield).where(Shield.member_id == member.id).order_by(Shield.raised_at, Shield.id)
    ).all()


def blocked_people(db: Session, member: Member) -> Sequence[Member]:
    """Return whom a member has blocked, for the member alone."""
    return db.scalars(
        select(Member)
        .join(Block, Block.blocked_id == Member.id)
        .where(Block.blocker_id == member.id)
        .order_by(Block.at.desc())
        .limit(200)
    ).all()


def saved_searches(db: Session, member: Member) -> Sequence[SavedSearch]:
    """Return a member's kept searches, the newest first."""
    return db.scalars(
        select(SavedSearch)
        .where(SavedSearch.member_id == member.id)
        .order_by(SavedSearch.saved_at.desc())
        .limit(50)
    ).all()


def open_invitations(db: Session, now: datetime) -> Sequence[Invitation]:
    """Return invitations that still hold a door open, the newest first."""
    return db.scalars(
        select(Invitation)
        .where(
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.sent_at.desc())
        .limit(200)
    ).all()


def connected_with(member_id: int) -> Subquery:
    """Return the ids of everybody connected with a member, in the column `id`."""
    live = Connection.ended_at.is_(None)
    return union_all(
        select(Connection.high_id.label("id")).where(Connection.low_id == member_id, live),
        select(Connection.low_id.label("id")).where(Connection.high_id == member_id, live),
    ).subquery()


def have_in_common(db: Session, one: Member, other: Member) -> bool:
    """Whether somebody is connected with both, or both are in one circle."""
    mine, theirs = connected_with(one.id), connected_with(other.id)
    connection = select(mine.c.id).join(theirs, theirs.c.id == mine.c.id).exists()
    my, their = aliased(Membership), aliased(Membership)
    in_it = (MembershipState.MEMBER, MembershipState.RESTING)
    circle = exists().where(
        my.member_id == one.id,
        my.state.in_(in_it),
        their.circle_id == my.circle_id,
        their.member_id == other.id,
        their.state.in_(in_it),
    )
    return bool(db.scalar(select(or_(connection, circle))))


def connected_people(
    db: Session, viewer: Viewer, now: datetime, limit: int = 200
) -> Sequence[Member]:
    """Return the connections of a member whom they can see now, by name."""
    ends = connected_with(viewer.member_id)
    return db.scalars(
        select(Member)
        .where(Member.id.in_(select(ends.c.id)), visible(viewer, now))
        .order_by(Member.name, Member.id)
        .limit(limit)
    ).all()


def past_purposes(db: Session, member: Member) -> Sequence[PastPurpose]:
    """Return a member's own earlier purposes, the latest first."""
    return db.scalars(
        select(PastPurpose)
        .where(PastPurpose.member_id == member.id)
        .order_by(PastPurpose.until.desc())
        .limit(50)
    ).all()


def own_participation(db: Session, member: Member) -> Participation:
    """Return how a member takes part, for the member alone."""
    return db.get_one(Participation, member.id)


def blocked_id(db: Session, member: Member, handle: str) -> int | None:
    """Return who of those a member has blocked bears this handle."""
    return db.scalar(
        select(Block.blocked_id)
        .join(Member, Member.id == Block.blocked_id)
        .where(Block.blocker_id == member.id, Member.handle == handle)
    )
