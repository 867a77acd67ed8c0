"""What differs between one kind of ask and another; each kind's own package fills one in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.members.models import Member, Participation

COOLING_OFF = timedelta(days=90)


def _to_anybody(
    _db: Session, _asker: Member, _addressee: Member, _participation: Participation
) -> bool:
    """Whoever may know of the addressee may ask them."""
    return True


def _nothing_more(
    _db: Session, _asker: Member, _addressee: Member, _about: Member | None, _now: datetime
) -> None:
    """Hold nothing else back: what guards the thing stands in its services, under its row."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ask: its lifetime, who may send it, what a yes does, and its words in the inbox."""

    name: str
    lifetime: timedelta
    # What a yes does, in the same transaction.
    accepted: Callable[[Session, Ask, datetime], None]
    # What the letter to the addressee says before the words of the ask.
    opening: Callable[[Ask], str]
    # What is said to the one who says yes.
    said_yes: Callable[[Ask], str]
    # The folder of its templates: `_waiting.html`, `_answered.html`, `_sent.html`.
    templates: str
    # Whether the addressee takes this kind from this asker at all.
    open_to: Callable[[Session, Member, Member, Participation], bool] = _to_anybody
    # The kind's own guard: asker, addressee, whom it is about. Raises a refusal.
    guard: Callable[[Session, Member, Member, Member | None, datetime], None] = _nothing_more
    # Whether two who ask each other have both said yes.
    crosses: bool = False
    # Whether the one who is asked may put it off: it is a no, and they alone are shown it again.
    puts_off: bool = False
    # What a no does at once, where something moves on by it (a seat goes to the next in line). Such
    # a no stays. Without it, a no can be taken back until its day.
    declined: Callable[[Session, Ask, datetime], None] | None = None
    # Takes the thing's row before any answer, so that answers and other changes come in turn.
    take: Callable[[Session, Ask], None] | None = None
    # What stands for the words that were read, where these are more than the reason of the ask.
    read: Callable[[Session, Ask], str] | None = None
    # Whether the thing is made, so that a yes stays. Without it, a yes always stays.
    made: Callable[[Session, Ask], bool] | None = None
    # What its templates read of the things that some asks are part of, by the id of the thing.
    load: Callable[[Session, Collection[int]], Mapping[int, Any]] | None = None

    def template(self, part: str) -> str:
        """Return the template that shows an ask of this kind: "waiting", "answered" or "sent"."""
        return f"{self.templates}/_{part}.html"
