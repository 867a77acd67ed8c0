"""The circles of the invented people: how each began, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.beginnings import BEGINNINGS, first_agreements
from network.circles.kinds import Door, Form
from network.circles.models import Circle
from network.circles.services import founding
from network.conversations.models import About, Conversation
from network.demo import circle_people, circle_words
from network.demo.steps import Telling, in_order
from network.demo.talk import People, Told, moment, read_all, read_told

DOES = {**circle_people.DOES, **circle_words.DOES}


def tell_circles(db: Session, people: People, now: datetime) -> dict[str, Circle]:
    """Let people begin their circles and live in them; return these by their names."""
    circles = {}
    for number, told in enumerate(read_told("circles.json")["circles"]):
        label = f"demo-circle-{number}"
        telling = _begin(db, people, told, label=label, now=now)
        for step in in_order(told["then"], people, label=label, now=now):
            DOES[step.told["does"]](telling, step)
        read_all(db, telling.conversation)
        circles[telling.circle.name] = telling.circle
    return circles


def _begin(db: Session, people: People, told: Told, *, label: str, now: datetime) -> Telling:
    founder, form = people[told["who"]], Form(told["form"])
    plan = founding.Plan(
        name=told["name"],
        purpose=told["purpose"],
        about=told["about"],
        rhythm=told["rhythm"],
        door=Door(told["door"]),
        most=told.get("most", BEGINNINGS[form].usual),
        open_to_work=told.get("open_to_work", False),
    )
    agreements = "\n".join((first_agreements(form), *told.get("agreements", ())))
    at = moment(told, founder, now)
    circle = founding.found(
        db, founder, form, plan, agreements=agreements, submission=label, now=at
    )
    begun = select(Conversation).where(
        Conversation.about == About.CIRCLE, Conversation.thing_id == circle.id
    )
    return Telling(db, people, circle, db.scalars(begun).one())
