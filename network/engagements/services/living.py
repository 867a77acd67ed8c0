"""The life of agreed work: it begins, is paused, is completed by all, is ended with notice, or is
cancelled before it began.

    agreed --any says that it began--> active --words--> paused --any--> active
    agreed --words--> cancelled
    active, paused --everybody said so--> completed
    active, paused --words--> ended early, which counts after the longest notice that was agreed
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.kinds import EngagementState as State
from network.engagements.kinds import NegotiationState
from network.engagements.models import Acceptance, Completion, Engagement, Negotiation, Rest
from network.engagements.queries.work import completions, notice
from network.engagements.services import signing
from network.engagements.services.turns import Turn, after_answers, few, log, take
from network.errors import Conflict
from network.events.services import record
from network.members.models import Member
from network.translation import _

LONGEST_WORDS = 1000
_MAIL = ("mail",)
_IN_WORK = (State.ACTIVE, State.PAUSED)


def begin(db: Session, engagement: Engagement, *, actor: Member, now: datetime) -> None:
    """Say that the work has begun. Twice is once. Raises `Conflict` for work that is over."""
    take(db, engagement, actor)
    if engagement.state in _IN_WORK:
        return
    _must_be(engagement, (State.AGREED,))
    engagement.state, engagement.begun_at = State.ACTIVE, now
    log(db, engagement, "work:begun", actor=actor, now=now, to=_MAIL)


def pause(
    db: Session,
    engagement: Engagement,
    *,
    actor: Member,
    words: str,
    now: datetime,
    submission: str,
) -> None:
    """Let the work rest, and say why. The same form with the same words is one pause, however late
    it comes again.
    """
    said = _why(words)
    _take_to_bind(db, engagement, actor)
    same = (Rest.engagement_id == engagement.id, Rest.by_id == actor.id)
    again = db.scalar(select(Rest.words).where(*same, Rest.submission == submission))
    if again == said:
        return
    if again is not None:
        submission = uuid4().hex  # from one page, with other words: not one of them is lost
    if engagement.state is State.PAUSED:
        raise Conflict(_("It is paused already. Read what was written first."))
    _must_be(engagement, (State.ACTIVE,))
    rested = db.scalar(select(func.max(Rest.until)).where(Rest.engagement_id == engagement.id))
    since = max(after_answers(db, engagement.id, now), rested or now)
    engagement.state, engagement.paused_at = State.PAUSED, since
    db.add(
        Rest(
            engagement_id=engagement.id,
            by_id=actor.id,
            words=said,
            since=since,
            submission=submission,
        )
    )
    log(db, engagement, "work:paused", actor=actor, now=now, to=_MAIL)


def resume(
    db: Session, engagement: Engagement, *, actor: Member, since: str, now: datetime
) -> None:
    """Go on after the pause that the actor read of, by its mark. Twice is once; a pause that came
    later is a `Conflict`.
    """
    take(db, engagement, actor)
    if engagement.state is State.ACTIVE:
        return
    _must_be(engagement, (State.PAUSED,))
    if mark_of_rest(engagement) != since:
        raise Conflict(_("It was paused once more meanwhile. Read first why."))
    _wake(db, engagement, now)
    engagement.state = State.ACTIVE
    log(db, engagement, "work:resumed", actor=actor, now=now, to=_MAIL)


def mark_of_rest(engagement: Engagement) -> str:
    """Return what tells this pause from others: since when it lasts, or nothing."""
    return engagement.paused_at.isoformat() if engagement.paused_at else ""


def complete(db: Session, engagement: Engagement, *, actor: Member, now: datetime) -> None:
    """Say that the work is complete; it is when everybody has said so. Twice is once."""
    turn = take(db, engagement, actor)
    if engagement.state is State.COMPLETED:
        return
    _must_be(engagement, _IN_WORK)
    said = {each.member_id for each in completions(db, engagement)}
    if actor.id not in said:
        db.add(Completion(engagement_id=engagement.id, member_id=actor.id, at=now))
    if turn.people <= said | {actor.id}:
        _finish(db, engagement, State.COMPLETED, actor, now)
        log(db, engagement, "work:completed", actor=actor, now=now, to=_MAIL)
    elif actor.id not in said:
        log(db, engagement, "work:complete_said", actor=actor, now=now, to=_MAIL)


def not_yet(db: Session, engagement: Engagement, *, actor: Member, now: datetime) -> None:
    """Take back that it is complete, while not all have said so. Twice is once."""
    take(db, engagement, actor)
    if engagement.state is State.COMPLETED:
        raise Conflict(_("Everybody has said so meanwhile: it is complete."))
    gone = changed(
        db,
        delete(Completion).where(
            Completion.engagement_id == engagement.id, Completion.member_id == actor.id
        ),
    )
    if gone:
        log(db, engagement, "work:complete_taken_back", actor=actor, now=now)


def end(db: Session, engagement: Engagement, *, actor: Member, words: str, now: datetime) -> None:
    """End the work early, and say why: it goes on for the longest notice that was agreed. The same
    words of the same person end it once.
    """
    said = _why(words)
    turn = _take_to_bind(db, engagement, actor)
    if _said_already(engagement, State.ENDED_EARLY, actor, said):
        return
    _must_be(engagement, _IN_WORK)
    days = notice(turn.terms)
    _says_why(engagement, actor, said, now)
    _finish(db, engagement, State.ENDED_EARLY, actor, now, ends_at=now + days)
    log(db, engagement, "work:ended", actor=actor, now=now, to=_MAIL, notice_days=days.days)


def cancel(
    db: Session, engagement: Engagement, *, actor: Member, words: str, now: datetime
) -> None:
    """Call the work off before it began, and say why. The same words of the same person do it
    once.
    """
    said = _why(words)
    _take_to_bind(db, engagement, actor)
    if _said_already(engagement, State.CANCELLED, actor, said):
        return
    if engagement.state in _IN_WORK:
        raise Conflict(_("It has begun meanwhile. What has begun can be ended, with notice."))
    _must_be(engagement, (State.AGREED,))
    _says_why(engagement, actor, said, now)
    _finish(db, engagement, State.CANCELLED, actor, now)
    log(db, engagement, "work:cancelled", actor=actor, now=now, to=_MAIL)


def _take_to_bind(db: Session, engagement: Engagement, actor: Member) -> Turn:
    """Take the row for what binds all who signed. Raises as `take` does, and `NotAllowed`."""
    turn = take(db, engagement, actor)
    signing.must_bind(db, turn.agreed[-1].negotiation, actor)
    return turn


def _finish(
    db: Session,
    engagement: Engagement,
    state: State,
    actor: Member,
    now: datetime,
    *,
    ends_at: datetime | None = None,
) -> None:
    _wake(db, engagement, now)
    engagement.state, engagement.ends_at = state, ends_at or now
    if engagement.ends_at <= now:
        _close_amendment(db, engagement, actor, now)


def _wake(db: Session, engagement: Engagement, now: datetime) -> None:
    """Let a rest be over, if there is one: never before it began, however the clock was set."""
    rest = db.scalar(select(Rest).where(Rest.engagement_id == engagement.id, Rest.until.is_(None)))
    engagement.paused_at = None
    if rest is not None:
        rest.until = max(now, rest.since)


def _close_amendment(db: Session, engagement: Engagement, actor: Member, now: datetime) -> None:
    """Close what is still being found: there is nothing left that it could change."""
    found = db.scalars(
        update(Negotiation)
        .where(
            Negotiation.engagement_id == engagement.id, Negotiation.state == NegotiationState.OPEN
        )
        .values(state=NegotiationState.CLOSED, on_table=0, moved_at=now, ended_at=now)
        .returning(Negotiation.id)
    ).all()
    db.execute(
        update(Acceptance)
        .where(Acceptance.negotiation_id.in_(found), Acceptance.taken_back_at.is_(None))
        .values(taken_back_at=now)
    )
    for each in found:
        closed = ("negotiation", each)
        record(db, "engagements:terms:closed", actor=actor.id, subject=closed, now=now)


def _why(words: str) -> str:
    return few(words, LONGEST_WORDS, missing=_("Say why in a sentence. The others read it."))


def _says_why(engagement: Engagement, actor: Member, said: str, now: datetime) -> None:
    engagement.last_by_id, engagement.last_words, engagement.last_at = actor.id, said, now


def _said_already(engagement: Engagement, state: State, actor: Member, said: str) -> bool:
    same = (engagement.state, engagement.last_by_id, engagement.last_words)
    return same == (state, actor.id, said)


def _must_be(engagement: Engagement, states: tuple[State, ...]) -> None:
    if engagement.state in states:
        return
    if engagement.state is State.AGREED:
        raise Conflict(_("It has not begun yet. Say first that it has."))
    if engagement.state is State.PAUSED:
        raise Conflict(_("It is paused. Go on with it first."))
    if engagement.state is State.ACTIVE:
        raise Conflict(_("It is running."))
    if engagement.state is State.ENDED_EARLY:
        raise Conflict(_("It was ended meanwhile. Read what was written."))
    raise Conflict(_("This work is over. New work is a new agreement."))
