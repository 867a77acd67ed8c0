"""The table of asks.

waiting --accept--> accepted        the kind's own package adds the effect
        --decline-> declined        the asker goes on seeing "waiting", then "lapsed"
        --withdraw> withdrawn       by the asker; also from declined, which looks the same to them
        --block---> closed          silently
        --time----> lapsed          computed from `expires_at`; kept when a new ask needs the place
declined --take back--> waiting     by the one who declined, until it expires
accepted --take back--> waiting     where the kind lets a yes be taken back
accepted --words change--> waiting  a yes was to the words that were read

An ask with a `thing_id` is part of a larger thing: its answer is told to nobody. The thing tells
what came of it, when all have answered or time is up.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, Key, UtcDateTime, enum
from network.members.models import Member


class AskState(StrEnum):
    """Where an ask stands. What its asker is told is `queries.as_asker_sees`."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CLOSED = "closed"


class Ask(Base):
    """One request of one member to another, with the reason in the asker's words."""

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint("asker_id != addressee_id", name="two_people"),
        CheckConstraint("low_id < high_id", name="pair"),
        CheckConstraint(
            "(state IN ('waiting', 'lapsed')) = (ended_at IS NULL)", name="ended_when_over"
        ),
        UniqueConstraint("asker_id", "submission", name="uq_ask_submission"),
        Index(
            "uq_ask_live_pair",
            "kind",
            "low_id",
            "high_id",
            "body_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_ask_low_id", "low_id", "high_id"),
        Index("ix_ask_thing_id", "kind", "thing_id"),
        Index("ix_ask_addressee_id", "addressee_id", "state", "expires_at"),
        Index("ix_ask_asker_id", "asker_id", "sent_at"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(24))
    asker_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    addressee_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    low_id: Mapped[int] = mapped_column(BigId)
    high_id: Mapped[int] = mapped_column(BigId)
    # Whom it is about, where that is a third person, and the row of the larger thing.
    about_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    thing_id: Mapped[int | None] = mapped_column(BigId)
    # The circle or session that asks, or is asked, through one of its people: which of the two, the
    # kind says. 0 where the two speak for themselves alone.
    body_id: Mapped[int] = mapped_column(BigId, default=0)
    reason: Mapped[str] = mapped_column(String(2000))
    submission: Mapped[str] = mapped_column(String(40))
    state: Mapped[AskState] = mapped_column(enum(AskState), default=AskState.WAITING)
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the one who said not now would like to think of it again: theirs alone.
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asker: Mapped[Member] = relationship(foreign_keys=asker_id, lazy="raise_on_sql")
    addressee: Mapped[Member] = relationship(foreign_keys=addressee_id, lazy="raise_on_sql")
    about: Mapped[Member | None] = relationship(foreign_keys=about_id, lazy="raise_on_sql")

    @property
    def mark(self) -> str:
        """Return what stands for these very words in the form that answers them."""
        return hashlib.sha256(self.reason.encode()).hexdigest()[:16]
