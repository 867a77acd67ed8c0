"""What of a circle can be searched: what its door says to anybody who may know of it. A hidden one
is kept for those alone who are inside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.search.documents import Document
from network.search.things import Thing, Words, document, rows_of

# In these somebody may come upon a circle; what closes is for those who are in it.
IN_SEARCH = (Life.FORMING, Life.RUNNING, Life.RESTING)
BATCH = 500


def all_documents(db: Session) -> Iterator[Document]:
    """Yield what can be found of every circle, in batches that do not grow with the network."""
    last = 0
    while True:
        circles = db.scalars(
            select(Circle)
            .where(Circle.id > last, Circle.life.in_(IN_SEARCH))
            .order_by(Circle.id)
            .limit(BATCH)
        ).all()
        if not circles:
            return
        yield from map(_document, circles)
        last = circles[-1].id
        db.expunge_all()


def documents(db: Session, numbers: Collection[int]) -> list[Document]:
    """Return what can be found of the circles among these; those that ended are not there."""
    ids = rows_of(numbers, Thing.CIRCLE)
    if not ids:
        return []
    circles = db.scalars(select(Circle).where(Circle.id.in_(ids), Circle.life.in_(IN_SEARCH)))
    return [_document(each) for each in circles]


def words_of(circle: Circle) -> Words:
    """Return the words by which a circle is found."""
    facts = {Thing.CIRCLE.mark, f"form={circle.form.value}", f"door={circle.door.value}"}
    return Words(
        title=circle.name,
        purpose=circle.purpose,
        more=tuple(filter(None, (circle.about, circle.rhythm))),
        marks=frozenset(facts),
    )


def _document(circle: Circle) -> Document:
    return document(
        Thing.CIRCLE, circle.id, words_of(circle), members=circle.door is not Door.HIDDEN
    )
