"""Tables of negotiations and of what was agreed.

A negotiation: open --every party accepts the version on the table--> agreed
    open --close, or fewer than two are left--> closed
    open --60 days in which nothing happened--> lapsed, computed from `moved_at`
At most one version is on the table (`on_table`), until a newer one, a withdrawal or a leaving.
Versions are never changed or deleted: the database refuses it. Whatever happens in a negotiation
takes its row first (`turn`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.engagements.kinds import EngagementState, NegotiationState
from network.members.models import Member
from network.organisations.models import Organisation

_LONGEST_TERMS = 200_000


def _negotiation(*, primary_key: bool = False) -> Mapped[int]:
    return mapped_column(
        BigId, ForeignKey("negotiation.id", ondelete="RESTRICT"), primary_key=primary_key
    )


class Negotiation(Base):
    """Two or more parties look for terms that all of them accept."""

    __tablename__ = "negotiation"
    __table_args__ = (
        CheckConstraint("on_table <= last", name="what_is_there_is_on_the_table"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_over"),
        CheckConstraint("(state = 'agreed') <= (on_table = last)", name="agreed_on_the_last"),
        CheckConstraint(
            "state != 'closed' OR on_table = 0", name="closed_has_nothing_on_the_table"
        ),
        UniqueConstraint("begun_by_id", "submission", name="uq_negotiation_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    state: Mapped[NegotiationState] = mapped_column(
        enum(NegotiationState), default=NegotiationState.OPEN
    )
    begun_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    # The conversation in which its parties found each other.
    conversation_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    # The number of the newest version, and of the one on the table: 0 for none.
    last: Mapped[int] = mapped_column(default=0)
    on_table: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[Instant]
    moved_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))
    turn: Mapped[int] = mapped_column(default=0)


class Party(Base):
    """One who signs: for themselves, or for an organisation. Terms name them by their key."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("left_words = '' OR left_at IS NOT NULL", name="words_of_leaving"),
        UniqueConstraint("negotiation_id", "member_id", name="uq_party_member"),
        Index("ix_party_member_id", "member_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    negotiation_id: Mapped[int] = _negotiation()
    member_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    organisation_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("organisation.id", ondelete="SET NULL")
    )
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_words: Mapped[str] = mapped_column(String(600), default="")

    member: Mapped[Member | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")


class Version(Base):
    """One version of the terms, as it was put on the table. `text` is what its digest is of."""

    __tablename__ = "version"
    __table_args__ = (
        CheckConstraint("number >= 1", name="from_one"),
        CheckConstraint("(number = 1) = (parent IS NULL)", name="one_parent"),
        CheckConstraint("parent = number - 1", name="no_gaps"),
        CheckConstraint(f"length(text) <= {_LONGEST_TERMS}", name="text_length"),
        CheckConstraint("valid_until > tabled_at", name="valid_for_a_time"),
    )

    negotiation_id: Mapped[int] = _negotiation(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    parent: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("party.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    # Why it was changed, in the author's words.
    why: Mapped[str] = mapped_column(String(1000), default="")
    tabled_at: Mapped[Instant]
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))


class Acceptance(Base):
    """A party's yes to one version, with the digest of what they were shown."""

    __tablename__ = "acceptance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["negotiation_id", "number"],
            ["version.negotiation_id", "version.number"],
            ondelete="RESTRICT",
        ),
        Index(
            "uq_acceptance_stands",
            "negotiation_id",
            "number",
            "party_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    negotiation_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[int]
    party_id: Mapped[int] = mapped_column(BigId, ForeignKey("party.id", ondelete="RESTRICT"))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant]
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Engagement(Base):
    """What was agreed, governed by one version of one negotiation."""

    __tablename__ = "engagement"
    __table_args__ = (UniqueConstraint("negotiation_id", name="uq_engagement_negotiation_id"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    negotiation_id: Mapped[int] = _negotiation()
    number: Mapped[int]
    state: Mapped[EngagementState] = mapped_column(
        enum(EngagementState), default=EngagementState.AGREED
    )
    agreed_at: Mapped[Instant]
