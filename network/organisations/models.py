"""Tables of organisations, of what they say of themselves, and of what they write to people.

Speaking for an organisation (`Representative`):
    invited, claimed --yes--> active --leave, end--> ended
    invited, claimed --withdraw, no, time--> ended, without a `since`
An alumni relation: asked --yes of the other side--> kept --end--> ended; asked --time--> ended
An approach (each person asked has an ask of their own):
    sent --the member, or the team by its rule, says yes--> opened
    sent --withdraw--> withdrawn; sent, --the writer speaks for the organisation no longer--> closed
    sent --time--> lapsed, computed from `expires_at`
A need: open --close, with words--> closed; open --time--> closed, computed from `open_until`
Whatever counts what waits takes the row of the organisation first (`turn`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
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

from network.circles.models import Circle
from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.kinds import Alumni, ApproachState, RelationState, Speaks, VerifiedBy

_LIVE_SPEAKS = "state IN ('invited', 'claimed', 'active')"
_LIVE_RELATION = "state IN ('asked', 'kept')"


def _member(*, nullable: bool = False) -> Mapped[int]:
    return mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"), nullable=nullable)


def _organisation() -> Mapped[int]:
    return mapped_column(BigId, ForeignKey("organisation.id", ondelete="CASCADE"))


class Organisation(Base):
    """An organisation that has a page here. What it may do rests on who speaks for it."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_is_both"),
        CheckConstraint("verified_by != 'address' OR domain != ''", name="address_has_domain"),
        UniqueConstraint("maker_id", "submission", name="uq_organisation_submission"),
        Index(
            "uq_organisation_domain",
            "domain",
            unique=True,
            sqlite_where=text("verified_by = 'address'"),
            postgresql_where=text("verified_by = 'address'"),
        ),
        Index("ix_organisation_made_at", "made_at"),
    )

    id: Mapped[IntPk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(600))
    about: Mapped[str] = mapped_column(String(2000), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    # The end of its addresses, once a letter to one of them was answered.
    domain: Mapped[str] = mapped_column(String(120), default="")
    verified_by: Mapped[VerifiedBy | None] = mapped_column(enum(VerifiedBy))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The words by which a steward was asked to verify it, until they have answered.
    asks_steward: Mapped[str] = mapped_column(String(600), default="")
    asks_steward_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    maker_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    submission: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    # The version of its answers that stands; 0 before the first.
    readiness_version: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)


class Representative(Base):
    """Somebody who speaks for an organisation, or is on the way to it."""

    __tablename__ = "representative"
    __table_args__ = (
        CheckConstraint("(state != 'active') OR (since IS NOT NULL)", name="since_when_active"),
        CheckConstraint(f"({_LIVE_SPEAKS}) = (ended_at IS NULL)", name="ended_when_over"),
        CheckConstraint(
            "(state IN ('invited', 'claimed')) <= (expires_at IS NOT NULL)", name="asks_expire"
        ),
        Index(
            "uq_representative_live",
            "organisation_id",
            "member_id",
            unique=True,
            sqlite_where=text(_LIVE_SPEAKS),
            postgresql_where=text(_LIVE_SPEAKS),
        ),
        Index("ix_representative_member_id", "member_id", "state"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    organisation_id: Mapped[int] = _organisation()
    member_id: Mapped[int] = _member()
    state: Mapped[Speaks] = mapped_column(enum(Speaks))
    # What they do there, in their own words: looks after people.
    role: Mapped[str] = mapped_column(String(120), default="")
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id", ondelete="SET NULL"))
    # Why somebody should be let in who claims a page, for those who decide.
    words: Mapped[str] = mapped_column(String(2000), default="")
    asked_at: Mapped[Instant]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(foreign_keys=member_id, lazy="raise_on_sql")


class Readiness(Base):
    """One version of an organisation's answers to the five questions. It counts for a year."""

    __tablename__ = "readiness"
    __table_args__ = (CheckConstraint("version >= 1", name="from_one"),)

    organisation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    # Five answers, in the order of the questions.
    answers: Mapped[list[str]] = mapped_column(JSON)
    author_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    written_at: Mapped[Instant]


class AlumniRelation(Base):
    """Somebody and an organisation stay in touch: both said yes, either ends it."""

    __tablename__ = "alumni_relation"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when_over"),
        CheckConstraint("(state != 'kept') OR (since IS NOT NULL)", name="since_when_kept"),
        Index(
            "uq_alumni_relation_live",
            "organisation_id",
            "member_id",
            unique=True,
            sqlite_where=text(_LIVE_RELATION),
            postgresql_where=text(_LIVE_RELATION),
        ),
        Index("ix_alumni_relation_member_id", "member_id", "state"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    organisation_id: Mapped[int] = _organisation()
    member_id: Mapped[int] = _member()
    sort: Mapped[Alumni] = mapped_column(enum(Alumni))
    state: Mapped[RelationState] = mapped_column(enum(RelationState), default=RelationState.ASKED)
    # Who asked: the member themselves, or one who speaks for the organisation.
    asker_id: Mapped[int] = mapped_column(BigId)
    # Whether the member lets the page of the organisation name them: their choice alone.
    shown: Mapped[bool] = mapped_column(Boolean, default=False)
    asked_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(foreign_keys=member_id, lazy="raise_on_sql")


class Approach(Base):
    """A named human writes to one member, or to one team, about one need.

    Of an organisation, or of a member for themselves (`organisation_id` None). What they need help
    with is the reason of the asks.
    """

    __tablename__ = "approach"
    __table_args__ = (
        CheckConstraint("(member_id IS NULL) != (circle_id IS NULL)", name="one_or_a_team"),
        CheckConstraint("(state = 'sent') = (ended_at IS NULL)", name="ended_when_over"),
        CheckConstraint(
            "(organisation_id IS NULL) = (readiness_version = 0)", name="answers_of_organisation"
        ),
        CheckConstraint("told_words = '' OR told_no_at IS NOT NULL", name="words_of_a_no"),
        UniqueConstraint("writer_id", "submission", name="uq_approach_submission"),
        Index("ix_approach_organisation_id", "organisation_id", "sent_at"),
        Index("ix_approach_writer_id", "writer_id", "sent_at"),
        Index("ix_approach_member_id", "member_id"),
        Index("ix_approach_circle_id", "circle_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    organisation_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("organisation.id", ondelete="CASCADE")
    )
    writer_id: Mapped[int] = _member()
    member_id: Mapped[int | None] = _member(nullable=True)
    circle_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("circle.id", ondelete="CASCADE")
    )
    # Who was in the team when it was sent, asked or not: its rule may want a yes of each.
    team: Mapped[list[int]] = mapped_column(JSON, default=list)
    # The need that it grew from, where one was written down.
    need_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("work_need.id", ondelete="SET NULL")
    )
    work: Mapped[Work] = mapped_column(enum(Work))
    need: Mapped[str] = mapped_column(String(2000))
    # Which of the person's own words it answers.
    fits: Mapped[str] = mapped_column(String(600))
    time: Mapped[str] = mapped_column("rough_time", String(160))
    # A range, or "to be found together".
    value: Mapped[str] = mapped_column("rough_value", String(160))
    begins: Mapped[str] = mapped_column(String(160))
    # What happens if they open it, and whom they would work with.
    next: Mapped[str] = mapped_column("what_next", String(300))
    # The version of the five answers that stands at its top.
    readiness_version: Mapped[int] = mapped_column(default=0)
    state: Mapped[ApproachState] = mapped_column(enum(ApproachState), default=ApproachState.SENT)
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A no that the member chose to tell, and their words if they gave any. Nothing else of an
    # answer is ever here.
    told_no_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_words: Mapped[str] = mapped_column(String(600), default="")
    submission: Mapped[str] = mapped_column(String(40))

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    grew_from: Mapped[WorkNeed | None] = relationship(lazy="raise_on_sql")
    writer: Mapped[Member] = relationship(foreign_keys=writer_id, lazy="raise_on_sql")
    member: Mapped[Member | None] = relationship(foreign_keys=member_id, lazy="raise_on_sql")
    circle: Mapped[Circle | None] = relationship(lazy="raise_on_sql")


class WorkNeed(Base):
    """What an organisation, or a member, needs help with: in words, to people they know."""

    __tablename__ = "work_need"
    __table_args__ = (
        CheckConstraint("length(words) <= 4000", name="words_length"),
        CheckConstraint("outcome = '' OR closed_at IS NOT NULL", name="outcome_when_closed"),
        CheckConstraint(
            "NOT to_alumni OR organisation_id IS NOT NULL", name="alumni_of_an_organisation"
        ),
        UniqueConstraint("writer_id", "submission", name="uq_work_need_submission"),
        Index("ix_work_need_organisation_id", "organisation_id"),
        Index("ix_work_need_writer_id", "writer_id"),
        Index("ix_work_need_open_until", "open_until"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    organisation_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("organisation.id", ondelete="CASCADE")
    )
    writer_id: Mapped[int] = _member()
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    work: Mapped[Work | None] = mapped_column(enum(Work))
    to_alumni: Mapped[bool] = mapped_column(Boolean, default=False)
    to_connections: Mapped[bool] = mapped_column(Boolean, default=False)
    # To everybody, in a network that one organisation runs for its own people.
    to_everybody: Mapped[bool] = mapped_column(Boolean, default=False)
    written_at: Mapped[Instant]
    open_until: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What became of it, for those it was shown to.
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    room_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("green_room.id", ondelete="SET NULL")
    )
    submission: Mapped[str] = mapped_column(String(40))

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    writer: Mapped[Member] = relationship(lazy="raise_on_sql")


class NeedShowing(Base):
    """A need put before a circle: its people see it once somebody who facilitates said yes."""

    __tablename__ = "need_showing"

    id: Mapped[IntPk]
    need_id: Mapped[int] = mapped_column(BigId, ForeignKey("work_need.id", ondelete="CASCADE"))
    circle_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("circle.id", ondelete="CASCADE"), index=True
    )
    asked_at: Mapped[Instant]
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("need_id", "circle_id"),)
