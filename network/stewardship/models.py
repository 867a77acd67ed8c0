"""The table of reports: a message that somebody could read, and what is wrong with it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import Base, BigId, Instant, IntPk, Key


class Report(Base):
    """One message, reported by somebody who could read it, with its words as they stood then."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("length(quoted) <= 8000", name="quoted_length"),
        UniqueConstraint("reporter_id", "message_id"),
        Index("ix_report_author_id", "author_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[Key]
    reporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("member.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("message.id", ondelete="SET NULL")
    )
    author_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("member.id", ondelete="SET NULL")
    )
    quoted: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(String(2000))
    at: Mapped[Instant]
