"""What stands on the page of a circle beside what is the circle's own: filled in by the packages
above, which know of sessions and of what was said there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.circles.access import Seen
from network.members.models import Member


@dataclass(frozen=True, slots=True)
class Beside:
    """Templates for whoever is inside, above and below the people, and what they are given."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    load: Callable[[Session, Member, Seen, datetime], Mapping[str, Any]]


def together(*besides: Beside) -> Beside:
    """Return what several packages put beside a circle, in their order."""

    def load(db: Session, member: Member, seen: Seen, now: datetime) -> Mapping[str, Any]:
        return {
            name: value
            for each in besides
            for name, value in each.load(db, member, seen, now).items()
        }

    return Beside(
        above=tuple(template for each in besides for template in each.above),
        below=tuple(template for each in besides for template in each.below),
        load=load,
    )
