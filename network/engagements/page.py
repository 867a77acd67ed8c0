"""What stands on the page of agreed work: each part is filled by its own module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.engagements.access import Work
from network.engagements.life import goes_on, is_ending, is_over
from network.engagements.queries.apart import Apart, between
from network.engagements.queries.work import Agreed, Beside, told
from network.members.models import Member


@dataclass(frozen=True, slots=True)
class Opened:
    """Agreed work, opened by one of its parties: what every part of its page reads."""

    work: Work
    member: Member
    now: datetime
    agreed: Sequence[Agreed]
    apart: Apart
    beside: Beside

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return is_over(self.work.engagement, self.now)

    @property
    def goes_on(self) -> bool:
        """Whether people work together now."""
        return goes_on(self.work.engagement, self.now)

    @property
    def is_ending(self) -> bool:
        """Whether it is over, or has two weeks to go."""
        return is_ending(self.work.engagement, self.now)

    def hides(self, author: int | None, at: datetime) -> bool:
        """Whether words that somebody wrote then are not there for the reader."""
        return self.apart.hides(self.member.id, author, at)

    def name(self, author: int | None) -> str:
        """Return the name under which somebody signed, or nothing for whoever is gone."""
        party = None if author is None else self.work.people.get(author)
        return "" if party is None else party.name


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page. Its template reads `opened`, `work`, and `part`: what `load` returned.

    Where `load` returns None there is nothing to show, and nothing is said.
    """

    template: str
    load: Callable[[Session, Opened], Any]


def opened(db: Session, member: Member, work: Work, now: datetime) -> Opened:
    """Return agreed work with what governed it and with who is apart in it."""
    agreed, beside = told(db, work.engagement, member, now)
    return Opened(work, member, now, agreed, between(db, list(work.people)), beside)


def parts(db: Session, it: Opened, *, of: tuple[Part, ...]) -> list[tuple[str, Any]]:
    """Return the templates of the sections in their order, each with what it shows."""
    loaded = [(each.template, each.load(db, it)) for each in of]
    return [(template, part) for template, part in loaded if part is not None]
