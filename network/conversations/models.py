"""Tables of conversations.

Everything that happens in a conversation takes the next number of its one counter, `turn`: a
message, a withdrawal, somebody coming or going. What a person may read is a range of turns, so that
nobody sees what was written before they came or after they left.

A stay (`Participant`): here --leave, block--> over. Coming back is a new stay.
A message: said --withdraw--> withdrawn, its words gone and its place kept.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.models import Member


class About(StrEnum):
    """What a conversation belongs to."""

    DIRECT = "direct"
    GROUP = "group"
    INTRODUCTION = "introduction"
    CIRCLE = "circle"
    SESSION = "session"
    GREEN_ROOM = "green_room"
    APPROACH = "approach"
    LET_US_TALK = "let_us_talk"
    REFERRAL = "referral"


class Conversation(Base):
    """One thread. Two people have one direct conversation; a thing has one of its own."""

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("(about = 'direct') = (low_id IS NOT NULL)", name="direct_has_a_pair"),
        CheckConstraint("(low_id IS NULL) = (high_id IS NULL)", name="whole_pair"),
        CheckConstraint("low_id < high_id", name="pair"),
        CheckConstraint("(about IN ('direct', 'group')) = (thing_id IS NULL)", name="thing"),
        CheckConstraint("turn >= 0", name="turn"),
        UniqueConstraint("opener_id", "submission", name="uq_conversation_submission"),
        UniqueConstraint("low_id", "high_id", name="uq_conversation_pair"),
        UniqueConstraint("about", "thing_id", name="uq_conversation_thing"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    about: Mapped[About] = mapped_column(enum(About))
    # The row of the thing's own table, where it is about one.
    thing_id: Mapped[int | None] = mapped_column(BigId)
    low_id: Mapped[int | None] = mapped_column(BigId)
    high_id: Mapped[int | None] = mapped_column(BigId)
    title: Mapped[str] = mapped_column(String(120), default="")
    opener_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    submission: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[Instant]
    # From then on it is read, and nobody writes: computed, so that no job has to close it.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last number given out, and when the last message was sent.
    turn: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[Instant]


class Participant(Base):
    """One stay of a person in a conversation: they read what has a turn after `after_turn`, up to
    `until_turn` once it is over. The marker, the mute and the draft are theirs alone.
    """

    __tablename__ = "participant"
    __table_args__ = (
        CheckConstraint("(left_at IS NULL) = (until_turn IS NULL)", name="over_is_both"),
        CheckConstraint("until_turn >= after_turn", name="range"),
        CheckConstraint("length(draft) <= 8000", name="draft_length"),
        Index(
            "uq_participant_here",
            "conversation_id",
            "member_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_participant_member_id", "member_id", "conversation_id"),
    )

    id: Mapped[IntPk]
    conversation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("conversation.id", ondelete="CASCADE")
    )
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    after_turn: Mapped[int] = mapped_column(default=0)
    until_turn: Mapped[int | None]
    joined_at: Mapped[Instant]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where a stay rests on a yes that runs out: what is said later is not heard until it is anew.
    lapses_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_turn: Mapped[int] = mapped_column(default=0)
    muted: Mapped[bool] = mapped_column(Boolean, default=False)
    draft: Mapped[str] = mapped_column(Text, default="")

    conversation: Mapped[Conversation] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class Message(Base):
    """What somebody said, in Markdown. Withdrawn, its words are gone and its place stays."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("length(body) <= 8000", name="body_length"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_turn IS NULL)", name="withdrawn_is_both"
        ),
        CheckConstraint("withdrawn_at IS NULL OR body = ''", name="withdrawn_words_are_gone"),
        UniqueConstraint("conversation_id", "turn", name="uq_message_turn"),
        UniqueConstraint("author_id", "submission", name="uq_message_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("conversation.id", ondelete="CASCADE")
    )
    turn: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[Instant]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_turn: Mapped[int | None]
    submission: Mapped[str] = mapped_column(String(40))

    author: Mapped[Member | None] = relationship(lazy="raise_on_sql")
