"""What differs between one kind of ask and another; each kind's own package fills one in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.members.models import Member, Participation

COOLING_OFF = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ask: its lifetime, who may send it, what a yes does, and its words in the inbox."""

    name: str
    lifetime: timedelta
    # Whether the addressee takes this kind from this asker at all.
    open_to: Callable[[Session, Member, Member, Participation], bool]
    # The kind's own guard: raises a refusal.
    guard: Callable[[Session, Member, Member], None]
    # What a yes does, in the same transaction.
    accepted: Callable[[Session, Ask, datetime], None]
    template: str
