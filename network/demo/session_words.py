"""What is said at the sessions of the demo: questions, what was learned, what people will do."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from network.conversations import services as conversations
from network.conversations.models import About, Conversation
from network.demo.steps import Meeting, Step, tell_of_commitment
from network.learning.kinds import Readers
from network.learning.models import HarvestEntry, Round
from network.learning.services import commitments, harvest, rounds


def _say(meeting: Meeting, step: Step) -> None:
    """Say something to the others who come, once a host has written to them."""
    opened = select(Conversation).where(
        Conversation.about == About.SESSION, Conversation.thing_id == meeting.session.id
    )
    conversations.post(
        meeting.db,
        meeting.db.scalars(opened).one(),
        actor=step.actor,
        body=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _plan(meeting: Meeting, step: Step) -> None:
    rounds.plan_round(
        meeting.db,
        meeting.session,
        actor=step.actor,
        presenter=meeting.people[step.told["whom"]],
        minutes=step.told["minutes"],
        brings=step.told["words"],
        now=step.at,
    )


def _begin_round(meeting: Meeting, step: Step) -> None:
    rounds.begin_round(
        meeting.db, _round(meeting, step), meeting.session, actor=step.actor, now=step.at
    )


def _end_round(meeting: Meeting, step: Step) -> None:
    rounds.end_round(
        meeting.db, _round(meeting, step), meeting.session, actor=step.actor, now=step.at
    )


def _ask(meeting: Meeting, step: Step) -> None:
    rounds.ask_in_round(
        meeting.db,
        meeting.session,
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _commit(meeting: Meeting, step: Step) -> None:
    commitments.commit_at_session(
        meeting.db,
        meeting.session,
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _tell(meeting: Meeting, step: Step) -> None:
    tell_of_commitment(meeting.db, step)


def _harvest(meeting: Meeting, step: Step) -> None:
    """Write down what was learned: by oneself, or as a host for somebody who is asked then."""
    readers = Readers[step.told.get("readers", "members").upper()]
    whom = step.told.get("whom")
    harvest.write_at_session(
        meeting.db,
        meeting.session,
        harvest.Entry(step.told["words"], readers, named=step.told.get("named", True)),
        actor=step.actor,
        author=None if whom is None else meeting.people[whom],
        submission=step.submission,
        now=step.at,
    )


def _yes(meeting: Meeting, step: Step) -> None:
    """Say yes to words about one's own learning, in the step that this one answers."""
    entry = meeting.db.scalars(
        select(HarvestEntry).where(
            HarvestEntry.session_id == meeting.session.id,
            HarvestEntry.words == step.told["answers"]["words"],
        )
    ).one()
    readers, named = Readers(entry.readers), entry.named
    harvest.agree(meeting.db, entry, actor=step.actor, readers=readers, named=named, now=step.at)


def _close(meeting: Meeting, step: Step) -> None:
    harvest.close_harvest(meeting.db, meeting.session, actor=step.actor, now=step.at)


def _round(meeting: Meeting, step: Step) -> Round:
    found = select(Round).where(
        Round.session_id == meeting.session.id, Round.position == step.told["round"]
    )
    return meeting.db.scalars(found).one()


DOES: dict[str, Callable[[Meeting, Step], None]] = {
    "say": _say,
    "plan": _plan,
    "begin round": _begin_round,
    "end round": _end_round,
    "ask": _ask,
    "commit": _commit,
    "tell": _tell,
    "harvest": _harvest,
    "yes": _yes,
    "close harvest": _close,
}
