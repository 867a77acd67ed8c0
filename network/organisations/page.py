"""What stands on the page of an organisation: each part is filled by its own module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.members.models import Member
from network.organisations.access import Seen


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page. Its template reads `seen`, and `part`: what `load` returned.

    Where `load` returns None there is nothing to show, and nothing is said.
    """

    template: str
    load: Callable[[Session, Seen, Member | None, datetime], Any]


def parts(
    db: Session, seen: Seen, member: Member | None, now: datetime, *, of: tuple[Part, ...]
) -> list[tuple[str, Any]]:
    """Return the templates of the sections in their order, each with what it shows."""
    loaded = [(each.template, each.load(db, seen, member, now)) for each in of]
    return [(template, part) for template, part in loaded if part is not None]
