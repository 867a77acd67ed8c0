"""The organisations of the invented people: who speaks for them, and who stays in touch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from network.demo import in_touch
from network.demo.houses import House
from network.demo.steps import Step, in_order, say_yes
from network.demo.talk import People, Told, moment
from network.organisations.models import Organisation
from network.organisations.services import answering, founding, inviting, readiness, verifying


def tell_organisations(
    db: Session, people: People, told: list[Told], now: datetime
) -> dict[str, Organisation]:
    """Let people begin the pages of organisations and live in them; return these by their names."""
    found = {}
    for number, each in enumerate(told):
        label = f"demo-organisation-{number}"
        maker = people[each["who"]]
        plan = founding.Plan(
            name=each["name"],
            purpose=each["purpose"],
            about=each["about"],
            place=each["place"],
        )
        at = moment(each, maker, now)
        organisation = founding.begin(db, maker, plan, role=each["role"], submission=label, now=at)
        house = House(db, people, organisation)
        for step in in_order(each["then"], people, label=label, now=now):
            DOES[step.told["does"]](house, step)
        found[organisation.name] = organisation
    return found


def _verify(house: House, step: Step) -> None:
    email = step.actor.email
    verifying.verify_by_address(
        house.db, house.organisation, actor=step.actor, email=email, now=step.at
    )


def _ask_steward(house: House, step: Step) -> None:
    words = step.told["words"]
    verifying.ask_steward(house.db, house.organisation, actor=step.actor, words=words, now=step.at)


def _verify_as_steward(house: House, step: Step) -> None:
    verifying.answer_as_steward(
        house.db,
        house.organisation,
        steward=step.actor,
        yes=True,
        words="",
        read=verifying.stamp_of(house.organisation),
        now=step.at,
    )


def _answer(house: House, step: Step) -> None:
    readiness.write_answers(
        house.db,
        house.organisation,
        actor=step.actor,
        answers=step.told["answers"],
        version=house.organisation.readiness_version,
        now=step.at,
    )


def _invite(house: House, step: Step) -> None:
    inviting.invite(
        house.db,
        house.organisation,
        house.people[step.told["whom"]],
        actor=step.actor,
        words=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _say_role(house: House, step: Step) -> None:
    role = step.told["words"]
    founding.say_role(house.db, house.organisation, actor=step.actor, role=role, now=step.at)


def _yes(house: House, step: Step) -> None:
    """Say yes to what was asked, in the step that this one answers."""
    if step.told["answers"]["does"] == "invite":
        place = house.place_of(step.actor)
        say_yes(house.db, answering.INVITED, step, thing_id=place.id)
    else:
        in_touch.say_yes(house, step)


DOES: dict[str, Callable[[House, Step], None]] = {
    "verify": _verify,
    "ask steward": _ask_steward,
    "verify as steward": _verify_as_steward,
    "answer": _answer,
    "invite": _invite,
    "say role": _say_role,
    "yes": _yes,
    **in_touch.DOES,
}
