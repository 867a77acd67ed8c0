"""Tables of circles. Who has a place in one is `Membership`, which visibility reads: it stands in
`members`.

A circle: forming --begin--> running <--rest, wake--> resting
    forming, running, resting --close--> closing (a harvest is gathered) --archive--> archived
A decision: open --adopt--> adopted; open --set aside--> set_aside; other words begin it anew.
Whatever changes who is in a circle takes its row first (`turn`), so that two changes come in turn.
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
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from network.circles.kinds import DecisionAbout, DecisionState, Door, Form, Life, OpeningRule
from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum


def _circle(*, primary_key: bool = False, index: bool = False) -> Mapped[int]:
    return mapped_column(
        BigId, ForeignKey("circle.id", ondelete="CASCADE"), primary_key=primary_key, index=index
    )


def _somebody() -> Mapped[int | None]:
    return mapped_column(BigId, ForeignKey("member.id", ondelete="SET NULL"))


class Circle(Base):
    """A circle of peers. Its address holds random letters, so that no name tells of another."""

    __tablename__ = "circle"
    __table_args__ = (
        CheckConstraint("most BETWEEN 2 AND 500", name="size"),
        CheckConstraint("agreements_version >= 1", name="has_agreements"),
        CheckConstraint("(life = 'archived') = (ended_at IS NOT NULL)", name="ended_when_archived"),
        UniqueConstraint("founder_id", "submission", name="uq_circle_submission"),
        Index("ix_circle_founded_at", "founded_at"),
    )

    id: Mapped[IntPk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    form: Mapped[Form] = mapped_column(enum(Form))
    purpose: Mapped[str] = mapped_column(String(600))
    about: Mapped[str] = mapped_column(String(2000), default="")
    rhythm: Mapped[str] = mapped_column(String(120), default="")
    door: Mapped[Door] = mapped_column(enum(Door))
    life: Mapped[Life] = mapped_column(enum(Life), default=Life.FORMING)
    # At most so many people; whoever rests keeps their place.
    most: Mapped[int] = mapped_column(SmallInteger)
    # Whether a team may be approached with work; then it opens by its rule.
    open_to_work: Mapped[bool] = mapped_column(Boolean, default=False)
    opens_when: Mapped[OpeningRule] = mapped_column(enum(OpeningRule), default=OpeningRule.EVERYONE)
    # Whether whoever leaves goes on reading what was written while they were here.
    leavers_keep: Mapped[bool] = mapped_column(Boolean, default=True)
    agreements_version: Mapped[int] = mapped_column(default=1)
    # Until then a yes to this older version, or a later one, still counts.
    grace_from: Mapped[int] = mapped_column(default=1)
    grace_until: Mapped[Instant]
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    founder_id: Mapped[int | None] = _somebody()
    submission: Mapped[str] = mapped_column(String(40))
    founded_at: Mapped[Instant]
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last number given out: it orders those in line, and whoever takes it first goes first.
    turn: Mapped[int] = mapped_column(default=0)


class Agreements(Base):
    """One version of what the people of a circle agreed; the circle says which one holds."""

    __tablename__ = "agreements"
    __table_args__ = (CheckConstraint("length(words) <= 4000", name="words_length"),)

    circle_id: Mapped[int] = _circle(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    put_by_id: Mapped[int | None] = _somebody()
    put_at: Mapped[Instant]


class CircleNote(Base):
    """What a circle wrote down, in Markdown: its present words."""

    __tablename__ = "circle_note"
    __table_args__ = (
        CheckConstraint("length(body) <= 20000", name="body_length"),
        UniqueConstraint("circle_id", "submission", name="uq_circle_note_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    circle_id: Mapped[int] = _circle(index=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = _somebody()
    written_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    submission: Mapped[str] = mapped_column(String(40))


class CircleNoteVersion(Base):
    """Every wording that a note has had, the present one too."""

    __tablename__ = "circle_note_version"
    __table_args__ = (CheckConstraint("length(body) <= 20000", name="body_length"),)

    note_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("circle_note.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = _somebody()
    at: Mapped[Instant]


class Decision(Base):
    """A proposal to the people of a circle: it stands when nobody's concern is left."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("length(words) <= 4000", name="words_length"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_when_over"),
        UniqueConstraint("circle_id", "submission", name="uq_decision_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    circle_id: Mapped[int] = _circle(index=True)
    proposer_id: Mapped[int | None] = _somebody()
    about: Mapped[DecisionAbout] = mapped_column(enum(DecisionAbout))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[DecisionState] = mapped_column(enum(DecisionState), default=DecisionState.OPEN)
    proposed_at: Mapped[Instant]
    # Of the present words: until then their people have time to say something.
    put_at: Mapped[Instant]
    open_until: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))


class Voice(Base):
    """What somebody said to the words of a proposal: consent, or a concern in words."""

    __tablename__ = "voice"
    __table_args__ = (CheckConstraint("(concern = '') = consents", name="consent_or_concern"),)

    decision_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int]
    consents: Mapped[bool] = mapped_column(Boolean)
    concern: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[Instant]
