"""Words of harvest as a viewer reads them, with whoever learned it where that is to be named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from network.circles.kinds import Door
from network.circles.models import Circle
from network.columns import BigId, UtcDateTime
from network.learning.models import HarvestEntry, LearningSession, Round, Seat, SessionHost
from network.learning.visibility import known
from network.learning.visibility_keeping import reads_entry, went
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart

MOST_SHOWN = 100
MOST_TO_AGREE = 5
MOST_PEOPLE = 200

_SESSION_ID = bindparam("session", type_=BigId)
_CIRCLE_ID = bindparam("circle", type_=BigId)
_AUTHOR = aliased(Member, name="author")
_WRITER = aliased(Member, name="writer")
_MEETING = aliased(LearningSession, name="meeting_before")


@dataclass(frozen=True, slots=True)
class Learned:
    """A word of harvest. `author` is None where the reader is not told whose learning it is."""

    entry: HarvestEntry
    author: Member | None
    is_mine: bool
    by_me: bool

    @property
    def waits(self) -> bool:
        """Whether whoever learned it has not said yes to it."""
        return self.entry.agreed_at is None


@dataclass(frozen=True, slots=True)
class ToAgree:
    """Words about one's own learning that somebody else wrote down, and where."""

    entry: HarvestEntry
    writer: Member
    session: LearningSession


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who was at a session; `presented_at` is when they last brought something here."""

    member: Member
    hosts: bool
    presented_at: datetime | None


# Whose learning it is stands in no row that the reader must not connect with a name.
_TOLD = or_(
    _AUTHOR.id == BOUND.member_id,
    and_(
        or_(HarvestEntry.named, HarvestEntry.written_by_id == BOUND.member_id),
        not_apart(BOUND, _AUTHOR),
    ),
)
_ENTRIES = (
    select(HarvestEntry, _AUTHOR)
    .outerjoin(_AUTHOR, and_(_AUTHOR.id == HarvestEntry.author_id, _TOLD))
    .where(reads_entry(BOUND, NOW))
)
_NEWEST_LAST = (HarvestEntry.written_at, HarvestEntry.id)
# One row at least, which says how its circle is entered, if it has one.
_OF_SESSION = (
    select(Circle.door, HarvestEntry, _AUTHOR)
    .select_from(LearningSession)
    .outerjoin(Circle, Circle.id == LearningSession.circle_id)
    .outerjoin(
        HarvestEntry,
        and_(HarvestEntry.session_id == LearningSession.id, reads_entry(BOUND, NOW)),
    )
    .outerjoin(_AUTHOR, and_(_AUTHOR.id == HarvestEntry.author_id, _TOLD))
    .where(LearningSession.id == _SESSION_ID)
    .order_by(*_NEWEST_LAST)
    .limit(MOST_SHOWN)
)
_OF_CIRCLE = (
    _ENTRIES.where(HarvestEntry.circle_id == _CIRCLE_ID).order_by(*_NEWEST_LAST).limit(MOST_SHOWN)
)
_TO_AGREE = (
    select(HarvestEntry, _WRITER, LearningSession)
    .join(_WRITER, _WRITER.id == HarvestEntry.written_by_id)
    .join(LearningSession, LearningSession.id == HarvestEntry.session_id)
    .where(
        HarvestEntry.author_id == BOUND.member_id,
        HarvestEntry.agreed_at.is_(None),
        HarvestEntry.withdrawn_at.is_(None),
        not_apart(BOUND, _WRITER),
        known(BOUND, NOW),
    )
    .order_by(HarvestEntry.written_at.desc(), HarvestEntry.id.desc())
    .limit(MOST_TO_AGREE)
)
_CAME = union(
    select(SessionHost.member_id).where(SessionHost.session_id == _SESSION_ID),
    select(Seat.member_id).where(Seat.session_id == _SESSION_ID, went(Seat)),
)
_IS_HOST = (
    select(SessionHost.member_id)
    .where(SessionHost.session_id == _SESSION_ID, SessionHost.member_id == Member.id)
    .exists()
)
_PRESENTED = (
    select(func.max(Round.began_at, type_=UtcDateTime()))
    .join(_MEETING, _MEETING.id == Round.session_id)
    .where(
        Round.presenter_id == Member.id,
        or_(_MEETING.id == _SESSION_ID, _MEETING.circle_id == _CIRCLE_ID),
    )
    .correlate(Member)
    .scalar_subquery()
)
_PRESENT = (
    select(Member, _IS_HOST, _PRESENTED)
    .where(Member.id.in_(_CAME), or_(Member.id == BOUND.member_id, not_apart(BOUND)))
    .order_by(Member.name, Member.id)
    .limit(MOST_PEOPLE)
)


def of_session(
    db: Session, member: Member, session: LearningSession, now: datetime
) -> tuple[list[Learned], bool]:
    """Return what was learned at a session, of that what the member reads, the oldest first; and
    whether such words may go to members: not from a hidden circle.
    """
    bound = {**Viewer.of(member).at(now), "session": session.id}
    rows = db.execute(_OF_SESSION, bound).all()
    words = [learned(entry, author, member) for _door, entry, author in rows if entry is not None]
    return words, rows[0][0] is not Door.HIDDEN


def of_circle(db: Session, member: Member, circle: Circle, now: datetime) -> list[Learned]:
    """Return what was learned in a circle that closes, of that what the member reads."""
    bound = {**Viewer.of(member).at(now), "circle": circle.id}
    return [learned(entry, author, member) for entry, author in db.execute(_OF_CIRCLE, bound)]


def to_agree(db: Session, member: Member, now: datetime) -> Sequence[ToAgree]:
    """Return words about the member's learning to which they have said nothing, newest first."""
    return [ToAgree(*row) for row in db.execute(_TO_AGREE, Viewer.of(member).at(now))]


def present(
    db: Session, member: Member, session: LearningSession, now: datetime
) -> Sequence[Present]:
    """Return who was or is at a session, of those whom the member may know of, by name."""
    bound = {
        **Viewer.of(member).at(now),
        "session": session.id,
        "circle": session.circle_id,
    }
    return [Present(each, bool(hosts), at) for each, hosts, at in db.execute(_PRESENT, bound)]


def learned(entry: HarvestEntry, author: Member | None, member: Member) -> Learned:
    """Return a row of `_ENTRIES` as this member reads it."""
    return Learned(
        entry,
        author,
        is_mine=entry.author_id == member.id,
        by_me=entry.written_by_id == member.id,
    )
