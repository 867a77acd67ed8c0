"""What a party writes the next version from: their draft, and what lies on the table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.access import Seen
from network.engagements.models import Draft, Version
from network.engagements.queries.table import governing
from network.engagements.terms import Terms, from_text

_DRAFT = select(Draft).where(Draft.party_id == bindparam("party", type_=BigId))
_TEXT = select(Version.text).where(
    Version.negotiation_id == bindparam("negotiation", type_=BigId),
    Version.number == bindparam("number", type_=Integer()),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was typed, and the version that it would take the place of."""

    over: int
    fields: Mapping[str, str]
    at: datetime


def draft_of(db: Session, seen: Seen) -> Kept | None:
    """Return the reader's own draft; nobody reads another's."""
    draft = db.scalar(_DRAFT, {"party": seen.mine.id})
    if draft is None:
        return None
    return Kept(draft.over, json.loads(draft.fields), draft.saved_at)


def text_to_change(db: Session, seen: Seen) -> Terms | None:
    """Return the terms that the next version is a change of: the last version, or what governs the
    agreed work that these terms would change.
    """
    last = seen.negotiation.last
    if not last:
        return governing(db, seen)
    asked = {"negotiation": seen.negotiation.id, "number": last}
    return from_text(db.execute(_TEXT, asked).scalar_one())
