"""What lies on the table of a negotiation, for one of its parties: its versions, who accepted
which, and what the terms began from. As many statements for twenty versions as for two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, aliased

from network.columns import BigId, UtcDateTime
from network.engagements.access import Seen
from network.engagements.kinds import NegotiationState
from network.engagements.models import (
    Acceptance,
    Engagement,
    Negotiation,
    Party,
    Version,
)
from network.engagements.queries.table_beside import Beside, beside
from network.engagements.reading import called_now
from network.engagements.terms import Terms, from_text
from network.errors import NotFound
from network.events.models import Event
from network.members.models import Member

ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Put:
    """A version without its text: who put it there, why, and until when it can be accepted."""

    number: int
    author_id: int
    digest: str
    why: str
    at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Yes:
    """A party's acceptance of a version; `until` is when it was taken back or became void."""

    number: int
    party_id: int
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """A negotiation as one of its parties reads it. `text` is of the version that is shown, and
    `before` what it is compared with, if there is something.
    """

    seen: Seen
    puts: Sequence[Put]
    yeses: Sequence[Yes]
    withdrawn: Mapping[int, datetime]
    beside: Beside
    shown: Put | None
    text: str
    before: Terms | None

    @property
    def terms(self) -> Terms:
        """Return the terms that are shown."""
        return from_text(self.text)

    @property
    def on_table(self) -> Put | None:
        """Return the version that can be answered, unless its day is past."""
        number = self.seen.negotiation.on_table
        found = next((each for each in self.puts if each.number == number), None)
        return found if self.seen.mine.left_at is None else None

    def is_past(self, put: Put) -> bool:
        """Whether a version was open until a day that is past."""
        return put.valid_until is not None and put.valid_until <= self.seen.now

    def yes_of(self, party_id: int, number: int) -> Yes | None:
        """Return a party's acceptance of a version that stands."""
        return next(
            (
                each
                for each in self.yeses
                if (each.party_id, each.number) == (party_id, number) and each.until is None
            ),
            None,
        )


_HERE: BindParameter[int] = bindparam("negotiation", type_=BigId)
_UNTIL = bindparam("until", type_=UtcDateTime())
_PUTS = (
    select(
        Version.number,
        Version.author_id,
        Version.digest,
        Version.why,
        Version.tabled_at,
        Version.valid_until,
    )
    .where(Version.negotiation_id == _HERE, Version.tabled_at <= _UNTIL)
    .order_by(Version.number)
)
_YESES = (
    select(Acceptance.number, Acceptance.party_id, Acceptance.at, Acceptance.taken_back_at)
    .where(Acceptance.negotiation_id == _HERE, Acceptance.at <= _UNTIL)
    .order_by(Acceptance.id)
)
_WITHDRAWN = select(Event.data["version"].as_integer(), Event.at).where(
    Event.subject_kind == "negotiation",
    Event.subject_id == _HERE,
    Event.kind == "engagements:terms:withdrawn",
    Event.at <= _UNTIL,
)
_TEXTS = select(Version.number, Version.text).where(
    Version.negotiation_id == _HERE, Version.number.in_(bindparam("numbers", expanding=True))
)
_ALL_TEXTS = (
    select(Version.number, Version.text)
    .where(Version.negotiation_id == _HERE, Version.tabled_at <= _UNTIL)
    .order_by(Version.number)
)
# What a change of agreed work is a change of: the terms that governed it when it began.
_GOVERNED = aliased(Negotiation, name="governed")
_BEFORE_IT = (
    select(_GOVERNED.id)
    .where(
        _GOVERNED.engagement_id == bindparam("engagement", type_=BigId),
        _GOVERNED.state == NegotiationState.AGREED,
        _GOVERNED.ended_at <= bindparam("begun_at", type_=UtcDateTime()),
        _GOVERNED.id != _HERE,
    )
    .order_by(_GOVERNED.ended_at.desc(), _GOVERNED.id.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
)
_GOVERNING = (
    select(Party.member_id, Party.key, Version.text)
    .join(Negotiation, Negotiation.id == Party.negotiation_id)
    .join(
        Version,
        and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table),
    )
    .where(Negotiation.id == _BEFORE_IT)
)


def table(db: Session, member: Member, seen: Seen, *, number: int | None = None) -> Table:
    """Return what a party reads of their negotiation: its last version, or the one of `number`.

    Raises `NotFound` for a version that is not there, or was not while they were.
    """
    asked = _asked(seen)
    puts = [Put(*row) for row in db.execute(_PUTS, asked)]
    shown = puts[-1] if puts else None
    if number is not None:
        shown = next((each for each in puts if each.number == number), None)
        if shown is None:
            raise NotFound
    text, before = _texts(db, seen, shown, asked)
    return Table(
        seen=seen,
        puts=puts,
        yeses=[Yes(*row) for row in db.execute(_YESES, asked)],
        withdrawn=dict(db.execute(_WITHDRAWN, asked).all()),
        beside=beside(db, member, seen),
        shown=shown,
        text=text,
        before=before,
    )


def every_text(db: Session, seen: Seen) -> Mapping[int, str]:
    """Return the text of every version that a party may read, by number."""
    return dict(db.execute(_ALL_TEXTS, _asked(seen)).all())


def work_of(db: Session, seen: Seen) -> str:
    """Return the key of the work that agreed terms govern."""
    return db.get_one(Engagement, seen.negotiation.engagement_id).key


def _asked(seen: Seen) -> dict[str, Any]:
    return {"negotiation": seen.negotiation.id, "until": seen.mine.left_at or ALWAYS}


def _texts(
    db: Session, seen: Seen, shown: Put | None, asked: Mapping[str, Any]
) -> tuple[str, Terms | None]:
    if shown is None:
        return "", None
    numbers = [shown.number, shown.number - 1]
    found = dict(db.execute(_TEXTS, {**asked, "numbers": numbers}).all())
    earlier = found.get(shown.number - 1)
    if earlier is not None:
        return found[shown.number], from_text(earlier)
    return found[shown.number], governing(db, seen)


def governing(db: Session, seen: Seen) -> Terms | None:
    """Return the agreed terms that these would change, with the keys that people have in these."""
    if seen.negotiation.engagement_id is None:
        return None
    asked = {
        "negotiation": seen.negotiation.id,
        "engagement": seen.negotiation.engagement_id,
        "begun_at": seen.negotiation.begun_at,
    }
    rows = db.execute(_GOVERNING, asked).all()
    if not rows:
        return None
    now = {party.member_id: party.key for party in seen.everyone if party.member_id is not None}
    keys = {key: now[member_id] for member_id, key, _text in rows if member_id in now}
    return called_now(from_text(rows[0][2]), keys)
