"""The log of what happened and the deliveries that it owes. Rows of the log are never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network.columns import Base, BigId, Instant, IntPk, UtcDateTime


class Event(Base):
    """One thing that happened: kind (`package:thing:happened`), who did it, to what, when, and the
    data.

    Database triggers refuse updates and deletes.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_kind", "subject_id", "id"),
        Index("ix_event_actor_id", "actor_id", "id"),
    )

    id: Mapped[IntPk]
    kind: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[Instant]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Delivery(Base):
    """One errand that an event gives the worker: a channel to tell, once the transaction is
    through.

    due --claim--> leased --done--> deleted
                   leased --lease runs out--> due again (at least once)
                   leased --failure--> due later, `attempts` grows; after the last one it stays
                   for `doctor`
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "channel", "due_at", postgresql_where=text("gave_up_at IS NULL")),
    )

    id: Mapped[IntPk]
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("event.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(300), default="")
    # What the errand needs and the log must not keep (an address, a sentence): gone with it.
    carried: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    event: Mapped[Event] = relationship(lazy="raise")
