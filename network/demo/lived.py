"""How the invented people live what they agreed: they begin, check in, rest, end, and look back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.demo.steps import Step, in_order
from network.demo.talk import People, Told
from network.demo.terms import Table, keys_of, play
from network.engagements.access import engagement_for
from network.engagements.kinds import LeftFor, Period
from network.engagements.models import Engagement, Showing, Testimony, WelcomeItem
from network.engagements.money import read
from network.engagements.services import (
    beginning,
    checking_in,
    leaving_behind,
    living,
    outside_work,
    showing,
    testimony,
    welcoming,
)


@dataclass(frozen=True, slots=True)
class Lived:
    """Agreed work as it is told of."""

    db: Session
    engagement: Engagement
    people: People

    def testimony_by(self, handle: str) -> Testimony:
        """Return what somebody wrote about working together."""
        found = select(Testimony).where(
            Testimony.engagement_id == self.engagement.id,
            Testimony.author_id == self.people[handle].id,
        )
        return self.db.scalars(found).one()

    def showing_of(self, handle: str) -> Showing:
        """Return in which words somebody would show this work."""
        found = select(Showing).where(
            Showing.engagement_id == self.engagement.id,
            Showing.member_id == self.people[handle].id,
        )
        return self.db.scalars(found).one()


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


def tell_outside(db: Session, people: People, told: list[Told], now: datetime) -> None:
    """Let people count work elsewhere in their own balance."""
    for number, each in enumerate(told):
        amount = read(each["amount"], each["currency"]) if each["amount"] else None
        outside_work.write_outside(
            db,
            people[each["who"]],
            outside_work.Outside(
                whom=each["whom"],
                title=each["title"],
                half_days=each["days"] * 2,
                time_period=Period(each["period"]),
                minor=amount.minor if amount else 0,
                currency=amount.currency if amount else "",
                others=each["others"],
                promise=each["promise"],
                starts=_day(each["from_day"], now),
                ends=_day(each["to_day"], now),
            ),
            now=now - timedelta(days=20),
            submission=f"demo-outside-{number}",
        )


def _day(days: int | None, now: datetime) -> date | None:
    return None if days is None else now.date() + timedelta(days=days)


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
        verb(lived.db, lived.engagement, actor=step.actor, now=step.at, **words)

    return move


def _tick(lived: Lived, step: Step) -> None:
    items = select(WelcomeItem).where(WelcomeItem.engagement_id == lived.engagement.id)
    for item in lived.db.scalars(items.order_by(WelcomeItem.id).limit(step.told["how_many"])).all():
        welcoming.tick(
            lived.db, lived.engagement, item.key, actor=step.actor, done=True, now=step.at
        )


def _check_in(lived: Lived, step: Step) -> None:
    answers = checking_in.Answers(
        **{name: step.told[name] for name in ("purpose", "exchange", "change")}
    )
    checking_in.answer(
        lived.db,
        lived.engagement,
        step.told["number"],
        answers,
        actor=step.actor,
        now=step.at,
    )


def _leave_behind(lived: Lived, step: Step) -> None:
    leaving_behind.leave_behind(
        lived.db,
        lived.engagement,
        actor=step.actor,
        sort=LeftFor(step.told["sort"]),
        title=step.told["title"],
        words=step.told["words"],
        now=step.at,
        submission=step.submission,
    )


def _testify(lived: Lived, step: Step) -> None:
    testimony.write(
        lived.db,
        lived.engagement,
        actor=step.actor,
        about=lived.people[step.told["about"]].id,
        words=step.told["words"],
        now=step.at,
    )


def _reply(lived: Lived, step: Step) -> None:
    written = lived.testimony_by(step.told["of"])
    testimony.answer(lived.db, written, actor=step.actor, words=step.told["words"], now=step.at)


def _put_on_page(lived: Lived, step: Step) -> None:
    testimony.show(lived.db, lived.testimony_by(step.told["of"]), actor=step.actor, now=step.at)


def _show(lived: Lived, step: Step) -> None:
    showing.write(
        lived.db, lived.engagement, actor=step.actor, words=step.told["words"], now=step.at
    )


def _consent(lived: Lived, step: Step) -> None:
    shown = lived.showing_of(step.told["of"])
    showing.consent(
        lived.db, shown, lived.engagement, actor=step.actor, wording=shown.wording, now=step.at
    )


DOES: dict[str, Callable[[Lived, Step], None]] = {
    "begin": _moves(living.begin),
    "pause": _moves(living.pause),
    "complete": _moves(living.complete),
    "end": _moves(living.end),
    "cancel": _moves(living.cancel),
    "tick": _tick,
    "check in": _check_in,
    "leave behind": _leave_behind,
    "testify": _testify,
    "reply": _reply,
    "put on page": _put_on_page,
    "show": _show,
    "consent": _consent,
}
