"""What a yes to staying in touch does: of those who speak for an organisation, or of a member.

Each ask is part of an `AlumniRelation` that is asked; one yes of the other side is the yes. A no is
told to nobody: the relation looks asked until its day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.services.guards import takes_invitations
from network.errors import Conflict
from network.members.models import Member
from network.organisations.kinds import AskOf, RelationState, Speaks
from network.organisations.models import AlumniRelation, Organisation, Representative
from network.organisations.services.turns import log, take
from network.organisations.sorts import SORTS
from network.translation import _

OPEN_FOR = timedelta(days=30)
# To whoever asked, these are open.
OPEN = (AskState.WAITING, AskState.DECLINED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the templates of these asks read: the organisation, and what is asked."""

    organisation: Organisation
    relation: AlumniRelation

    @property
    def of_member(self) -> bool:
        """Whether the member asked, and not the organisation."""
        return self.relation.asker_id == self.relation.member_id

    @property
    def sort(self) -> str:
        """Return what they are to one another, in words."""
        return SORTS[self.relation.sort]


def keep(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    actor: Member,
    now: datetime,
) -> None:
    """Let the two stay in touch from now on. The row of the organisation is taken before."""
    relation.state, relation.since = RelationState.KEPT, now
    close_asks(db, relation, actor=actor, now=now)
    told = ("mail",)
    log_of(db, organisation, relation, "organisations:alumni:kept", actor=actor, now=now, to=told)


def close_asks(db: Session, relation: AlumniRelation, *, actor: Member, now: datetime) -> None:
    """Close what is still open of an ask to stay in touch."""
    asks.close(db, and_(part_of(relation), Ask.state.in_(OPEN)), actor=actor, now=now)


def part_of(relation: AlumniRelation) -> ColumnElement[bool]:
    """Hold for the asks of a relation."""
    return and_(Ask.thing_id == relation.id, Ask.kind == ALUMNI.name)


def is_answerable(db: Session, relation: AlumniRelation) -> bool:
    """Whether what is asked may still be answered: no block has closed it."""
    found = select(Ask.id).where(part_of(relation), Ask.state.in_(OPEN))
    return db.scalar(found.limit(1)) is not None


def look_again(db: Session, relation: AlumniRelation) -> None:
    """See a relation as it stands once the row of its organisation is taken."""
    db.refresh(relation, [column.key for column in AlumniRelation.__mapper__.column_attrs])


def log_of(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    kind: str,
    *,
    actor: Member,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what became of a relation."""
    data |= {"member": relation.member_id, "relation": relation.id}
    log(db, organisation, kind, actor=actor.id, now=now, to=to, **data)


def asked(db: Session, ids: Collection[int]) -> Mapping[int, Asked]:
    """Return what templates read of relations, by their row."""
    rows = db.execute(
        select(AlumniRelation, Organisation)
        .join(Organisation, Organisation.id == AlumniRelation.organisation_id)
        .where(AlumniRelation.id.in_(ids))
    )
    return {relation.id: Asked(organisation, relation) for relation, organisation in rows}


def _both(db: Session, ask: Ask) -> tuple[AlumniRelation, Organisation]:
    relation = db.get_one(AlumniRelation, ask.thing_id)
    return relation, db.get_one(Organisation, relation.organisation_id)


def _take(db: Session, ask: Ask) -> None:
    relation, organisation = _both(db, ask)
    take(db, organisation)
    look_again(db, relation)


def _said_yes(db: Session, ask: Ask, now: datetime) -> None:
    """Let the two stay in touch, while whoever speaks for the organisation in this ask does."""
    relation, organisation = _both(db, ask)
    speaking = ask.addressee_id if ask.asker_id == relation.member_id else ask.asker_id
    if relation.state is not RelationState.ASKED or not _speaks(db, organisation, speaking):
        raise Conflict
    actor = db.get_one(Member, ask.addressee_id)
    keep(db, organisation, relation, actor=actor, now=now)


def _speaks(db: Session, organisation: Organisation, member_id: int) -> bool:
    return bool(
        db.scalar(
            select(
                exists().where(
                    Representative.organisation_id == organisation.id,
                    Representative.member_id == member_id,
                    Representative.state == Speaks.ACTIVE,
                )
            )
        )
    )


def _opening(ask: Ask) -> str:
    return str(
        _(
            "%(name)s writes about an organisation and you: whether you would stay in touch.",
            name=ask.asker.name,
        )
    )


def _yes(_ask: Ask) -> str:
    return str(_("You said yes. You stay in touch from now on, until either side ends it."))


ALUMNI = Kind(
    name=AskOf.ALUMNI.value,
    lifetime=OPEN_FOR,
    open_to=takes_invitations,
    accepted=_said_yes,
    opening=_opening,
    said_yes=_yes,
    templates="organisations/alumni",
    take=_take,
    load=asked,
)
