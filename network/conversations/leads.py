"""What can be begun from a conversation that others are in: filled in by the packages above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.conversations.models import Conversation
from network.members.models import Member


@dataclass(frozen=True, slots=True)
class Lead:
    """A template among what one can do from here, and what it is given."""

    template: str
    load: Callable[[Session, Conversation, Member, datetime], Mapping[str, Any]]
