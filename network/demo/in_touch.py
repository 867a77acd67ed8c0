"""How the invented people and organisations stay in touch: asked by either, kept by both."""

from __future__ import annotations

from collections.abc import Callable

from network.demo import steps
from network.demo.houses import House
from network.demo.steps import Step
from network.organisations.kinds import Alumni
from network.organisations.services import alumni
from network.organisations.services.alumni_answering import ALUMNI


def say_yes(house: House, step: Step) -> None:
    """Say yes to staying in touch, as whoever was asked."""
    asked = step.told["answers"]
    stays = asked["who"] if asked.get("for_oneself") else asked["whom"]
    relation = house.relation_of(house.people[stays])
    steps.say_yes(house.db, ALUMNI, step, thing_id=relation.id)


def _ask_to_stay_in_touch(house: House, step: Step) -> None:
    """Ask a member for the organisation, or the organisation for oneself."""
    about = {
        "sort": Alumni(step.told["sort"]),
        "words": step.told["words"],
        "submission": step.submission,
        "now": step.at,
    }
    whom = house.people[step.told["whom"]]
    if step.told.get("for_oneself"):
        alumni.ask(house.db, house.organisation, step.actor, **about)
    else:
        alumni.invite(house.db, house.organisation, whom, actor=step.actor, **about)


def _be_shown(house: House, step: Step) -> None:
    relation = house.relation_of(step.actor)
    alumni.show(house.db, house.organisation, relation, actor=step.actor, shown=True, now=step.at)


DOES: dict[str, Callable[[House, Step], None]] = {
    "ask to stay in touch": _ask_to_stay_in_touch,
    "be shown": _be_shown,
}
