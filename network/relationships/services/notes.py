"""What a member keeps about another: theirs alone. No event tells of it, no index holds it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import NotAllowed
from network.members.models import Member
from network.relationships.models import PrivateNote, Rhythm
from network.translation import _

NOT_NOW = timedelta(days=30)


def save(
    db: Session,
    owner: Member,
    about: Member,
    *,
    note: str,
    how_met: str,
    rhythm: Rhythm,
    now: datetime,
) -> None:
    """Keep these words about somebody. A rhythm that changes counts from now."""
    same = PrivateNote.rhythm == rhythm
    moved = {
        "since": case((same, PrivateNote.since), else_=now),
        "quiet_until": case((same, PrivateNote.quiet_until), else_=None),
    }
    kept = {"note": note, "how_met": how_met, "rhythm": rhythm}
    if not _change(db, owner, about, {**kept, **moved}):
        _write(db, owner, about, kept, now)


def spoke(db: Session, owner: Member, about: Member, *, now: datetime) -> None:
    """Keep that the two spoke just now: a rhythm counts from here."""
    kept = {"spoke_at": now, "quiet_until": None}
    if not _change(db, owner, about, kept):
        _write(db, owner, about, kept, now)


def met(db: Session, member_id: int, others: Collection[int], *, at: datetime) -> None:
    """Keep that a member was with others then, in whatever notes with a rhythm any of them keep
    about each other. Nothing is written where there is none.
    """
    of_them = or_(
        and_(PrivateNote.owner_id == member_id, PrivateNote.about_id.in_(others)),
        and_(PrivateNote.about_id == member_id, PrivateNote.owner_id.in_(others)),
    )
    changed(
        db,
        update(PrivateNote)
        .where(
            of_them,
            PrivateNote.rhythm != Rhythm.NONE,
            or_(PrivateNote.spoke_at.is_(None), PrivateNote.spoke_at < at),
        )
        .values(spoke_at=at, quiet_until=None),
    )


def not_now(db: Session, owner: Member, about: Member, *, now: datetime) -> None:
    """Leave somebody out of Today for a while."""
    _change(db, owner, about, {"quiet_until": now + NOT_NOW})


def _change(db: Session, owner: Member, about: Member, values: Mapping[str, object]) -> bool:
    """Change the one row of these two; tell whether there is one."""
    of_the_two = (PrivateNote.owner_id == owner.id, PrivateNote.about_id == about.id)
    return changed(db, update(PrivateNote).where(*of_the_two).values(**values)) == 1


def _write(
    db: Session, owner: Member, about: Member, values: Mapping[str, object], now: datetime
) -> None:
    """Write the one row of these two. Of two at once the other is told to look again."""
    if owner.id == about.id:
        raise NotAllowed(_("That is you."))
    db.add(PrivateNote(owner_id=owner.id, about_id=about.id, since=now, **values))
    db.flush()  # here, not when all is over, it shows who was first
