"""Tables of introductions, vouches and what a member keeps about another.

An introduction (the consents are asks of the introducer to each of the two):
    open --both said yes to the same words--> made
    open --introducer--> withdrawn
    open --a connection ends, a block--> stopped      looks open until its day
    open --time--> not made                           computed from `expires_at`
A vouch: waiting --subject--> shown <--subject--> kept; any --author--> taken back, its words gone.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.schema import UniqueConstraint

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.models import Member


class IntroductionState(StrEnum):
    """Where an introduction stands; what each person is told is in `queries.introductions`."""

    OPEN = "open"
    MADE = "made"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Introduction(Base):
    """A connector brings two people together, with one text that both consent to.

    `version` counts the texts; `asked_by_id` is who of the two asked for it, if one did.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="two_people"),
        CheckConstraint("introducer_id NOT IN (low_id, high_id)", name="third_person"),
        CheckConstraint("asked_by_id IN (low_id, high_id)", name="asked_by_one"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_over"),
        UniqueConstraint("introducer_id", "submission", name="uq_introduction_submission"),
        Index("ix_introduction_introducer_id", "introducer_id", "sent_at"),
        Index("ix_introduction_low_id", "low_id", "high_id"),
        Index("ix_introduction_high_id", "high_id", "low_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    introducer_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    low_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int | None] = mapped_column(BigId)
    words: Mapped[str] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(SmallInteger, default=1)
    submission: Mapped[str] = mapped_column(String(40))
    state: Mapped[IntroductionState] = mapped_column(
        enum(IntroductionState), default=IntroductionState.OPEN
    )
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    introducer: Mapped[Member] = relationship(foreign_keys=introducer_id, lazy="raise_on_sql")
    low: Mapped[Member] = relationship(foreign_keys=low_id, lazy="raise_on_sql")
    high: Mapped[Member] = relationship(foreign_keys=high_id, lazy="raise_on_sql")


class Grounds(StrEnum):
    """What two people shared, that a vouch speaks from."""

    CONNECTION = "connection"


class Standing(StrEnum):
    """What the subject of a vouch has decided."""

    WAITING = "waiting"
    SHOWN = "shown"
    KEPT = "kept"


class Vouch(Base):
    """Signed words of one member about another, grounded in something recorded."""

    __tablename__ = "vouch"
    __table_args__ = (
        CheckConstraint("author_id != subject_id", name="two_people"),
        CheckConstraint("taken_back_at IS NULL OR words = ''", name="taken_back_words_are_gone"),
        Index(
            "uq_vouch_live",
            "author_id",
            "subject_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_vouch_subject_id", "subject_id", "written_at"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    subject_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    # What they did together, in the author's words, beside what the network itself recorded.
    context: Mapped[str] = mapped_column(String(160))
    words: Mapped[str] = mapped_column(String(1200))
    grounds: Mapped[Grounds] = mapped_column(enum(Grounds))
    grounds_id: Mapped[int] = mapped_column(BigId)
    standing: Mapped[Standing] = mapped_column(enum(Standing), default=Standing.WAITING)
    written_at: Mapped[Instant]
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[Member] = relationship(foreign_keys=author_id, lazy="raise_on_sql")
    subject: Mapped[Member] = relationship(foreign_keys=subject_id, lazy="raise_on_sql")


class Rhythm(StrEnum):
    """How often a member would like to be in touch with somebody."""

    NONE = "none"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class PrivateNote(Base):
    """What one member keeps about another. Nobody else ever reads it; no index holds it."""

    __tablename__ = "private_note"
    __table_args__ = (
        CheckConstraint("owner_id != about_id", name="two_people"),
        Index("ix_private_note_about_id", "about_id"),
    )

    owner_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    about_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    note: Mapped[str] = mapped_column(String(4000), default="")
    how_met: Mapped[str] = mapped_column(String(300), default="")
    rhythm: Mapped[Rhythm] = mapped_column(enum(Rhythm), default=Rhythm.NONE)
    # From when the rhythm counts, when they last spoke by the owner's own word, and "not now".
    since: Mapped[Instant]
    spoke_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quiet_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    about: Mapped[Member] = relationship(foreign_keys=about_id, lazy="raise_on_sql")
