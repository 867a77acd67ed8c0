"""The table of letters that went out, so that none goes out twice."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import Base, BigId, Instant


class SentLetter(Base):
    """A letter that went out for an event, or is just going: one a person and event at most.

    Kept before the mail server is spoken to, taken away when the letter certainly did not go. A
    worker killed in between leaves a row and no letter: of two ways to err, silence is the chosen.
    """

    __tablename__ = "sent_letter"

    event_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    # A keyed digest: the address itself stands nowhere in the log.
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[Instant]
