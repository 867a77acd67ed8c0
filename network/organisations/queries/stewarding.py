"""What of organisations waits for a steward, and which steward may not decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative

ON_ONE_PAGE = 30
_OWN = aliased(Representative, name="own")
_SPEAKING = aliased(Representative, name="speaking")
_SPEAKER = aliased(Member, name="speaker")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something for a steward to decide, and whether this one may not: they have to do with it."""

    organisation: Organisation
    is_own: bool
    place: Representative | None = None
    # Beside the place: a form that was refused undoes what was loaded of it.
    who: Member | None = None


def has_to_do(
    member_id: Any,  # noqa: ANN401  # an id or a column
    organisation_id: Any = Organisation.id,  # noqa: ANN401
) -> ColumnElement[bool]:
    """Hold for organisations that somebody speaks for, spoke for, or is on the way to."""
    return exists().where(
        _OWN.organisation_id == organisation_id,
        _OWN.member_id == member_id,
        or_(_OWN.state != Speaks.ENDED, _OWN.since.is_not(None)),
    )


def is_apart(db: Session, organisation: Organisation, steward: Member) -> bool:
    """Whether a steward may not decide anything about an organisation."""
    found = select(Organisation.id).where(Organisation.id == organisation.id, has_to_do(steward.id))
    return db.scalar(found) is not None


def asking_stewards(db: Session, steward: Member) -> Sequence[Waiting]:
    """Return organisations that ask to be verified, the first to ask first."""
    rows = db.execute(
        select(Organisation, has_to_do(steward.id))
        .where(Organisation.asks_steward_at.is_not(None))
        .order_by(Organisation.asks_steward_at, Organisation.id)
        .limit(ON_ONE_PAGE)
    )
    return [Waiting(organisation, bool(is_own)) for organisation, is_own in rows]


def claims(db: Session, steward: Member, now: datetime) -> Sequence[Waiting]:
    """Return claims to pages for which nobody speaks, the first to come first."""
    rows = db.execute(
        select(Representative, Organisation, has_to_do(steward.id))
        .join(Organisation, Organisation.id == Representative.organisation_id)
        .join(Representative.member)
        .where(unanswered(now))
        .options(contains_eager(Representative.member))
        .order_by(Representative.asked_at, Representative.id)
        .limit(ON_ONE_PAGE)
    )
    return [
        Waiting(organisation, bool(is_own), place, place.member)
        for place, organisation, is_own in rows
    ]


def unanswered(now: datetime) -> ColumnElement[bool]:
    """Hold for claims that nobody but a steward can answer."""
    return and_(
        Representative.state == Speaks.CLAIMED,
        Representative.expires_at > now,
        not_(
            exists().where(
                _SPEAKING.organisation_id == Representative.organisation_id,
                _SPEAKING.state == Speaks.ACTIVE,
                _SPEAKER.id == _SPEAKING.member_id,
                _SPEAKER.state.in_(MAY_COME_IN),
            )
        ),
    )
