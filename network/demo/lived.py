"""How the invented people live what they agreed: they begin, check in, rest, end, and look back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.demo import looking_back
from network.demo.looking_back import Lived
from network.demo.steps import Step, in_order
from network.demo.talk import People, Told
from network.demo.terms import keys_of, play
from network.demo.terms_words import Table
from network.engagements.access import engagement_for
from network.engagements.models import Engagement, WelcomeItem
from network.engagements.services import beginning, living, welcoming


def tell_lived(
    db: Session, people: People, told: list[Told], tables: list[Table], now: datetime
) -> None:
    """Let people live what they agreed, and change it."""
    for number, (each, table) in enumerate(zip(told, tables, strict=True)):
        if "life" not in each:
            continue
        engagement = db.get_one(Engagement, table.negotiation.engagement_id)
        lived, label = Lived(db, engagement, people), f"demo-life-{number}"
        for step in in_order(each["life"], people, label=label, now=now):
            DOES[step.told["does"]](lived, step)
        if "amended" in each:
            _amend(lived, table, each["amended"], label=f"{label}-amended", now=now)


def _amend(lived: Lived, table: Table, told: Told, *, label: str, now: datetime) -> None:
    [begun] = in_order([{"does": "amend", **told}], lived.people, label=label, now=now)
    work = engagement_for(lived.db, begun.actor, lived.engagement.key, now=begun.at)
    negotiation = beginning.amend(
        lived.db, work, actor=begun.actor, now=begun.at, submission=begun.submission
    )
    keys = keys_of(lived.db, lived.people, negotiation)
    changed = Table(lived.db, negotiation, keys, table.today, dict(table.told))
    play(changed, told["then"], lived.people, label=label, now=now)


def _moves(verb: Callable[..., object]) -> Callable[[Lived, Step], None]:
    """Return a step that moves the work on, with words where they are told."""

    def move(lived: Lived, step: Step) -> None:
        words: Mapping[str, Any] = {k: step.told[k] for k in ("words",) if k in step.told}
        if step.told["does"] == "pause":
            words = {**words, "submission": step.submission}
        if step.told["does"] == "resume":
            words = {**words, "since": living.mark_of_rest(lived.engagement)}
        verb(lived.db, lived.engagement, actor=step.actor, now=step.at, **words)

    return move


def _tick(lived: Lived, step: Step) -> None:
    items = select(WelcomeItem).where(WelcomeItem.engagement_id == lived.engagement.id)
    for item in lived.db.scalars(items.order_by(WelcomeItem.id).limit(step.told["how_many"])).all():
        welcoming.tick(
            lived.db, lived.engagement, item.key, actor=step.actor, done=True, now=step.at
        )


DOES: dict[str, Callable[[Lived, Step], None]] = {
    "begin": _moves(living.begin),
    "pause": _moves(living.pause),
    "resume": _moves(living.resume),
    "complete": _moves(living.complete),
    "end": _moves(living.end),
    "cancel": _moves(living.cancel),
    "tick": _tick,
    **looking_back.DOES,
}
