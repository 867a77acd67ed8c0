"""Finding circles: which of those proposed somebody may come upon, and their place in each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from network.circles.beginnings import BEGINNINGS
from network.circles.documents import IN_SEARCH, words_of
from network.circles.models import Circle
from network.circles.visibility import ASKED, IN_IT, known
from network.members.kinds import MembershipState
from network.members.models import Membership
from network.members.visibility import BOUND, NOW, Viewer
from network.search.finding import PLAIN_MOST, Found, literal
from network.search.query import Query
from network.search.things import Thing, number_of, rows_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A circle in a list, with the place that the viewer has in it or on the way to it."""

    circle: Circle
    place: Membership | None

    @property
    def form(self) -> str:
        """What kind of circle it is, as people say it."""
        return str(BEGINNINGS[self.circle.form].name)


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
# A live place: an ask whose time ran out is none, although no job said so.
PLACE = and_(
    Membership.circle_id == Circle.id,
    Membership.member_id == BOUND.member_id,
    or_(
        Membership.state.in_((*IN_IT, MembershipState.QUEUED)),
        and_(Membership.state.in_(ASKED), Membership.expires_at > NOW),
    ),
)
_LOAD = (
    select(Circle, Membership)
    .outerjoin(Membership, PLACE)
    .where(Circle.id.in_(_IDS), Circle.life.in_(IN_SEARCH), known(BOUND, NOW))
)
_INSIDE = (
    select(Circle.id)
    .where(
        Circle.id.in_(select(Membership.circle_id).where(Membership.member_id == BOUND.member_id)),
        known(BOUND, NOW),
    )
    .order_by(Circle.id)
)


@dataclass(frozen=True, slots=True)
class Circles:
    """The circles that one viewer may come upon at one time."""

    db: Session
    viewer: Viewer
    now: datetime

    def inside(self) -> Collection[int]:
        """Return the numbers of the circles that the viewer has to do with."""
        ids = self.db.scalars(_INSIDE, self.viewer.at(self.now))
        return [number_of(Thing.CIRCLE, each) for each in ids]

    def load(self, numbers: Sequence[int]) -> Iterable[Found]:
        """Return those that the viewer may come upon, with their place in each."""
        ids = rows_of(numbers, Thing.CIRCLE)
        rows = self.db.execute(_LOAD, {**self.viewer.at(self.now), "ids": ids})
        return [
            Found(number_of(Thing.CIRCLE, circle.id), Listed(circle, place), words_of(circle))
            for circle, place in rows
        ]

    def plain(self, query: Query, _marks: Collection[str]) -> Collection[int]:
        """Return the numbers of circles by a look through the database."""
        texts = (Circle.name, Circle.purpose, Circle.about, Circle.rhythm)
        wanted = select(Circle.id).where(Circle.life.in_(IN_SEARCH), known(self.viewer, self.now))
        if query:
            likes = (
                text.ilike(literal(word), escape="\\") for word in query.words for text in texts
            )
            wanted = wanted.where(or_(*likes))
        ids = self.db.scalars(wanted.order_by(Circle.id.desc()).limit(PLAIN_MOST))
        return [number_of(Thing.CIRCLE, each) for each in ids]
