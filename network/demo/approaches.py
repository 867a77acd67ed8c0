"""What is written to the invented people and their teams, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations.models import About
from network.demo.steps import Step, in_order, say_yes
from network.demo.talk import People, Told, moment, opened_by, say
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.models import Approach, Organisation
from network.organisations.services import approaching, ending_approaches
from network.organisations.services.approach_kinds import APPROACH, TEAM_APPROACH


@dataclass(frozen=True, slots=True)
class Written:
    """An approach as it is told of."""

    db: Session
    approach: Approach


def tell_approaches(
    db: Session,
    people: People,
    told: list[Told],
    now: datetime,
    *,
    circles: Mapping[str, Circle],
    organisations: Mapping[str, Organisation],
) -> dict[str, Approach]:
    """Let people write to people and teams; return the first that each was written, by whom."""
    found: dict[str, Approach] = {}
    for number, each in enumerate(told):
        label, whom = f"demo-approach-{number}", each.get("whom") or each["team"]
        writer = people[each["who"]]
        to: Member | Circle = people[whom] if "whom" in each else circles[whom]
        approach = approaching.send(
            db,
            _letter(each),
            writer=writer,
            organisation=organisations.get(each.get("for", "")),
            to=to,
            submission=label,
            now=moment(each, writer, now),
        )
        found.setdefault(whom, approach)
        written = Written(db, approach)
        for step in in_order(each["then"], people, label=label, now=now):
            DOES[step.told["does"]](written, step)
        if "said" in each:
            opened = opened_by(db, approach.id, about=About.APPROACH)
            say(db, people, opened, each["said"], label=label, now=now)
    return found


def _letter(told: Told) -> approaching.Letter:
    words = {key: told[key] for key in ("need", "fits", "time", "value", "begins", "next")}
    return approaching.Letter(work=Work(told["work"]), **words)


def _agree(written: Written, step: Step) -> None:
    kind = APPROACH if written.approach.circle_id is None else TEAM_APPROACH
    say_yes(written.db, kind, step, thing_id=written.approach.id)


def _tell_no(written: Written, step: Step) -> None:
    words = step.told["words"]
    ending_approaches.tell_no(
        written.db, written.approach, actor=step.actor, words=words, now=step.at
    )


def _take_back(written: Written, step: Step) -> None:
    ending_approaches.withdraw(written.db, written.approach, actor=step.actor, now=step.at)


DOES: dict[str, Callable[[Written, Step], None]] = {
    "agree": _agree,
    "tell no": _tell_no,
    "take back": _take_back,
}
