"""Tables of what stays: words of harvest, commitments, and the rounds of an action-learning set.

A word of harvest about somebody's learning is read by others once that somebody has said yes to it.
A round: planned --begin--> running (`began_at`) --end--> over (`ended_at`)
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.learning.kinds import CommitmentState


def _of(table: str) -> Mapped[int | None]:
    return mapped_column(BigId, ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class HarvestEntry(Base):
    """What somebody learned, in words: at a session, or from a circle that closes."""

    __tablename__ = "harvest_entry"
    __table_args__ = (
        CheckConstraint("(session_id IS NULL) <> (circle_id IS NULL)", name="of_one_thing"),
        CheckConstraint("readers IN (2, 3)", name="readers"),
        CheckConstraint("withdrawn_at IS NULL OR words = ''", name="withdrawn_words_are_gone"),
        UniqueConstraint("written_by_id", "submission", name="uq_harvest_entry_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    session_id: Mapped[int | None] = _of("learning_session")
    circle_id: Mapped[int | None] = _of("circle")
    # Whose learning it is, and who wrote it down; where these differ, the first has to say yes.
    author_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    written_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    words: Mapped[str] = mapped_column(String(2000))
    readers: Mapped[int] = mapped_column(SmallInteger)
    named: Mapped[bool] = mapped_column(Boolean, default=True)
    written_at: Mapped[Instant]
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))


class Commitment(Base):
    """What somebody said they would do, brought back the next time."""

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("session_id IS NOT NULL OR circle_id IS NOT NULL", name="said_somewhere"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_over"),
        UniqueConstraint("member_id", "submission", name="uq_commitment_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    session_id: Mapped[int | None] = _of("learning_session")
    circle_id: Mapped[int | None] = _of("circle")
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(600))
    state: Mapped[CommitmentState] = mapped_column(
        enum(CommitmentState), default=CommitmentState.OPEN
    )
    told: Mapped[str] = mapped_column(String(600), default="")
    made_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))


class Round(Base):
    """One person's time in an action-learning meeting."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
        CheckConstraint("ended_at IS NULL OR began_at IS NOT NULL", name="began_before_it_ended"),
        UniqueConstraint("session_id", "position", name="uq_round_position"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    session_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("learning_session.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(SmallInteger)
    presenter_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    minutes: Mapped[int] = mapped_column(SmallInteger)
    brings: Mapped[str] = mapped_column(String(300), default="")
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoundQuestion(Base):
    """A question that somebody asked in a round."""

    __tablename__ = "round_question"
    __table_args__ = (
        UniqueConstraint("author_id", "submission", name="uq_round_question_submission"),
        Index("ix_round_question_round_id", "round_id", "at"),
    )

    id: Mapped[IntPk]
    round_id: Mapped[int] = mapped_column(BigId, ForeignKey("round.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    words: Mapped[str] = mapped_column(String(300))
    at: Mapped[Instant]
    submission: Mapped[str] = mapped_column(String(40))
