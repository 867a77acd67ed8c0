"""Tables of accounts, profiles, participation and the edges that visibility reads.

States of a member (see `kinds.State`):
    member --pause--> paused --resume, or `paused_until` passes--> member
    member, paused --leave--> leaving --undo--> member; leaving --14 days--> departed
    member, paused --suspend--> suspended --restore--> member
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.kinds import (
    CameBy,
    Joining,
    MembershipState,
    Part,
    State,
    WhoMayAsk,
    WhoMayWrite,
)


def _member(*, primary_key: bool = False, nullable: bool = False) -> Mapped[int]:
    return mapped_column(
        BigId,
        ForeignKey("member.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=nullable,
    )


class Network(Base):
    """The network itself: one row with what its stewards have set."""

    __tablename__ = "network"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(600), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    joining: Mapped[Joining] = mapped_column(enum(Joining), default=Joining.INVITATION)
    questions: Mapped[str] = mapped_column(String(2000), default="")
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    # Whether one organisation runs it for its own people: a need may then be shown to everybody.
    one_organisation: Mapped[bool] = mapped_column(Boolean, default=False)


class Member(Base):
    """A person with an account. What others may see of them is in `Section`; nothing here is shown
    unasked.
    """

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_joined_at", "joined_at"),)

    id: Mapped[IntPk]
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    pronouns: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    # Grows when a password or address changes: every token made before dies with it.
    credential_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[State] = mapped_column(enum(State), default=State.MEMBER)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    steward: Mapped[bool] = mapped_column(Boolean, default=False)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    theme: Mapped[str] = mapped_column(String(8), default="")
    joined_at: Mapped[Instant]
    invited_by: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    portrait_version: Mapped[int] = mapped_column(default=0)
    # Of the organisations that they speak for here: names and address ends, as shields read them.
    represents: Mapped[str] = mapped_column(String(1000), default="")
    # What shields are compared with: the ends of the address, the words of roles, and those.
    belongs: Mapped[str] = mapped_column(String(2000), default="")

    participation: Mapped[Participation] = relationship(
        back_populates="member", lazy="raise_on_sql", uselist=False
    )


class Section(Base):
    """The present words of one part of a profile.

    `audience` is what the member has set; `shown_to` is the widest audience these very words were
    written for, never wider than the setting. Making the audience narrower narrows both; making it
    wider leaves `shown_to` until the words are written again or the member widens them too.
    """

    __tablename__ = "section"
    __table_args__ = (
        CheckConstraint("shown_to <= audience", name="promise"),
        CheckConstraint("shown_to BETWEEN 1 AND 4 AND audience BETWEEN 1 AND 4", name="levels"),
        CheckConstraint("part != 'contact' OR audience <= 3", name="contact_not_on_the_web"),
        CheckConstraint("length(body) <= 8000", name="body_length"),
    )

    member_id: Mapped[int] = _member(primary_key=True)
    part: Mapped[Part] = mapped_column(enum(Part), primary_key=True)
    body: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[int] = mapped_column(SmallInteger)
    shown_to: Mapped[int] = mapped_column(SmallInteger)
    written_at: Mapped[Instant]
    confirmed_at: Mapped[Instant]


class PastPurpose(Base):
    """A purpose that was, kept with why it changed and the audience it was written for."""

    __tablename__ = "past_purpose"

    id: Mapped[IntPk]
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str] = mapped_column(String(600))
    what_changed: Mapped[str] = mapped_column(String(300), default="")
    shown_to: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[Instant]
    until: Mapped[Instant]


class Participation(Base):
    """How a member takes part: time, kinds of work, who may ask, whether they may be a way to
    others.
    """

    __tablename__ = "participation"
    __table_args__ = (
        CheckConstraint("half_days BETWEEN 0 AND 40", name="half_days_a_month"),
        CheckConstraint("full_half_days BETWEEN 0 AND 62", name="full_half_days_a_month"),
    )

    member_id: Mapped[int] = _member(primary_key=True)
    half_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    # How much work is a full month: theirs alone to read, and 0 until they say.
    full_half_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    from_month: Mapped[str] = mapped_column(String(7), default="")
    when: Mapped[str] = mapped_column("hours", String(120), default="")
    work: Mapped[list[str]] = mapped_column(JSON, default=list)
    pace: Mapped[str] = mapped_column(String(120), default="")
    who_may_connect: Mapped[WhoMayAsk] = mapped_column(enum(WhoMayAsk), default=WhoMayAsk.ANYONE)
    who_may_write: Mapped[WhoMayWrite] = mapped_column(
        enum(WhoMayWrite), default=WhoMayWrite.CONNECTIONS
    )
    who_may_invite: Mapped[WhoMayAsk] = mapped_column(
        enum(WhoMayAsk, name="who_may_invite"), default=WhoMayAsk.ANYONE
    )
    # Who may come with work, of the kinds in `work`.
    who_may_approach: Mapped[WhoMayAsk] = mapped_column(
        enum(WhoMayAsk, name="who_may_approach"), default=WhoMayAsk.ANYONE
    )
    open_to_introductions: Mapped[bool] = mapped_column(Boolean, default=True)
    # Whether their connections may see that they know somebody, and ask to be introduced.
    shown_as_way: Mapped[bool] = mapped_column(Boolean, default=False)
    confirmed_at: Mapped[Instant]

    member: Mapped[Member] = relationship(back_populates="participation", lazy="raise_on_sql")


class Portrait(Base):
    """A member's picture, re-encoded by us; the bytes that were sent are not kept."""

    __tablename__ = "portrait"

    member_id: Mapped[int] = _member(primary_key=True)
    picture: Mapped[bytes] = mapped_column(LargeBinary)


class Connection(Base):
    """A mutual connection: one row for both, so that it cannot hold in one direction only.

    `low_id` < `high_id`; `asker_id` is the one of them who asked, `reason` is why, in the asker's
    words.
    """

    __tablename__ = "connection"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="two_people"),
        CheckConstraint("asker_id IN (low_id, high_id)", name="asker_is_one"),
        Index(
            "uq_connection_live",
            "low_id",
            "high_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_connection_high_id",
            "high_id",
            "low_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    low_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    high_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(2000))
    since: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_LIVE_MEMBERSHIP = "state IN ('invited', 'applied', 'queued', 'member', 'resting')"
_IN_IT = "state IN ('member', 'resting', 'left', 'released', 'removed')"


class Membership(Base):
    """Somebody's place in a circle, or on the way to one. Like a connection it is read by whatever
    asks who shares something; the package of circles owns its moves.

    invited, applied --yes--> member, or queued where the circle is full
    invited, applied --withdraw--> withdrawn; --time--> lapsed (computed from `expires_at`)
    queued --a place comes free, first come first--> member; --withdraw--> withdrawn
    member <--rest, come back--> resting
    member, resting --leave--> left; --release--> released; --remove--> removed
    Coming back is a new row: what was read ends with the old one.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(f"({_IN_IT}) = (since IS NOT NULL)", name="since_when_in"),
        CheckConstraint(f"({_LIVE_MEMBERSHIP}) = (ended_at IS NULL)", name="ended_when_over"),
        CheckConstraint(
            "(state IN ('invited', 'applied')) <= (expires_at IS NOT NULL)", name="asks_expire"
        ),
        CheckConstraint(f"facilitates <= ({_IN_IT})", name="facilitators_are_in_it"),
        Index(
            "uq_membership_live",
            "circle_id",
            "member_id",
            unique=True,
            sqlite_where=text(_LIVE_MEMBERSHIP),
            postgresql_where=text(_LIVE_MEMBERSHIP),
        ),
        Index("ix_membership_member_id", "member_id", "circle_id"),
        Index("ix_membership_circle_id", "circle_id", "state"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    circle_id: Mapped[int] = mapped_column(BigId, ForeignKey("circle.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    state: Mapped[MembershipState] = mapped_column(enum(MembershipState))
    came_by: Mapped[CameBy] = mapped_column(enum(CameBy))
    # Who invited them, or let them in.
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id", ondelete="SET NULL"))
    asked_at: Mapped[Instant]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Their number in line where the circle is full.
    line: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facilitates: Mapped[bool] = mapped_column(Boolean, default=False)
    facilitates_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What they do here, in a few words: keeps us to time, leads for pricing.
    does: Mapped[str] = mapped_column(String(120), default="")
    agreed_version: Mapped[int] = mapped_column(default=0)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    goodbye: Mapped[str] = mapped_column(String(600), default="")

    member: Mapped[Member] = relationship(foreign_keys=member_id, lazy="raise_on_sql")


class Block(Base):
    """One member will have nothing to do with another; it hides both from each other."""

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint("blocker_id != blocked_id", name="two_people"),
        Index("ix_block_blocked_id", "blocked_id", "blocker_id"),
    )

    blocker_id: Mapped[int] = _member(primary_key=True)
    blocked_id: Mapped[int] = _member(primary_key=True)
    at: Mapped[Instant]


class Shield(Base):
    """A member hides entirely from an organisation: by its name, or by the end of its addresses.

    `mark` is what is compared: `@halvorsen.example`, or the folded name.
    """

    __tablename__ = "shield"
    __table_args__ = (UniqueConstraint("member_id", "mark"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(120))
    mark: Mapped[str] = mapped_column(String(120))
    raised_at: Mapped[Instant]


class SignIn(Base):
    """One device signed in. The cookie holds a random token; here is only its digest."""

    __tablename__ = "sign_in"

    id: Mapped[IntPk]
    key: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    device: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[Instant]
    fresh_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class Invitation(Base):
    """A door held open for one address, with a draft profile that only the invited person sees.

    open --join--> used; open --time--> lapsed (computed); open --withdraw--> withdrawn
    """

    __tablename__ = "invitation"

    id: Mapped[IntPk]
    key: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    draft: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    steward: Mapped[bool] = mapped_column(Boolean, default=False)
    invited_by: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Application(Base):
    """Somebody asks to join; stewards read it and answer. A no deletes what was written.

    waiting --welcome--> invited (an invitation is sent); waiting --turn down--> deleted
    """

    __tablename__ = "application"

    id: Mapped[IntPk]
    key: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(600))
    through: Mapped[str] = mapped_column(String(200), default="")
    answers: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    sent_at: Mapped[Instant]
    welcomed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedSearch(Base):
    """A search somebody keeps. Only its owner ever sees it."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("member_id", "terms"),)

    id: Mapped[IntPk]
    key: Mapped[Key]
    member_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    terms: Mapped[str] = mapped_column(String(1000))
    saved_at: Mapped[Instant]
