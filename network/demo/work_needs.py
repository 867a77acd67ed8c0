"""What the invented people and their organisations need help with, and who would talk about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations.models import About
from network.demo.steps import Step, in_order, say_yes
from network.demo.talk import People, Told, moment, opened_by, say
from network.members.kinds import Work
from network.organisations.models import NeedShowing, Organisation, WorkNeed
from network.organisations.services import needs, showing, talking


@dataclass(frozen=True, slots=True)
class Needed:
    """A need as it is told of."""

    db: Session
    people: People
    circles: Mapping[str, Circle]
    need: WorkNeed
    now: datetime


def tell_work_needs(
    db: Session,
    people: People,
    told: list[Told],
    now: datetime,
    *,
    circles: Mapping[str, Circle],
    organisations: Mapping[str, Organisation],
) -> dict[str, WorkNeed]:
    """Let people write down what they need, show it, and talk about it; return these by titles."""
    found = {}
    for number, each in enumerate(told):
        label = f"demo-work-need-{number}"
        writer = people[each["who"]]
        need = needs.write_need(
            db,
            writer,
            organisation=organisations.get(each.get("for", "")),
            title=each["title"],
            words=each["words"],
            work=Work(each["work"]),
            readers=needs.Readers(**dict.fromkeys(each["to"], True)),
            submission=label,
            now=moment(each, writer, now),
        )
        needed = Needed(db, people, circles, need, now)
        for step in in_order(each["then"], people, label=label, now=now):
            DOES[step.told["does"]](needed, step)
        found[need.title] = need
    return found


def _show_in(needed: Needed, step: Step) -> None:
    showing.show_in(
        needed.db,
        needed.need,
        needed.circles[step.told["circle"]],
        actor=step.actor,
        words=step.told["words"],
        now=step.at,
    )


def _talk(needed: Needed, step: Step) -> None:
    talking.let_us_talk(
        needed.db,
        needed.need,
        actor=step.actor,
        reason=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _yes(needed: Needed, step: Step) -> None:
    """Say yes to what was asked, in the step that this one answers."""
    answers = step.told["answers"]
    asker = needed.people[answers["who"]]
    if answers["does"] == "talk":
        ask = say_yes(needed.db, talking.LET_US_TALK, step, thing_id=needed.need.id, asker=asker)
        opened = opened_by(needed.db, ask.id, about=About.LET_US_TALK)
        label, now = step.submission, needed.now
        say(needed.db, needed.people, opened, answers["said"], label=label, now=now)
        return
    put = select(NeedShowing).where(
        NeedShowing.need_id == needed.need.id,
        NeedShowing.circle_id == needed.circles[answers["circle"]].id,
    )
    say_yes(needed.db, showing.SHOWING, step, thing_id=needed.db.scalars(put).one().id)


def _close(needed: Needed, step: Step) -> None:
    outcome = step.told["words"]
    needs.close_need(needed.db, needed.need, actor=step.actor, outcome=outcome, now=step.at)


DOES: dict[str, Callable[[Needed, Step], None]] = {
    "show in": _show_in,
    "talk": _talk,
    "yes": _yes,
    "close": _close,
}
