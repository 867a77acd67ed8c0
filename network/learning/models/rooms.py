"""Tables of what people want to learn, and of Green Rooms.

A learning need: open --somebody offers to host--> hosted; open --let it go--> let_go
A Green Room: open --a week passes--> closed (computed) --harvest--> harvested (`harvested_at`)
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.learning.kinds import NeedState
from network.members.models import Member


class LearningNeed(Base):
    """What somebody wants to learn: it gathers interest until somebody offers to host."""

    __tablename__ = "learning_need"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_over"),
        UniqueConstraint("member_id", "submission", name="uq_learning_need_submission"),
        Index("ix_learning_need_written_at", "written_at"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[NeedState] = mapped_column(enum(NeedState), default=NeedState.OPEN)
    written_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))

    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class LearningInterest(Base):
    """Somebody who would like to learn this too."""

    __tablename__ = "learning_interest"
    __table_args__ = (Index("ix_learning_interest_member_id", "member_id"),)

    need_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learning_need.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[Instant]

    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class GreenRoom(Base):
    """One question, one week, any member who cares; it ends with a harvest by whoever asked."""

    __tablename__ = "green_room"
    __table_args__ = (
        CheckConstraint("length(harvest) <= 4000", name="harvest_length"),
        CheckConstraint("closes_at > opened_at", name="closes_after_it_opens"),
        CheckConstraint("(harvest = '') = (harvested_at IS NULL)", name="harvested_is_both"),
        UniqueConstraint("asker_id", "submission", name="uq_green_room_submission"),
        Index("ix_green_room_closes_at", "closes_at"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    asker_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(2000), default="")
    opened_at: Mapped[Instant]
    closes_at: Mapped[Instant]
    harvest: Mapped[str] = mapped_column(Text, default="")
    harvested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))

    asker: Mapped[Member] = relationship(lazy="raise_on_sql")
