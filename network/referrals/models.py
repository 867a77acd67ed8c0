"""Tables of referrals.

A referral: asked --the member says yes--> agreed --the holder of the need says yes--> made
    asked, agreed --the referrer--> withdrawn; what is made and not told can be taken back too, and
        only looks so (`taken_back_at`)
    agreed --the member steps back--> stopped
    asked, agreed --a block, a right that ended, a need that closed--> stopped; looks open until its
        day
    asked, agreed --time--> not made, computed from `expires_at`
A letter to somebody outside: sent --yes--> answered (they are invited, and their yes is kept until
    they join); --no--> refused, and no letter of any referral goes to that address again
    sent --time--> lapsed, computed; its address is forgotten
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.models import Member
from network.organisations.models import Approach, WorkNeed
from network.referrals.kinds import Interest, ReferralState, Tells


class Referral(Base):
    """Somebody recommends a member for a need, or passes an approach on to one better placed."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("referrer_id != holder_id", name="not_to_oneself"),
        CheckConstraint("member_id != referrer_id AND member_id != holder_id", name="third_person"),
        CheckConstraint("(need_id IS NULL) != (approach_id IS NULL)", name="about_one"),
        CheckConstraint(
            "(state IN ('asked', 'agreed')) = (ended_at IS NULL)", name="ended_when_over"
        ),
        CheckConstraint("(state = 'asked') <= (agreed_at IS NULL)", name="agreed_later"),
        CheckConstraint(
            "(state = 'withdrawn') <= (taken_back_at IS NOT NULL)", name="taken_back_when_withdrawn"
        ),
        CheckConstraint(
            "member_id IS NOT NULL OR state NOT IN ('agreed', 'made')", name="agreed_by_a_member"
        ),
        UniqueConstraint("referrer_id", "submission", name="uq_referral_submission"),
        Index("ix_referral_referrer_id", "referrer_id", "sent_at"),
        Index("ix_referral_member_id", "member_id"),
        Index("ix_referral_holder_id", "holder_id"),
        Index("ix_referral_need_id", "need_id"),
        Index("ix_referral_approach_id", "approach_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    referrer_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    # Nobody yet, while somebody outside has not joined.
    member_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="CASCADE")
    )
    # Who wrote the need or the approach.
    holder_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    need_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("work_need.id", ondelete="CASCADE")
    )
    approach_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("approach.id", ondelete="CASCADE")
    )
    # The referral by which it came to the referrer.
    came_by_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("referral.id", ondelete="SET NULL")
    )
    words: Mapped[str] = mapped_column(String(2000))
    interest: Mapped[Interest] = mapped_column(enum(Interest))
    interest_words: Mapped[str] = mapped_column(String(300), default="")
    tells: Mapped[Tells] = mapped_column(enum(Tells), default=Tells.NOTHING)
    state: Mapped[ReferralState] = mapped_column(enum(ReferralState), default=ReferralState.ASKED)
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the referrer took it back, whatever had quietly become of it.
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the two of them say to whoever brought them together.
    thanks_of_member: Mapped[str] = mapped_column(String(600), default="")
    thanks_of_holder: Mapped[str] = mapped_column(String(600), default="")
    submission: Mapped[str] = mapped_column(String(40))

    referrer: Mapped[Member] = relationship(foreign_keys=referrer_id, lazy="raise_on_sql")
    member: Mapped[Member | None] = relationship(foreign_keys=member_id, lazy="raise_on_sql")
    holder: Mapped[Member] = relationship(foreign_keys=holder_id, lazy="raise_on_sql")
    need: Mapped[WorkNeed | None] = relationship(lazy="raise_on_sql")
    approach: Mapped[Approach | None] = relationship(lazy="raise_on_sql")


class OutsideLetter(Base):
    """The one letter by which somebody outside is asked. Its address is forgotten when it ends."""

    __tablename__ = "outside_letter"
    __table_args__ = (
        CheckConstraint("refused_at IS NULL OR email = ''", name="forgotten_after_a_no"),
        CheckConstraint("answered_at IS NULL OR refused_at IS NULL", name="one_answer"),
    )

    referral_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    # What stands for the address afterwards (`mail.digest`): who said no is never written to again.
    digest: Mapped[str] = mapped_column(String(32), index=True)
    # The invitation that a yes led to, by which they join.
    invitation_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("invitation.id", ondelete="SET NULL"), index=True
    )
    sent_at: Mapped[Instant]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
