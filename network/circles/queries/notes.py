"""The notes of a circle, in the wording that the reader may read: whoever left, in that of then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle, CircleNote, CircleNoteVersion
from network.circles.visibility import reads
from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart
from network.wording import Run, compared

LEAF = 30
VERSIONS = 10
FAR = 2**31 - 1

_AUTHOR = aliased(Member, name="author_of_wording")
_LATER = aliased(CircleNoteVersion, name="later_wording")
_ITSELF = aliased(CircleNote, name="note_itself")
_IS_READ = and_(
    reads(BOUND, NOW, CircleNote.circle_id, CircleNote.written_at),
    reads(BOUND, NOW, CircleNote.circle_id, CircleNoteVersion.at),
)
# By `_ITSELF`, which stands in the same breath: what is nested deeper does not reach the note.
_LAST_READ = (
    select(func.max(_LATER.version))
    .join(_ITSELF, _ITSELF.id == _LATER.note_id)
    .where(_ITSELF.id == CircleNote.id, reads(BOUND, NOW, _ITSELF.circle_id, _LATER.at))
    .correlate(CircleNote)
    .scalar_subquery()
)
_WORDINGS = (
    select(CircleNote, CircleNoteVersion, _AUTHOR)
    .join(CircleNoteVersion, CircleNoteVersion.note_id == CircleNote.id)
    .outerjoin(_AUTHOR, and_(_AUTHOR.id == CircleNoteVersion.author_id, not_apart(BOUND, _AUTHOR)))
    .where(_IS_READ)
)
# A note with the last of its wordings that these eyes may read.
AS_READ = _WORDINGS.where(CircleNoteVersion.version == _LAST_READ)
_OF_CIRCLE = (
    AS_READ.where(
        CircleNote.circle_id == bindparam("circle", type_=BigId),
        CircleNote.id < bindparam("before", type_=BigInteger),
    )
    .order_by(CircleNote.id.desc())
    .limit(LEAF + 1)
)
_HISTORY = (
    _WORDINGS.where(
        CircleNote.id == bindparam("note", type_=BigId),
        CircleNoteVersion.version < bindparam("before"),
    )
    .order_by(CircleNoteVersion.version.desc())
    .limit(VERSIONS + 1)
)


@dataclass(frozen=True, slots=True)
class Read:
    """A note in the wording that somebody reads; `author` is None for the unnamed."""

    note: CircleNote
    wording: CircleNoteVersion
    author: Member | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """Some notes, the latest first, and the key of the last where there are earlier ones."""

    notes: list[Read]
    earlier: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One wording of a note beside the one before it that the reader may read."""

    read: Read
    title: list[Run]
    body: list[Run]
    is_first: bool


@dataclass(frozen=True, slots=True)
class History:
    """How a note changed, the latest first, and before which version there is more."""

    changes: list[Change]
    earlier: int | None


def notes_of(
    db: Session, member: Member, circle: Circle, now: datetime, *, before: str = ""
) -> Leaf:
    """Return the notes of a circle that this member may read, those older than `before`."""
    bound = {**Viewer.of(member).at(now), "circle": circle.id, "before": 2**62}
    if before:
        bound["before"] = (
            db.scalar(
                select(CircleNote.id).where(
                    CircleNote.key == before, CircleNote.circle_id == circle.id
                )
            )
            or 0
        )
    found = [Read(*row) for row in db.execute(_OF_CIRCLE, bound)]
    more = len(found) > LEAF
    return Leaf(found[:LEAF], found[LEAF - 1].note.key if more else None)


def history_of(
    db: Session, member: Member, note: CircleNote, now: datetime, *, before: int | None = None
) -> History:
    """Return how a note came to its words, as far as this member may read them."""
    bound = {**Viewer.of(member).at(now), "note": note.id, "before": before or FAR}
    found = [Read(*row) for row in db.execute(_HISTORY, bound)]
    shown = found[:VERSIONS]
    more = len(found) > VERSIONS
    pairs = zip(shown, [*found[1:], None], strict=False)
    return History([_change(*pair) for pair in pairs], shown[-1].wording.version if more else None)


def _change(read: Read, earlier: Read | None) -> Change:
    if earlier is None:
        return Change(read, [], [], is_first=True)
    was, now = earlier.wording, read.wording
    title = compared(was.title, now.title) if was.title != now.title else []
    return Change(read, title, compared(was.body, now.body), is_first=False)
