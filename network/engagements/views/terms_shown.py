"""What every page of terms is given: the terms part by part, where they stand, how they began."""

from __future__ import annotations

from typing import Any

from network.db import db
from network.engagements import access
from network.engagements.access import Seen
from network.engagements.queries.table import Put, Table, table
from network.engagements.reading import Reader, passages
from network.engagements.reading_sums import sums
from network.engagements.reading_table import (
    history,
    left_before,
    person,
    reader,
    signatories,
    stage,
    standings,
    to_keep,
)
from network.engagements.terms import Terms
from network.members import current


def seen_by_me(key: str, now: Any) -> Seen:  # noqa: ANN401  # an instant
    """Return the negotiation of this address, for whoever asks."""
    return access.negotiation_for(db.session, current.member(), key, now=now)


def shown(
    seen: Seen, *, number: int | None = None, compare: bool = True, kept: bool = False
) -> dict[str, Any]:
    """Return what a page of terms is given: the last version, or the one of `number`.

    What is `kept` is compared with nothing, calls nobody “you” and holds nobody's own sum.
    """
    found = table(db.session, current.member(), seen, number=number)
    eyes = reader(seen, current.locale())
    before = found.before if compare and not kept else None
    return {
        "seen": seen,
        "negotiation": seen.negotiation,
        "table": found,
        "stage": stage(seen),
        "people": signatories(seen),
        "standings": standings(found),
        "history": history(found),
        "signed": {party.id: person(seen, party).opening for party in seen.everyone},
        "gone": [person(seen, party) for party in left_before(seen)],
        "author": _author(seen, found.shown),
        "mine": _mine(found),
        "compares": before is not None,
        "terms": None,
        "passages": [],
        "sums": [],
        **(_words(found, before, eyes, is_kept=kept) if found.shown else {}),
    }


def _words(found: Table, before: Terms | None, eyes: Reader, *, is_kept: bool) -> dict[str, Any]:
    terms = found.terms
    if is_kept:
        return {"terms": terms, "passages": passages(terms, to_keep(eyes))}
    return {
        "terms": terms,
        "passages": passages(terms, eyes, before=before),
        "sums": sums(terms, before, found.seen.mine.key, eyes.locale),
    }


def _author(seen: Seen, put: Put | None) -> Any:  # noqa: ANN401  # a person, or None
    if put is None:
        return None
    return person(seen, next((each for each in seen.everyone if each.id == put.author_id), None))


def _mine(found: Table) -> dict[str, Any]:
    """Return what the reader can do with the version on the table, and why not what they cannot."""
    put, mine = found.on_table, found.seen.mine
    if put is None or not found.seen.is_open:
        return {"can_answer": False}
    others = [party for party in found.seen.parties if party.id != mine.id]
    return {
        "can_answer": True,
        "put": put,
        "is_past": found.is_past(put),
        "wrote_it": put.author_id == mine.id,
        "yes": found.yes_of(mine.id, put.number),
        "is_last": all(found.yes_of(party.id, put.number) for party in others),
    }
