"""Keeping an index like the database: told of each change, made anew if it cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sqlalchemy.orm import Session

from network.db import reading
from network.events.models import Delivery
from network.events.worker import Channel, Failure
from network.search.documents import Document
from network.search.port import Condition, Index, IndexUnavailable

BATCH = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from: those of some numbers, those of all, and the subjects they are of.

    `numbers` says for each kind of subject which number the document of a subject's id has.
    """

    numbers: Mapping[str, Callable[[int], int]]
    some: Callable[[Session, Collection[int]], Iterable[Document]]
    every: Callable[[Session], Iterable[Document]]


def together(*sources: Source) -> Source:
    """Return what several packages keep in one index."""
    return Source(
        {kind: number for source in sources for kind, number in source.numbers.items()},
        lambda db, ids: chain.from_iterable(source.some(db, ids) for source in sources),
        lambda db: chain.from_iterable(source.every(db) for source in sources),
    )


def channel(index: Index, source: Source) -> Channel:
    """Return the channel that keeps this index."""
    return Channel(
        partial(deliver, index, source=source), batch=BATCH, tend=partial(ensure, index, source)
    )


def deliver(index: Index, deliveries: Sequence[Delivery], *, source: Source) -> dict[int, Failure]:
    """Bring what changed to the index, each thing once; an unusable index is rebuilt."""
    about = ((one.event.subject_kind, one.event.subject_id) for one in deliveries)
    ids = {source.numbers[kind](each) for kind, each in about if kind in source.numbers}
    with reading() as db:
        documents = list(source.some(db, ids))
    try:
        index.update(documents, gone=ids - {document.id for document in documents})
    except IndexUnavailable:
        log.warning("The index cannot be written; it is made anew.", exc_info=True)
        rebuild(index, source)
    return {}


def ensure(index: Index, source: Source) -> bool:
    """Rebuild an index that is missing or broken; tell whether it can be used now."""
    condition = index.state().condition
    if condition is Condition.OK:
        return True
    log.warning("The index is %s; it is made anew.", condition.value)
    try:
        rebuild(index, source)
    except IndexUnavailable:
        log.exception("The index cannot be made; the database is searched until it can.")
        return False
    return True


def rebuild(index: Index, source: Source) -> None:
    """Index everything anew from the database; raises `IndexUnavailable`."""
    with reading() as db:
        index.rebuild(source.every(db))
