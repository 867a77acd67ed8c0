"""Signed words of one member about another: written, shown or kept by whom they speak of, and taken
back by whoever wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.asks.kinds import COOLING_OFF
from network.changes import changed
from network.errors import Conflict, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.members.visibility import Viewer, visible
from network.relationships.models import Grounds, Standing, Vouch
from network.relationships.queries.connections import live_connection
from network.translation import _

MOST_LIVE = 12
WITHIN = timedelta(days=365)
CONNECTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shared:
    """Something recorded that two people shared, that words about each other can speak from."""

    grounds: Grounds
    id: int


class NoRoom(Conflict):
    """The author's twelve of a year are written; `again_from` is when there is room again."""

    def __init__(self, again_from: datetime) -> None:
        super().__init__(
            _(
                "You have written about twelve people within a year, and that is the most: so"
                " that words here keep their weight."
            )
        )
        self.again_from = again_from


def common_grounds(db: Session, author: Member, subject: Member, now: datetime) -> Shared | None:
    """Return what the two have shared for long enough, or None. What else counts is added here."""
    connection = live_connection(db, author.id, subject.id)
    if connection is None or connection.since + CONNECTED_FOR > now:
        return None
    return Shared(Grounds.CONNECTION, connection.id)


def may_write(db: Session, author: Member, subject: Member, now: datetime) -> Shared:
    """Return what the author's words can speak from; raise the refusal that holds them back.

    The author's own shields hold nothing back: a refusal would tell where the subject works. Whom
    a shield meets sees neither the author nor the words.
    """
    if author.id == subject.id:
        raise NotAllowed(_("Words about you are for others to write."))
    if not db.scalar(
        select(Member.id).where(Member.id == subject.id, visible(Viewer.of(author), now))
    ):
        raise NotFound
    shared = common_grounds(db, author, subject, now)
    if shared is None:
        raise NotAllowed(
            _("You can write about people with whom you have been connected for a month.")
        )
    if live_vouch(db, author, subject) is not None:
        raise Conflict(_("You have written about them. Words stay as they are, or are taken back."))
    if _wrote_lately(db, author, subject, now):
        raise Conflict(
            _("You took back what you wrote about them. You can write anew 90 days after that.")
        )
    again_from = _room_from(db, author, now)
    if again_from is not None:
        raise NoRoom(again_from)
    return shared


def _wrote_lately(db: Session, author: Member, subject: Member, now: datetime) -> bool:
    """Whether words of the author about the subject, taken back or not, are younger than 90 days:
    each comes as a letter, and taking it back does not make room for the next.
    """
    found = select(Vouch.id).where(
        Vouch.author_id == author.id,
        Vouch.subject_id == subject.id,
        Vouch.written_at > now - COOLING_OFF,
    )
    return db.scalar(found.limit(1)) is not None


def write(
    db: Session, author: Member, subject: Member, *, context: str, words: str, now: datetime
) -> Vouch:
    """Give somebody words about them; they decide whether others read these. The same words twice
    are once. Raises `NotFound`, `NotAllowed` or `Conflict` where a guard holds them back.
    """
    _one_at_a_time(db, author)
    before = live_vouch(db, author, subject)
    if before is not None and (before.context, before.words) == (context, words):
        return before
    shared = may_write(db, author, subject, now)
    vouch = Vouch(
        author_id=author.id,
        subject_id=subject.id,
        context=context,
        words=words,
        grounds=shared.grounds,
        grounds_id=shared.id,
        written_at=now,
    )
    db.add(vouch)
    db.flush()  # the event names it
    record(
        db,
        "relationships:vouch:written",
        actor=author.id,
        subject=("vouch", vouch.id),
        now=now,
        to=("mail",),
        about=subject.id,
        grounds=shared.grounds.value,
        grounds_id=shared.id,
    )
    return vouch


def show(db: Session, vouch: Vouch, *, actor: Member, now: datetime) -> None:
    """Let members read words about oneself. Saying it twice is once."""
    _stand(db, vouch, Standing.SHOWN, actor=actor, now=now)


def keep(db: Session, vouch: Vouch, *, actor: Member, now: datetime) -> None:
    """Keep words about oneself to oneself: nobody is told. Saying it twice is once."""
    _stand(db, vouch, Standing.KEPT, actor=actor, now=now)


def take_back(db: Session, vouch: Vouch, *, actor: Member, now: datetime) -> None:
    """Take one's words about somebody back: they are deleted. Taking them back twice is once."""
    if actor.id != vouch.author_id:
        raise NotFound
    gone = changed(
        db,
        update(Vouch)
        .where(Vouch.id == vouch.id, Vouch.taken_back_at.is_(None))
        .values(words="", context="", taken_back_at=now),
    )
    if gone == 1:
        _keep_in_log(db, vouch, "relationships:vouch:taken_back", actor=actor, now=now)


def live_vouch(db: Session, author: Member, subject: Member) -> Vouch | None:
    """Return what one wrote about the other and has not taken back."""
    return db.scalar(
        select(Vouch).where(
            Vouch.author_id == author.id,
            Vouch.subject_id == subject.id,
            Vouch.taken_back_at.is_(None),
        )
    )


def _one_at_a_time(db: Session, author: Member) -> None:
    """Let one writing of this author in at a time, or two at once would make thirteen.

    An embedded database has one writer anyway; PostgreSQL is asked to hold the author's row.
    """
    db.execute(select(Member.id).where(Member.id == author.id).with_for_update(key_share=True))


def _room_from(db: Session, author: Member, now: datetime) -> datetime | None:
    """Return when the author has room for more words, or None where there is room."""
    written = db.scalars(
        select(Vouch.written_at)
        .where(
            Vouch.author_id == author.id,
            Vouch.taken_back_at.is_(None),
            Vouch.written_at > now - WITHIN,
        )
        .order_by(Vouch.written_at.desc())
        .limit(MOST_LIVE)
    ).all()
    return written[-1] + WITHIN if len(written) == MOST_LIVE else None


def _stand(db: Session, vouch: Vouch, to: Standing, *, actor: Member, now: datetime) -> None:
    if actor.id != vouch.subject_id:
        raise NotFound
    moved = changed(
        db,
        update(Vouch)
        .where(Vouch.id == vouch.id, Vouch.taken_back_at.is_(None), Vouch.standing != to)
        .values(standing=to),
    )
    if moved == 1:
        kind = {
            Standing.SHOWN: "relationships:vouch:shown",
            Standing.KEPT: "relationships:vouch:kept",
        }
        _keep_in_log(db, vouch, kind[to], actor=actor, now=now)


def _keep_in_log(db: Session, vouch: Vouch, kind: str, *, actor: Member, now: datetime) -> None:
    """Write it down; nobody is told, least of all the author that their words are kept."""
    record(db, kind, actor=actor.id, subject=("vouch", vouch.id), now=now)
