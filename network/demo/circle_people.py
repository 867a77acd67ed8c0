"""What people of the invented circles do: come in, take part, rest, leave, and let it live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.circles.services import agreeing, answering, coming, facilitating, living, staying
from network.demo.steps import Step, Telling

KINDS = {
    "invite": answering.INVITATION,
    "apply": answering.APPLICATION,
    "ask to facilitate": facilitating.TURN,
}


# Coming in


def _invite(telling: Telling, step: Step) -> None:
    coming.invite(
        telling.db,
        telling.circle,
        telling.people[step.told["whom"]],
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _apply(telling: Telling, step: Step) -> None:
    coming.apply(
        telling.db,
        telling.circle,
        step.actor,
        words=step.told["words"],
        agreed=telling.circle.agreements_version,
        submission=step.submission,
        now=step.at,
    )


def _join(telling: Telling, step: Step) -> None:
    circle = telling.circle
    agreed = circle.agreements_version
    coming.join(telling.db, circle, step.actor, agreed=agreed, now=step.at)


def _yes(telling: Telling, step: Step) -> None:
    """Say yes to what was asked, in the step that this one answers."""
    answers = step.told["answers"]
    kind = KINDS[answers["does"]]
    ask = telling.db.scalars(
        select(Ask).where(
            Ask.kind == kind.name,
            Ask.body_id == telling.circle.id,
            Ask.asker_id == telling.people[answers["who"]].id,
            Ask.addressee_id == step.actor.id,
            Ask.state == AskState.WAITING,
        )
    ).one()
    read = kind.read(telling.db, ask) if kind.read else ask.mark
    asks.accept(telling.db, ask, kind, actor=step.actor, now=step.at, read=read)


# Being there


def _does(telling: Telling, step: Step) -> None:
    place, does = telling.place_of(step.actor), step.told["words"]
    staying.say_what_one_does(telling.db, telling.circle, place, does=does, now=step.at)


def _rest(telling: Telling, step: Step) -> None:
    until = step.at + timedelta(days=step.told["for_days"])
    place = telling.place_of(step.actor)
    staying.rest(telling.db, telling.circle, place, until=until, now=step.at)


def _leave(telling: Telling, step: Step) -> None:
    place, goodbye = telling.place_of(step.actor), step.told["words"]
    staying.leave(telling.db, telling.circle, place, goodbye=goodbye, now=step.at)


def _ask_to_facilitate(telling: Telling, step: Step) -> None:
    facilitating.ask_to_facilitate(
        telling.db,
        telling.circle,
        telling.place_of(telling.people[step.told["whom"]]),
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _step_down(telling: Telling, step: Step) -> None:
    staying.step_down(telling.db, telling.circle, telling.place_of(step.actor), now=step.at)


def _agree(telling: Telling, step: Step) -> None:
    place, version = telling.place_of(step.actor), telling.circle.agreements_version
    agreeing.agree(telling.db, place, version=version, now=step.at)


# Its life


def _run(telling: Telling, step: Step) -> None:
    living.begin(telling.db, telling.circle, actor=step.actor, now=step.at)


def _put_to_rest(telling: Telling, step: Step) -> None:
    living.put_to_rest(telling.db, telling.circle, actor=step.actor, now=step.at)


def _close(telling: Telling, step: Step) -> None:
    living.close(telling.db, telling.circle, actor=step.actor, now=step.at)


def _archive(telling: Telling, step: Step) -> None:
    living.archive(telling.db, telling.circle, actor=step.actor, now=step.at)


DOES: dict[str, Callable[[Telling, Step], None]] = {
    "invite": _invite,
    "apply": _apply,
    "join": _join,
    "yes": _yes,
    "do": _does,
    "rest": _rest,
    "leave": _leave,
    "ask to facilitate": _ask_to_facilitate,
    "step down": _step_down,
    "agree": _agree,
    "begin": _run,
    "put to rest": _put_to_rest,
    "close": _close,
    "archive": _archive,
}
