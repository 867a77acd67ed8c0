"""Introductions: one text, two consents, and a conversation of three when both have said yes.

Whatever changes one takes its row first, so that a yes, a new text and an end come one after
another. Neither the introducer nor the other one learns an answer before there are two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import open_about
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member, Participation
from network.members.visibility import Viewer, visible
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries.connections import live_connection
from network.relationships.queries.introductions import is_way
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
    if sent is not None:
        return sent
    if one.id == other.id:
        raise Invalid(_("Choose two people."), field="other")
    for addressee, about in ((one, other), (other, one)):
        _clear(db, introducer, addressee, now)
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


def reword(
    db: Session, introduction: Introduction, *, words: str, actor: Member, now: datetime
) -> None:
    """Change the words while it is open. A yes to the old words is void; a no stands.

    Raises `Invalid` for the words, `Conflict` when it is over or was reworded too often.
    """
    _lock(db, introduction)
    if not _looks_open(introduction, now):
        raise Conflict
    words = clean(words)
    if words == introduction.words:
        return
    if introduction.version >= MOST_WORDINGS:
        raise Conflict(_("These words have changed three times. They stay as they are now."))
    letters = consents(db, introduction)
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
    _lock(db, introduction)
    if introduction.state is IntroductionState.WITHDRAWN:
        return
    if not _looks_open(introduction, now):
        raise Conflict
    over(db, introduction, IntroductionState.WITHDRAWN, actor=actor, now=now)


def consents(db: Session, introduction: Introduction) -> list[Ask]:
    """Return the two letters of an introduction."""
    letters = select(Ask).where(Ask.kind == CONSENT, Ask.thing_id == introduction.id)
    return list(db.scalars(letters.order_by(Ask.id)))


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


def _clear(db: Session, introducer: Member, addressee: Member, now: datetime) -> None:
    """Free the one place of the two of letters whose day has come, or that were taken back."""
    asks.let_lapse(db, introducer, addressee, CONSENT_KIND, now)
    taken_back = select(Introduction.id).where(
        Introduction.introducer_id == introducer.id,
        Introduction.state == IntroductionState.WITHDRAWN,
    )
    asks.close(
        db,
        and_(
            Ask.kind == CONSENT,
            Ask.asker_id == introducer.id,
            Ask.addressee_id == addressee.id,
            Ask.state == AskState.WAITING,
            Ask.thing_id.in_(taken_back),
        ),
        actor=introducer,
        now=now,
    )


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
        _clear(db, connector, addressee, now)
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


def _consented(db: Session, ask: Ask, now: datetime) -> None:
    """Make the introduction when this was the second yes to the same words."""
    introduction = db.get_one(Introduction, ask.thing_id)
    if introduction.state is not IntroductionState.OPEN:
        return  # stopped or taken back: the yes stands, and nothing comes of it
    letters = consents(db, introduction)
    both = [each for each in letters if each.state is AskState.ACCEPTED]
    same = {each.reason for each in both} == {introduction.words}
    if len(both) == 2 and same and _still_possible(db, introduction, now):  # noqa: PLR2004
        _make(db, introduction, actor=ask.addressee_id, now=now)


def _make(db: Session, introduction: Introduction, *, actor: int, now: datetime) -> None:
    introduction.state, introduction.ended_at = IntroductionState.MADE, now
    conversation = open_about(
        db,
        About.INTRODUCTION,
        introduction.id,
        people=(introduction.introducer_id, introduction.low_id, introduction.high_id),
        opener=db.get_one(Member, introduction.introducer_id),
        now=now,
    )
    record(
        db,
        "relationships:introduction:made",
        actor=actor,
        subject=("introduction", introduction.id),
        now=now,
        to=("mail",),
        introducer=introduction.introducer_id,
        low=introduction.low_id,
        high=introduction.high_id,
        conversation=conversation.id,
    )


def _still_possible(db: Session, introduction: Introduction, now: datetime) -> bool:
    """Whether the introducer is connected with both, and the two may know of each other."""
    for party in (introduction.low_id, introduction.high_id):
        if live_connection(db, introduction.introducer_id, party) is None:
            return False
    low, high = (
        db.get_one(Member, introduction.low_id),
        db.get_one(Member, introduction.high_id),
    )
    sees = and_(
        or_(Member.id == high.id, visible(Viewer.of(high), now)),
        or_(Member.id == low.id, visible(Viewer.of(low), now)),
    )
    seen = select(Member.id).where(Member.id.in_((low.id, high.id)), sees)
    return len(db.scalars(seen).all()) == 2  # noqa: PLR2004


def _is_made(db: Session, ask: Ask) -> bool:
    return db.get_one(Introduction, ask.thing_id).state is IntroductionState.MADE


def _take(db: Session, ask: Ask) -> None:
    _lock(db, db.get_one(Introduction, ask.thing_id))


def _open_to_introductions(
    _db: Session, _introducer: Member, _addressee: Member, participation: Participation
) -> bool:
    return participation.open_to_introductions


def _connected_and_free(
    db: Session, introducer: Member, addressee: Member, _about: Member | None, now: datetime
) -> None:
    """Let only connections be introduced, and each in one introduction at a time between the two.

    Reads what the introducer knows and nothing of the answers.
    """
    if live_connection(db, introducer.id, addressee.id) is None:
        raise NotAllowed(_("You can introduce people whom you are connected with."))
    if _open_between(db, introducer.id, addressee.id, _LOOKS_OPEN, now):
        raise Conflict(
            _(
                "One introduction at a time: what you sent %(name)s before is still open.",
                name=addressee.name,
            )
        )
    # What the other one sent is in their way until its day, whatever became of it, and the refusal
    # is as any other: it may be about somebody who is not here for this introducer.
    if _open_between(db, addressee.id, introducer.id, _UNMADE, now):
        raise NotAllowed(_("%(name)s is not open to this just now.", name=addressee.name))


_LOOKS_OPEN = (IntroductionState.OPEN, IntroductionState.STOPPED)
_UNMADE = (*_LOOKS_OPEN, IntroductionState.WITHDRAWN)


def _open_between(
    db: Session,
    introducer_id: int,
    party_id: int,
    states: Collection[IntroductionState],
    now: datetime,
) -> bool:
    found = select(Introduction.id).where(
        Introduction.introducer_id == introducer_id,
        or_(Introduction.low_id == party_id, Introduction.high_id == party_id),
        Introduction.state.in_(states),
        Introduction.expires_at > now,
    )
    return db.scalar(found.limit(1)) is not None


def _takes_any(
    _db: Session, _asker: Member, _addressee: Member, _participation: Participation
) -> bool:
    return True


def _knows_the_way(
    db: Session, asker: Member, connector: Member, target: Member | None, now: datetime
) -> None:
    """Let a connector be asked only where the network shows them as a way: else it tells."""
    if target is None:
        raise NotFound
    if live_connection(db, asker.id, target.id) is not None:
        raise Conflict(_("You are connected with %(name)s already.", name=target.name))
    if not is_way(db, asker, connector, target, now):
        raise NotAllowed(
            _("%(name)s cannot be asked for this here. You can write to them.", name=connector.name)
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


def _lock(db: Session, introduction: Introduction) -> None:
    """Take the row, and read it as it stands now."""
    db.refresh(introduction, with_for_update=True)


def _looks_open(introduction: Introduction, now: datetime) -> bool:
    """Whether it is open in the eyes of its introducer: a stop is not told."""
    alive = {IntroductionState.OPEN, IntroductionState.STOPPED}
    return introduction.state in alive and introduction.expires_at > now


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
    open_to=_open_to_introductions,
    guard=_connected_and_free,
    accepted=_consented,
    said_yes=_said_yes,
    templates="relationships/consent",
    take=_take,
    made=_is_made,
    load=_things,
)
CARRY_KIND = Kind(
    name=CARRY,
    lifetime=OPEN_FOR,
    open_to=_takes_any,
    guard=_knows_the_way,
    accepted=_carried,
    said_yes=_said_carry,
    templates="relationships/carry",
)
_ASKED_FOR = replace(CONSENT_KIND, open_to=_takes_any)
