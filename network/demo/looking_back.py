"""How the invented people look back on shared work: what stays, what they say, what they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.demo.steps import Step
from network.demo.talk import People
from network.engagements.kinds import LeftFor
from network.engagements.models import Engagement, Showing, Testimony
from network.engagements.services import checking_in, leaving_behind, showing, testimony


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
    "check in": _check_in,
    "leave behind": _leave_behind,
    "testify": _testify,
    "reply": _reply,
    "put on page": _put_on_page,
    "show": _show,
    "consent": _consent,
}
