"""Finding organisations: those that are verified, and those that the viewer speaks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from network.members.visibility import BOUND, Viewer
from network.organisations.documents import words_of
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.visibility import page_known, speaks_for
from network.search.finding import PLAIN_MOST, Found, literal
from network.search.query import Query
from network.search.things import Thing, number_of, rows_of

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_COMES_UPON = or_(Organisation.verified_by.is_not(None), speaks_for(BOUND, Organisation.id))
_LOAD = (
    select(Organisation)
    .where(Organisation.id.in_(_IDS), page_known(BOUND), _COMES_UPON)
    .order_by(Organisation.id)
)
_INSIDE = (
    select(Representative.organisation_id)
    .where(Representative.member_id == BOUND.member_id, Representative.state == Speaks.ACTIVE)
    .order_by(Representative.organisation_id)
)
_PLAIN = (
    select(Organisation.id)
    .where(page_known(BOUND), _COMES_UPON)
    .order_by(Organisation.id.desc())
    .limit(PLAIN_MOST)
)


@dataclass(frozen=True, slots=True)
class Organisations:
    """The organisations that one viewer may come upon at one time."""

    db: Session
    viewer: Viewer
    now: datetime

    def inside(self) -> Collection[int]:
        """Return the numbers of the organisations that the viewer speaks for."""
        ids = self.db.scalars(_INSIDE, self.viewer.at(self.now))
        return [number_of(Thing.ORGANISATION, each) for each in ids]

    def load(self, numbers: Sequence[int]) -> Iterable[Found]:
        """Return those that the viewer may come upon."""
        ids = rows_of(numbers, Thing.ORGANISATION)
        found = self.db.scalars(_LOAD, {**self.viewer.at(self.now), "ids": ids})
        return [
            Found(number_of(Thing.ORGANISATION, each.id), each, words_of(each)) for each in found
        ]

    def plain(self, query: Query, _marks: Collection[str]) -> Collection[int]:
        """Return the numbers of organisations by a look through the database."""
        texts = (Organisation.name, Organisation.purpose, Organisation.about, Organisation.place)
        wanted = _PLAIN
        if query:
            likes = (
                text.ilike(literal(word), escape="\\") for word in query.words for text in texts
            )
            wanted = wanted.where(or_(*likes))
        ids = self.db.scalars(wanted, self.viewer.at(self.now))
        return [number_of(Thing.ORGANISATION, each) for each in ids]
