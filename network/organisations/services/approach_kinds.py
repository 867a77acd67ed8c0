"""The asks that put an approach before a member, or before each of a team."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network.asks.kinds import Kind
from network.asks.models import Ask
from network.organisations.kinds import ApproachState, AskOf
from network.organisations.models import Approach
from network.organisations.queries.approaches import OPEN_FOR, approaches_of
from network.organisations.services.approach_turns import take
from network.organisations.services.opening import said_yes
from network.organisations.services.opening_team import one_of_us_said_yes
from network.translation import _


def _take(db: Session, ask: Ask) -> None:
    take(db, db.get_one(Approach, ask.thing_id))


def _is_open(db: Session, ask: Ask) -> bool:
    """Whether a team has opened what was written to it; until then a yes may be taken back."""
    return db.get_one(Approach, ask.thing_id).state is not ApproachState.SENT


def _opening(ask: Ask) -> str:
    return str(_("%(name)s would like to talk with you about work, and writes:", name=_who(ask)))


def _opening_to_team(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to talk with your team about work, and writes:",
            name=_who(ask),
        )
    )


def _who(ask: Ask) -> str:
    return ask.asker.name


def _answered(ask: Ask) -> str:
    return str(_("You said yes. A conversation with %(name)s is open.", name=_who(ask)))


def _answered_for_team(ask: Ask) -> str:
    return str(
        _(
            "You said yes. A conversation with %(name)s opens as your team has agreed.",
            name=_who(ask),
        )
    )


APPROACH = Kind(
    name=AskOf.APPROACH.value,
    lifetime=OPEN_FOR,
    accepted=said_yes,
    opening=_opening,
    said_yes=_answered,
    templates="organisations/approach",
    take=_take,
    load=approaches_of,
    puts_off=True,
)
TEAM_APPROACH = Kind(
    name=AskOf.TEAM_APPROACH.value,
    lifetime=OPEN_FOR,
    accepted=one_of_us_said_yes,
    opening=_opening_to_team,
    said_yes=_answered_for_team,
    templates="organisations/approach",
    take=_take,
    made=_is_open,
    load=approaches_of,
    puts_off=True,
)
