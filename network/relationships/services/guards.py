"""Who may be introduced, and who may be asked to carry words to somebody.

Each guard reads what the one who asks knows already, so that a refusal tells nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network.errors import Conflict, NotAllowed, NotFound
from network.members.models import Member, Participation
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.connections import live_connection
from network.relationships.queries.introductions import is_way
from network.translation import _

# Until its day, whatever became of it: taking one back does not make room for the next.
_UNMADE = (IntroductionState.OPEN, IntroductionState.STOPPED, IntroductionState.WITHDRAWN)


def takes_introductions(
    _db: Session, _introducer: Member, _addressee: Member, participation: Participation
) -> bool:
    return participation.open_to_introductions


def connected_and_free(
    db: Session, introducer: Member, addressee: Member, _about: Member | None, now: datetime
) -> None:
    """Let only connections be introduced, and each in one introduction at a time between the two.

    Reads what the introducer knows and nothing of the answers.
    """
    if live_connection(db, introducer.id, addressee.id) is None:
        raise NotAllowed(_("You can introduce people whom you are connected with."))
    if _open_between(db, introducer.id, addressee.id, _UNMADE, now):
        raise Conflict(
            _(
                "One introduction at a time: what you sent %(name)s before has not had its day.",
                name=addressee.name,
            )
        )
    # What the other one sent is in their way until its day, whatever became of it, and the refusal
    # is as any other: it may be about somebody who is not here for this introducer.
    if _open_between(db, addressee.id, introducer.id, _UNMADE, now):
        raise NotAllowed(_("%(name)s is not open to this just now.", name=addressee.name))


def _open_between(
    db: Session,
    introducer_id: int,
    party_id: int,
    states: Collection[IntroductionState],
    now: datetime,
) -> bool:
    found = select(Introduction.id).where(
        Introduction.introducer_id == introducer_id,
        or_(Introduction.low_id == party_id, Introduction.high_id == party_id),
        Introduction.state.in_(states),
        Introduction.expires_at > now,
    )
    return db.scalar(found.limit(1)) is not None


def takes_any(
    _db: Session, _asker: Member, _addressee: Member, _participation: Participation
) -> bool:
    return True


def knows_the_way(
    db: Session, asker: Member, connector: Member, target: Member | None, now: datetime
) -> None:
    """Let a connector be asked only where the network shows them as a way: else it tells."""
    if target is None:
        raise NotFound
    if live_connection(db, asker.id, target.id) is not None:
        raise Conflict(_("You are connected with %(name)s already.", name=target.name))
    if not is_way(db, asker, connector, target, now):
        raise NotAllowed(
            _("%(name)s cannot be asked for this here. You can write to them.", name=connector.name)
        )
