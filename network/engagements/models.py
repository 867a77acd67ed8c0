"""Tables of negotiations, of what was agreed, and of how it is lived.

A negotiation: open --every party accepts the version on the table--> agreed
    open --close, or fewer than two are left--> closed
    open --60 days in which nothing happened--> lapsed, computed from `moved_at`
At most one version is on the table (`on_table`), until a newer one, a withdrawal or a leaving.
Versions are never changed or deleted: the database refuses it. Whatever happens in a negotiation
takes its row first (`turn`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    Date,
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
from network.engagements.kinds import (
    EngagementState,
    LeftFor,
    NegotiationState,
    Period,
    Welcome,
)
from network.members.models import Member
from network.organisations.models import Organisation

IDLE = timedelta(days=60)
SEALED = timedelta(days=14)
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
        CheckConstraint(
            "(state = 'agreed') <= (engagement_id IS NOT NULL)", name="agreed_governs_something"
        ),
        UniqueConstraint("begun_by_id", "submission", name="uq_negotiation_submission"),
        Index(
            "uq_negotiation_amends",
            "engagement_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    state: Mapped[NegotiationState] = mapped_column(
        enum(NegotiationState), default=NegotiationState.OPEN
    )
    begun_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    # What these terms would change: at most one at a time does. Agreed terms always govern one.
    engagement_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("engagement.id", ondelete="RESTRICT"), index=True
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

    def has_lapsed(self, now: datetime) -> bool:
        """Whether nothing has happened for so long that it is over."""
        return self.state is NegotiationState.OPEN and self.moved_at + IDLE <= now


class Party(Base):
    """One who signs: for themselves, or for an organisation. Terms name them by their key.

    The names are those that stood there when they last accepted: what is agreed can be read when
    an account or an organisation is gone.
    """

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
    name: Mapped[str] = mapped_column(String(120))
    organisation_name: Mapped[str] = mapped_column(String(120), default="")
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


class Draft(Base):
    """What a party has typed of the next version and not yet put on the table: only theirs.

    `fields` is a form as it was sent, in JSON, so that nothing is lost that is not yet sound.
    """

    __tablename__ = "terms_draft"
    __table_args__ = (CheckConstraint(f"length(fields) <= {_LONGEST_TERMS}", name="text_length"),)

    party_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("party.id", ondelete="CASCADE"), primary_key=True
    )
    over: Mapped[int] = mapped_column(default=0)
    fields: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[Instant]


class Engagement(Base):
    """Work that was agreed. The agreed negotiation that ended last governs it, and those before are
    its history.

    A state that has an end in time is computed: `ended_early` counts from `ends_at`, which is as
    far ahead as the notice; until then the work goes on.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint("(state = 'paused') = (paused_at IS NOT NULL)", name="paused_since"),
        CheckConstraint(
            "(state IN ('completed', 'ended_early', 'cancelled')) = (ends_at IS NOT NULL)",
            name="ends_when_over",
        ),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    state: Mapped[EngagementState] = mapped_column(
        enum(EngagementState), default=EngagementState.AGREED
    )
    agreed_at: Mapped[Instant]
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who ended it or called it off, when, and why.
    last_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    last_words: Mapped[str] = mapped_column(String(1000), default="")
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turn: Mapped[int] = mapped_column(default=0)


def _engagement(*, primary_key: bool = False) -> Mapped[int]:
    return mapped_column(
        BigId, ForeignKey("engagement.id", ondelete="RESTRICT"), primary_key=primary_key
    )


def _member() -> Mapped[int | None]:
    return mapped_column(BigId, ForeignKey("member.id", ondelete="SET NULL"), index=True)


class Rest(Base):
    """A time in which agreed work was paused: who said so and why, and until when."""

    __tablename__ = "rest"
    __table_args__ = (
        UniqueConstraint("engagement_id", "by_id", "submission", name="uq_rest_said"),
        Index(
            "uq_rest_open",
            "engagement_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        CheckConstraint("until >= since", name="in_order"),
    )

    id: Mapped[IntPk]
    engagement_id: Mapped[int] = _engagement()
    by_id: Mapped[int | None] = _member()
    words: Mapped[str] = mapped_column(String(1000))
    since: Mapped[Instant]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(String(40))


class Completion(Base):
    """One of an engagement says that it is complete; it is when everybody has."""

    __tablename__ = "completion"

    engagement_id: Mapped[int] = _engagement(primary_key=True)
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[Instant]


class WelcomeItem(Base):
    """Something that makes whoever begins a full member from the first day."""

    __tablename__ = "welcome_item"
    __table_args__ = (Index("ix_welcome_item_engagement_id", "engagement_id"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    engagement_id: Mapped[int] = _engagement()
    sort: Mapped[Welcome] = mapped_column(enum(Welcome))
    words: Mapped[str] = mapped_column(String(300))
    # Who wrote it, and when: nobody wrote what the house begins the list with.
    by_id: Mapped[int | None] = _member()
    at: Mapped[Instant]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = _member()


class CheckIn(Base):
    """What one of an engagement answers at a check-in: hidden until all have, or its days end."""

    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("number >= 1", name="from_one"),
        UniqueConstraint("engagement_id", "number", "member_id", name="uq_check_in_once"),
    )

    id: Mapped[IntPk]
    engagement_id: Mapped[int] = _engagement()
    number: Mapped[int]
    member_id: Mapped[int | None] = _member()
    purpose: Mapped[str] = mapped_column(String(1000), default="")
    exchange: Mapped[str] = mapped_column(String(1000), default="")
    change: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[Instant]


class Left(Base):
    """What is left behind: for those who stay, or what was learned."""

    __tablename__ = "left_behind"
    __table_args__ = (Index("ix_left_behind_engagement_id", "engagement_id"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    engagement_id: Mapped[int] = _engagement()
    sort: Mapped[LeftFor] = mapped_column(enum(LeftFor))
    member_id: Mapped[int | None] = _member()
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(8000))
    at: Mapped[Instant]
    changed_at: Mapped[Instant]
    submission: Mapped[str] = mapped_column(String(40))


class Testimony(Base):
    """Words about working with somebody: open when both have written, or after fourteen days.

    sealed --both have written, or fourteen days--> open --the subject--> answered once
    sealed, open --the author--> taken back: the row stays, without a word in it
    """

    __tablename__ = "testimony"
    __table_args__ = (
        CheckConstraint("author_id != about_id", name="of_another"),
        CheckConstraint("(reply = '') = (replied_at IS NULL)", name="a_reply_has_a_day"),
        UniqueConstraint("engagement_id", "author_id", "about_id", name="uq_testimony_once"),
        Index("ix_testimony_about_id", "about_id"),
        Index(
            "ix_testimony_sealed",
            "at",
            sqlite_where=text("opened_at IS NULL AND taken_back_at IS NULL"),
            postgresql_where=text("opened_at IS NULL AND taken_back_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    engagement_id: Mapped[int] = _engagement()
    author_id: Mapped[int | None] = _member()
    about_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(2000))
    at: Mapped[Instant]
    # Since both have written; that the fourteen days are over is computed, and written down later.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reply: Mapped[str] = mapped_column(String(1000), default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whom it is about shows it on their page since then.
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def opens_at(self) -> datetime:
        """When it is read at the latest."""
        return self.opened_at or self.at + SEALED

    def is_open(self, now: datetime) -> bool:
        """Whether whom it is about may read it. From then on it stands as it is."""
        return self.opened_at is not None or self.at + SEALED <= now


class Showing(Base):
    """Agreed work on somebody's page, in a wording: there while everybody named in it consents."""

    __tablename__ = "work_showing"
    __table_args__ = (UniqueConstraint("engagement_id", "member_id", name="uq_work_showing"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    engagement_id: Mapped[int] = _engagement()
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    words: Mapped[str] = mapped_column(String(600))
    # Grows with each wording: a consent is to one of them.
    wording: Mapped[int] = mapped_column(default=1)
    at: Mapped[Instant]
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShowingConsent(Base):
    """A counterpart's standing consent to one wording of what somebody shows."""

    __tablename__ = "work_showing_consent"

    showing_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("work_showing.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    wording: Mapped[int]
    at: Mapped[Instant]


class OutsideWork(Base):
    """Work elsewhere that a member counts in their own balance. Nobody else reads it."""

    __tablename__ = "outside_work"
    __table_args__ = (
        CheckConstraint("half_days >= 0", name="time_is_not_negative"),
        CheckConstraint("minor >= 0", name="money_is_not_negative"),
        CheckConstraint("(minor > 0) = (currency != '')", name="money_has_a_currency"),
        CheckConstraint("ends >= starts", name="ends_after_it_starts"),
        UniqueConstraint("member_id", "submission", name="uq_outside_work_submission"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    whom: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    half_days: Mapped[int] = mapped_column(default=0)
    time_period: Mapped[Period] = mapped_column(enum(Period), default=Period.MONTH)
    minor: Mapped[int] = mapped_column(BigId, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="")
    money_period: Mapped[Period] = mapped_column(
        enum(Period, name="money_period"), default=Period.MONTH
    )
    others: Mapped[str] = mapped_column(String(300), default="")
    # What was promised there about working for others.
    promise: Mapped[str] = mapped_column(String(1000), default="")
    starts: Mapped[date | None] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    written_at: Mapped[Instant]
    submission: Mapped[str] = mapped_column(String(40))
