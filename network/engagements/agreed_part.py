"""What was agreed in a short form, and the agreements in their order (INV-42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.conversations.models import About
from network.engagements.kinds import Clause
from network.engagements.page import Opened, Part
from network.engagements.queries.work import Agreed
from network.engagements.reading import Passage, passages
from network.engagements.reading_table import reader
from network.members import current

SHORT = (Clause.PURPOSE.value, "times", "cash", "others", "rhythm")


@dataclass(frozen=True, slots=True)
class History:
    """What was agreed, the latest first, and what the first terms began from."""

    agreed: Sequence[Agreed]
    about: About | None
    conversation: str | None


def _short(_db: Session, it: Opened) -> list[Passage]:
    eyes = reader(it.work.seen, current.locale())
    return [each for each in passages(it.work.terms, eyes) if each.name in SHORT]


def _history(_db: Session, it: Opened) -> History:
    return History(list(reversed(it.agreed)), it.beside.about, it.beside.conversation)


AGREED = Part("engagements/_work_agreed.html", _short)
HISTORY = Part("engagements/_work_history.html", _history)
