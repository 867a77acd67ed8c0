"""What of an organisation can be searched: what its page says. Members come upon those that are
verified; one that is not is kept for those alone who speak for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.organisations.models import Organisation
from network.search.documents import Document
from network.search.things import Thing, Words, document, rows_of

BATCH = 500


def all_documents(db: Session) -> Iterator[Document]:
    """Yield what can be found of every organisation, in batches that do not grow with the
    network.
    """
    last = 0
    while True:
        found = db.scalars(
            select(Organisation)
            .where(Organisation.id > last)
            .order_by(Organisation.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        yield from map(_document, found)
        last = found[-1].id
        db.expunge_all()


def documents(db: Session, numbers: Collection[int]) -> list[Document]:
    """Return what can be found of the organisations among these."""
    ids = rows_of(numbers, Thing.ORGANISATION)
    if not ids:
        return []
    return [
        _document(each) for each in db.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    ]


def words_of(organisation: Organisation) -> Words:
    """Return the words by which an organisation is found."""
    return Words(
        title=organisation.name,
        purpose=organisation.purpose,
        more=tuple(filter(None, (organisation.about, organisation.place))),
        marks=frozenset({Thing.ORGANISATION.mark}),
    )


def _document(organisation: Organisation) -> Document:
    return document(
        Thing.ORGANISATION,
        organisation.id,
        words_of(organisation),
        members=organisation.verified_by is not None,
    )
