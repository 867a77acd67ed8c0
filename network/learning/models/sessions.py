"""Tables of sessions and their places.

A session: proposed --adopt--> draft --schedule--> scheduled --cancel--> cancelled
    proposed, draft --cancel--> cancelled; proposed --60 days without a host--> lapsed (computed)
    scheduled --its end passes--> held (computed) --harvest--> harvested (`harvested_at`)
A seat: waitlisted --a place comes free, first come first--> offered --take it--> going
    offered --pass it on, or time--> passed (computed from `offer_until` until it is stored)
    going --the time changes--> offered (everybody is asked again)
    going, waitlisted, offered --leave--> left
Whatever changes seats takes the row of the session first (`turn`), so that changes come in turn.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.learning.kinds import Attendance, Format, SeatState, SessionState
from network.members.models import Member

_LIVE = "state IN ('going', 'waitlisted', 'offered')"


class SessionSeries(Base):
    """Sessions that repeat: the rule of RFC 5545 by which they were written, in their own zone."""

    __tablename__ = "session_series"

    id: Mapped[IntPk]
    rule: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Instant]


class LearningSession(Base):
    """People who meet at a time to learn. Times are kept in UTC with the zone they were set in."""

    __tablename__ = "learning_session"
    __table_args__ = (
        CheckConstraint("length(words) <= 4000", name="words_length"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_times"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint(
            "(state = 'scheduled') <= (starts_at IS NOT NULL)", name="scheduled_has_a_time"
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_is_both"
        ),
        CheckConstraint("sequence >= 0", name="sequence"),
        UniqueConstraint("proposer_id", "submission", name="uq_learning_session_submission"),
        Index("ix_learning_session_starts_at", "starts_at"),
        Index("ix_learning_session_circle_id", "circle_id", "starts_at"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    # What calendars know it by: never changed. `sequence` grows when time, place or state changes.
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    format: Mapped[Format] = mapped_column(enum(Format))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text, default="")
    how: Mapped[str] = mapped_column(String(600), default="")
    # An address or a link: for hosts and for those who are going.
    place: Mapped[str] = mapped_column(String(600), default="")
    state: Mapped[SessionState] = mapped_column(enum(SessionState))
    proposer_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    # Of a circle, for its people alone; without one it is open to the network.
    circle_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("circle.id", ondelete="CASCADE")
    )
    need_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("learning_need.id", ondelete="SET NULL")
    )
    series_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("session_series.id", ondelete="SET NULL"), index=True
    )
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_words: Mapped[str] = mapped_column(String(600), default="")
    harvested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What of the hosts' list is done, by its words in `checklist.py`.
    prepared: Mapped[list[str]] = mapped_column(JSON, default=list)
    submission: Mapped[str] = mapped_column(String(40))
    # The last number given out: it orders those in line, and whoever takes it first goes first.
    turn: Mapped[int] = mapped_column(default=0)


class SessionHost(Base):
    """Somebody who hosts a session. Hosts need no seat."""

    __tablename__ = "session_host"
    __table_args__ = (Index("ix_session_host_member_id", "member_id"),)

    session_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learning_session.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[Instant]

    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class SeatKind(Base):
    """A way to take part in a session, with room for so many: to learn, or with one's own case."""

    __tablename__ = "seat_kind"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 1000", name="capacity"),
        UniqueConstraint("session_id", "position", name="uq_seat_kind_position"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    session_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learning_session.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(60))
    capacity: Mapped[int] = mapped_column(SmallInteger)


class Seat(Base):
    """Somebody's place at a session, or in line for one."""

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("(state = 'offered') = (offer_until IS NOT NULL)", name="offers_have_time"),
        CheckConstraint(f"({_LIVE}) = (ended_at IS NULL)", name="ended_when_over"),
        Index(
            "uq_seat_live",
            "session_id",
            "member_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_seat_kind_id", "kind_id", "state", "line"),
        Index("ix_seat_member_id", "member_id", "state"),
        Index("ix_seat_offer_until", "offer_until"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    session_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learning_session.id", ondelete="CASCADE"), index=True
    )
    kind_id: Mapped[int] = mapped_column(BigId, ForeignKey("seat_kind.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    state: Mapped[SeatState] = mapped_column(enum(SeatState))
    # Their number in line: the lowest is first.
    line: Mapped[int]
    # Whether the others who come may read their name.
    named: Mapped[bool] = mapped_column(Boolean, default=True)
    # What would make it worth their while: for the hosts alone.
    words: Mapped[str] = mapped_column(String(600), default="")
    asked_at: Mapped[Instant]
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended: Mapped[Attendance | None] = mapped_column(enum(Attendance))

    member: Mapped[Member] = relationship(lazy="raise_on_sql")
