"""What people of the invented circles write: messages, notes, decisions, and what they will do."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from network.circles.kinds import DecisionAbout
from network.circles.models import CircleNote
from network.circles.services import deciding, notes
from network.conversations import services as conversations
from network.demo.steps import Step, Telling, tell_of_commitment
from network.learning.kinds import Readers
from network.learning.services import commitments, harvest


def _say(telling: Telling, step: Step) -> None:
    conversations.post(
        telling.db,
        telling.conversation,
        actor=step.actor,
        body=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _note(telling: Telling, step: Step) -> None:
    """Write a note; under a title that there is, write it anew."""
    title, body = step.told["title"], step.told["words"]
    found = select(CircleNote).where(
        CircleNote.circle_id == telling.circle.id, CircleNote.title == title
    )
    note = telling.db.scalar(found)
    if note is None:
        notes.write(
            telling.db,
            telling.circle,
            actor=step.actor,
            title=title,
            body=body,
            submission=step.submission,
            now=step.at,
        )
    else:
        notes.change(
            telling.db,
            note,
            actor=step.actor,
            version=note.version,
            title=title,
            body=body,
            now=step.at,
        )


def _propose(telling: Telling, step: Step) -> None:
    deciding.propose(
        telling.db,
        telling.circle,
        actor=step.actor,
        about=DecisionAbout(step.told.get("about", DecisionAbout.MATTER)),
        title=step.told["title"],
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _consent(telling: Telling, step: Step) -> None:
    decision = telling.decision(step.told["title"])
    deciding.consent(telling.db, decision, actor=step.actor, version=decision.version, now=step.at)


def _concern(telling: Telling, step: Step) -> None:
    decision = telling.decision(step.told["title"])
    deciding.raise_concern(
        telling.db,
        decision,
        actor=step.actor,
        version=decision.version,
        concern=step.told["words"],
        now=step.at,
    )


def _rework(telling: Telling, step: Step) -> None:
    decision = telling.decision(step.told["title"])
    deciding.rework(
        telling.db,
        decision,
        actor=step.actor,
        version=decision.version,
        words=step.told["words"],
        now=step.at,
    )


def _adopt(telling: Telling, step: Step) -> None:
    decision = telling.decision(step.told["title"])
    deciding.adopt(telling.db, decision, actor=step.actor, version=decision.version, now=step.at)


def _commit(telling: Telling, step: Step) -> None:
    commitments.commit_in_circle(
        telling.db,
        telling.circle,
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _tell(telling: Telling, step: Step) -> None:
    tell_of_commitment(telling.db, step)


def _harvest(telling: Telling, step: Step) -> None:
    readers = Readers[step.told.get("readers", "members").upper()]
    entry = harvest.Entry(step.told["words"], readers, named=step.told.get("named", True))
    harvest.write_of_circle(
        telling.db,
        telling.circle,
        entry,
        actor=step.actor,
        submission=step.submission,
        now=step.at,
    )


DOES: dict[str, Callable[[Telling, Step], None]] = {
    "say": _say,
    "note": _note,
    "propose": _propose,
    "consent": _consent,
    "concern": _concern,
    "rework": _rework,
    "adopt": _adopt,
    "commit": _commit,
    "tell": _tell,
    "harvest": _harvest,
}
