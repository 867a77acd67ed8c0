"""What a conversation wears when it is about something: filled in by the package of that thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.conversations.models import About, Conversation
from network.members.models import Member


@dataclass(frozen=True, slots=True)
class Dress:
    """Two templates on the page of a conversation, and what they are given as `thing`.

    `head` stands below the names, in the text of the page's head; `foot` is a section of its own
    below the form. Either may be "" for nothing.
    """

    about: About
    head: str
    foot: str
    load: Callable[[Session, Conversation, Member, datetime], Mapping[str, Any]]
