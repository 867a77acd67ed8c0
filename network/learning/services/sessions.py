"""Sessions come into being: proposed until somebody hosts them, or drafted by who does; and are
called off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import inside
from network.columns import random_key
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.learning.access import is_held, is_lapsed
from network.learning.kinds import Format, SessionState
from network.learning.models import LearningNeed, LearningSession, SessionHost
from network.learning.services.offers import close_offers, let_pass
from network.learning.services.turns import is_host, log, take
from network.members.models import Member
from network.members.visibility import Viewer
from network.text import clean, clean_line
from network.translation import _

LONGEST_TITLE, LONGEST_WORDS, LONGEST_LINE = 120, 4000, 600


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a session is as it begins."""

    state: SessionState
    format: Format
    title: str
    words: str
    circle: Circle | None
    need: LearningNeed | None


def propose(
    db: Session,
    actor: Member,
    *,
    format: Format,  # noqa: A002  # the word of the house
    title: str,
    words: str,
    circle: Circle | None,
    submission: str,
    now: datetime,
    domain: str,
) -> LearningSession:
    """Say what one would come to: it waits sixty days for somebody who hosts it.

    Returns what this submission proposed already. Raises `NotFound` for a circle that one is not
    inside of, `NotAllowed` for one that has ended, `Invalid` for the words.
    """
    begun = _Begun(SessionState.PROPOSED, format, title, words, circle, None)
    return _begin(db, actor, begun, submission=submission, now=now, domain=domain)


def draft(
    db: Session,
    actor: Member,
    *,
    format: Format,  # noqa: A002
    title: str,
    words: str,
    circle: Circle | None,
    submission: str,
    now: datetime,
    domain: str,
    need: LearningNeed | None = None,
) -> LearningSession:
    """Begin a session with oneself as its host: nobody else sees it before it has a time.

    `need` is the wish to learn that it answers. Returns and raises as `propose` does.
    """
    begun = _Begun(SessionState.DRAFT, format, title, words, circle, need)
    return _begin(db, actor, begun, submission=submission, now=now, domain=domain)


def adopt(db: Session, session: LearningSession, *, actor: Member, now: datetime) -> None:
    """Host what somebody proposed. Adopting it twice is once.

    Raises `Conflict` where somebody was first, or nobody was for sixty days.
    """
    take(db, session)
    if session.state is SessionState.DRAFT and is_host(db, session, actor.id):
        return
    if session.state is not SessionState.PROPOSED:
        raise Conflict(_("Somebody else hosts it by now."))
    if is_lapsed(session, now):
        raise Conflict(
            _("It lapsed: nobody took it up within sixty days. You can propose it anew.")
        )
    session.state, session.changed_at = SessionState.DRAFT, now
    db.add(SessionHost(session_id=session.id, member_id=actor.id, since=now))
    log(db, session, "adopted", actor=actor.id, now=now, to=("mail", "things"))


def cancel(
    db: Session, session: LearningSession, *, actor: Member, words: str, now: datetime
) -> None:
    """Call a session off, with words for those who would have come. Twice is once.

    Raises `NotAllowed` for all but its hosts, or who proposed it; `Conflict` once it was held.
    """
    said = few(words, "words", LONGEST_LINE)
    take(db, session)
    proposed = session.state is SessionState.PROPOSED
    if not is_host(db, session, actor.id) and not (proposed and session.proposer_id == actor.id):
        raise NotAllowed
    if session.state is SessionState.CANCELLED:
        return
    if is_held(session, now):
        raise Conflict(_("It was held, so it cannot be called off any more."))
    let_pass(db, session, now)
    was_scheduled = session.state is SessionState.SCHEDULED
    session.state, session.cancelled_at, session.cancelled_words = SessionState.CANCELLED, now, said
    session.sequence, session.changed_at = session.sequence + 1, now
    close_offers(db, session, actor=actor, now=now)
    told = ("mail", "things") if was_scheduled else ("things",)
    log(db, session, "cancelled", actor=actor.id, now=now, to=told, sequence=session.sequence)


def few(text: str, field: str, most: int) -> str:
    """Return words as they are kept; raise `Invalid` where they are too many."""
    words = clean(text)
    if len(words) > most:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=most), field=field
        )
    return words


def as_title(text: str) -> str:
    """Return a title as it is kept; raise `Invalid` for none, or one that is too long."""
    title = clean_line(text)
    if not title:
        raise Invalid(_("Give it a name, in a few words."), field="title")
    return few(title, "title", LONGEST_TITLE)


def _begin(
    db: Session, actor: Member, begun: _Begun, *, submission: str, now: datetime, domain: str
) -> LearningSession:
    title, words = as_title(begun.title), few(begun.words, "words", LONGEST_WORDS)
    circle_id = None if begun.circle is None else begun.circle.id
    again = _sent_already(db, actor, submission)
    if again is not None and (again.title, again.words, again.circle_id) == (
        title,
        words,
        circle_id,
    ):
        return again
    if again is not None:
        submission = uuid4().hex  # another one from the same form: none is lost
    if begun.circle is not None:
        _must_be_inside(db, actor, begun.circle, now)
    key = random_key()
    session = LearningSession(
        key=key,
        uid=f"{key}@{domain}",
        sequence=0,
        format=begun.format,
        title=title,
        words=words,
        state=begun.state,
        proposer_id=actor.id,
        circle_id=circle_id,
        need_id=None if begun.need is None else begun.need.id,
        zone=actor.time_zone,
        proposed_at=now,
        changed_at=now,
        submission=submission,
    )
    db.add(session)
    db.flush()  # its host and the event name it
    if begun.state is SessionState.PROPOSED:
        log(db, session, "proposed", actor=actor.id, now=now, to=("things",))
    else:
        db.add(SessionHost(session_id=session.id, member_id=actor.id, since=now))
        log(db, session, "drafted", actor=actor.id, now=now)
    return session


def _sent_already(db: Session, actor: Member, submission: str) -> LearningSession | None:
    return db.scalar(
        select(LearningSession).where(
            LearningSession.proposer_id == actor.id, LearningSession.submission == submission
        )
    )


def _must_be_inside(db: Session, actor: Member, circle: Circle, now: datetime) -> None:
    found = select(Circle.id).where(Circle.id == circle.id, inside(Viewer.of(actor), now))
    if db.scalar(found) is None:
        raise NotFound
    if circle.life is Life.ARCHIVED:
        raise NotAllowed(_("This circle has ended; what was there stays to be read."))
