"""What the rest of the program may ask of an index; nothing here knows how it is kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from network.search.documents import Document
from network.search.query import Query


class IndexUnavailable(Exception):
    """The index cannot answer or be written now: search the database, and rebuild."""


class Condition(StrEnum):
    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class State:
    condition: Condition
    documents: int = 0
    generation: int = 0  # grows with each commit


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing found. Band 0 fits best; within a band the day decides the order."""

    id: int
    band: int


class Index(Protocol):
    def update(self, documents: Iterable[Document], gone: Iterable[int] = ()) -> None:
        """Put the documents in and take the gone ids out, in one commit.

        The last document of an id wins, and an id that is also gone is gone.
        """

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Index the documents anew, each id once; readers see all of it or nothing.

        They are read as they are written, so the iterable may count them or be very long.
        """

    def find(
        self,
        query: Query,
        *,
        marks: Collection[str],
        connected: Collection[int],
        without: Collection[int] = (),
        day: int,
    ) -> Sequence[Hit]:
        """Return everything found, in the order in which to show it.

        Band 0 has every stem and phrase in the purpose and a stem among the themes, band 1 in
        the purpose, band 2 in the words; each further band lacks one stem more, at most half.
        Marks of one name are alternatives,
        different names are all required. Only for ids in connected does the connections
        layer count. The query's prefix stands for every stem that completes it. An empty
        query finds everything with the marks.
        """

    def resembling(
        self,
        stems: Collection[str],
        *,
        connected: Collection[int],
        without: Collection[int],
        day: int,
        limit: int,
    ) -> list[Hit]:
        """Return the things whose purpose shares the most stems, and two at least.

        The band is the number of stems shared less than by the best.
        """

    def near(self, stem: str, limit: int = 5) -> list[str]:
        """Return stems spelt nearly so, in words that any member may find.

        They may be one person's alone: check that person's visible text before showing them.
        """

    def state(self) -> State:
        """Read the whole index from the disk and tell how it is."""
