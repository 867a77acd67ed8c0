"""Introductions: one text, two consents, and a conversation of three when both have said yes.

Whatever changes one takes its row first, so that a yes, a new text and an end come one after
another. Neither the introducer nor the other one learns an answer before there are two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask
from network.errors import Conflict, Invalid, NotFound
from network.events.services import record
from network.members.models import Member
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.connections import live_connection
from network.relationships.services.guards import (
    connected_and_free,
    knows_the_way,
    takes_any,
    takes_introductions,
)
from network.relationships.services.making import consented, consents, lock
from network.relationships.services.stopping import CARRY, CONSENT, over
from network.text import clean
from network.translation import _

OPEN_FOR = timedelta(days=14)
MOST_WORDINGS = 4


def introduce(
    db: Session,
    introducer: Member,
    one: Member,
    other: Member,
    *,
    words: str,
    submission: str,
    now: datetime,
) -> Introduction:
    """Ask two of one's connections whether they would like to meet, with the same words to both.

    Returns what this submission sent already. Raises `NotFound`, `NotAllowed`, `Conflict` or
    `Invalid` where a guard holds it back; then nothing is sent to either.
    """
    sent = _sent_already(db, introducer, submission)
    if sent is not None and _is_same(sent, one, other, words):
        return sent
    if sent is not None:
        submission = uuid4().hex  # another one from the same form: the guards decide
    if one.id == other.id:
        raise Invalid(_("Choose two people."), field="other")
    for addressee, about in ((one, other), (other, one)):
        asks.let_lapse(db, introducer, addressee, CONSENT_KIND, now)
        asks.may_ask(db, CONSENT_KIND, asker=introducer, addressee=addressee, about=about, now=now)
    introduction = _open(db, introducer, one, other, words=words, submission=submission, now=now)
    for addressee, about in ((one, other), (other, one)):
        _put(db, introduction, introducer, addressee, about, now=now)
    return introduction


def ask_to_carry(
    db: Session,
    asker: Member,
    connector: Member,
    target: Member,
    *,
    words: str,
    submission: str,
    now: datetime,
) -> Ask:
    """Ask a connector to pass one's words on to somebody they know. Raises as `asks.send` does."""
    return asks.send(
        db,
        CARRY_KIND,
        asker=asker,
        addressee=connector,
        about=target,
        reason=words,
        submission=submission,
        now=now,
    )


def carry_otherwise(db: Session, ask: Ask, *, words: str, now: datetime) -> None:
    """Carry what somebody asked for, in one's own words: they are asked again, with those.

    Raises as `asks.accept` and `reword` do.
    """
    connector = db.get_one(Member, ask.addressee_id)
    asks.accept(db, ask, CARRY_KIND, actor=connector, now=now)
    introduction = _sent_already(db, connector, ask.key)
    if introduction is not None:
        reword(db, introduction, words=words, actor=connector, now=now)


def carried_with(db: Session, ask: Ask) -> str:
    """Return with which words something asked for is carried now, or nothing."""
    sent = _sent_already(db, db.get_one(Member, ask.addressee_id), ask.key)
    return "" if sent is None else sent.words


def reword(
    db: Session, introduction: Introduction, *, words: str, actor: Member, now: datetime
) -> None:
    """Change the words while it is open. A yes to the old words is void; a no stands.

    Raises `Invalid` for the words, `Conflict` when it is over or was reworded too often.
    """
    _take_own(db, introduction, actor)
    if not _looks_open(introduction, now):
        raise Conflict
    words = clean(words)
    if words == introduction.words:
        return
    if introduction.version >= MOST_WORDINGS:
        raise Conflict(_("These words have changed three times. They stay as they are now."))
    words = asks.as_reason(words)  # also where nobody reads them any more
    # Who has ended the connection since is not written to by this way either.
    letters = [
        ask
        for ask in consents(db, introduction)
        if live_connection(db, actor.id, ask.addressee_id) is not None
    ]
    void = [asks.reword(db, ask, reason=words, actor=actor, now=now) for ask in letters]
    introduction.words, introduction.version = words, introduction.version + 1
    record(
        db,
        "relationships:introduction:reworded",
        actor=actor.id,
        subject=("introduction", introduction.id),
        now=now,
        to=("mail",) if any(void) else (),
        version=introduction.version,
        void=[ask.id for ask, was in zip(letters, void, strict=True) if was],
    )


def withdraw(db: Session, introduction: Introduction, *, actor: Member, now: datetime) -> None:
    """Take an introduction back. Twice is once; raises `Conflict` when it is over."""
    _take_own(db, introduction, actor)
    if introduction.state is IntroductionState.WITHDRAWN:
        return
    if not _looks_open(introduction, now):
        raise Conflict
    over(db, introduction, IntroductionState.WITHDRAWN, actor=actor, now=now)


def _open(
    db: Session,
    introducer: Member,
    one: Member,
    other: Member,
    *,
    words: str,
    submission: str,
    now: datetime,
    asked_by: int | None = None,
) -> Introduction:
    low, high = sorted((one.id, other.id))
    introduction = Introduction(
        introducer_id=introducer.id,
        low_id=low,
        high_id=high,
        asked_by_id=asked_by,
        words=clean(words),
        version=1,
        submission=submission,
        sent_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.add(introduction)
    db.flush()  # the letters name it
    record(
        db,
        "relationships:introduction:begun",
        actor=introducer.id,
        subject=("introduction", introduction.id),
        now=now,
        low=low,
        high=high,
        asked_by=asked_by,
    )
    return introduction


def _put(
    db: Session,
    introduction: Introduction,
    introducer: Member,
    addressee: Member,
    about: Member,
    *,
    now: datetime,
) -> Ask:
    return asks.place(
        db,
        CONSENT_KIND,
        asker=introducer,
        addressee=addressee,
        about=about,
        thing_id=introduction.id,
        reason=introduction.words,
        submission=f"{introduction.key}-{'low' if addressee.id < about.id else 'high'}",
        now=now,
    )


def _carried(db: Session, ask: Ask, now: datetime) -> None:
    """Carry the words on: who asked has said yes to them, and the other one is asked."""
    connector, asker = db.get_one(Member, ask.addressee_id), db.get_one(Member, ask.asker_id)
    target = db.get(Member, ask.about_id)
    if target is None or live_connection(db, connector.id, asker.id) is None:
        raise Conflict(_("You are not connected with both of them any more."))
    # Who asked to be introduced is open to it, whatever they let others suggest.
    for kind, addressee, about in ((CONSENT_KIND, target, asker), (_ASKED_FOR, asker, target)):
        asks.let_lapse(db, connector, addressee, kind, now)
        asks.may_ask(db, kind, asker=connector, addressee=addressee, about=about, now=now)
    introduction = _open(
        db,
        connector,
        asker,
        target,
        words=ask.reason,
        submission=ask.key,
        now=now,
        asked_by=asker.id,
    )
    mine = _put(db, introduction, connector, asker, target, now=now)
    _put(db, introduction, connector, target, asker, now=now)
    asks.accept(db, mine, CONSENT_KIND, actor=asker, now=now, read=mine.mark)


def _is_made(db: Session, ask: Ask) -> bool:
    return db.get_one(Introduction, ask.thing_id).state is IntroductionState.MADE


def _take(db: Session, ask: Ask) -> None:
    lock(db, db.get_one(Introduction, ask.thing_id))


def _opening(ask: Ask) -> str:
    return str(
        _(
            "%(name)s thinks that you and %(other)s should meet. Both of you read the same words:",
            name=ask.asker.name,
            other=_name_of(ask),
        )
    )


def _carry_opening(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to meet %(other)s through you. The words to pass on are:",
            name=ask.asker.name,
            other=_name_of(ask),
        )
    )


def _said_yes(ask: Ask) -> str:
    return str(_("You said yes to meeting %(name)s.", name=_name_of(ask)))


def _said_carry(ask: Ask) -> str:
    return str(
        _(
            "You pass the words on. %(name)s is asked, and you see under Introductions what"
            " comes of it.",
            name=_name_of(ask),
        )
    )


def _name_of(ask: Ask) -> str:
    return ask.about.name if ask.about is not None else ""


def _take_own(db: Session, introduction: Introduction, actor: Member) -> None:
    """Take the row for its introducer; raise `NotFound` for all others."""
    if introduction.introducer_id != actor.id:
        raise NotFound
    lock(db, introduction)


def _looks_open(introduction: Introduction, now: datetime) -> bool:
    """Whether it is open in the eyes of its introducer: a stop is not told."""
    alive = {IntroductionState.OPEN, IntroductionState.STOPPED}
    return introduction.state in alive and introduction.expires_at > now


def _is_same(sent: Introduction, one: Member, other: Member, words: str) -> bool:
    pair = {sent.low_id, sent.high_id} == {one.id, other.id}
    return pair and (sent.words == clean(words) or sent.version > 1)


def _sent_already(db: Session, introducer: Member, submission: str) -> Introduction | None:
    return db.scalar(
        select(Introduction).where(
            Introduction.introducer_id == introducer.id, Introduction.submission == submission
        )
    )


def _things(db: Session, ids: Collection[int]) -> dict[int, Introduction]:
    """Return introductions by their row."""
    found = db.scalars(select(Introduction).where(Introduction.id.in_(ids)))
    return {introduction.id: introduction for introduction in found}


CONSENT_KIND = Kind(
    name=CONSENT,
    lifetime=OPEN_FOR,
    open_to=takes_introductions,
    guard=connected_and_free,
    accepted=consented,
    opening=_opening,
    said_yes=_said_yes,
    templates="relationships/consent",
    take=_take,
    made=_is_made,
    load=_things,
    puts_off=True,
)
CARRY_KIND = Kind(
    name=CARRY,
    lifetime=OPEN_FOR,
    open_to=takes_any,
    guard=knows_the_way,
    accepted=_carried,
    opening=_carry_opening,
    said_yes=_said_carry,
    templates="relationships/carry",
)
_ASKED_FOR = replace(CONSENT_KIND, open_to=takes_any)
