"""Negotiating: one version on the table, and an agreement when every party accepted this very one.

Each step takes the row of the negotiation first, so that two people who act at the same instant
have one outcome: the second one is told what happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.kinds import EngagementState, NegotiationState
from network.engagements.models import Acceptance, Engagement, Negotiation, Party, Version
from network.engagements.services import parting, signing
from network.engagements.services.turns import after_answers, few, must_not_be_over
from network.engagements.services.welcoming import first_items
from network.engagements.sound import flaws
from network.engagements.terms import Terms, canonical, digest, from_text
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.translation import _

LONGEST_WHY, LONGEST_WORDS = 1000, 600
# What the other parties read in a letter.
_TOLD = frozenset({"put", "withdrawn", "closed", "agreed"})


def put(
    db: Session,
    negotiation: Negotiation,
    *,
    actor: Member,
    terms: Terms,
    over: int,
    now: datetime,
    submission: str,
    why: str = "",
    valid_until: datetime | None = None,
) -> Version:
    """Put a version on the table: the first, or one in the place of version `over`. Whoever puts it
    there accepts it; every other acceptance is void. The same submission is one version.

    Raises `Conflict` where another version has come meanwhile, `Invalid` for terms with a flaw.
    """
    party = _take(db, negotiation, actor, now)
    why = few(why, LONGEST_WHY, field="why")
    again = _sent_already(db, negotiation, party, submission)
    if again is not None and _is_it(again, terms, why, valid_until):
        return again
    _must_take_terms(db, negotiation, now)
    if over != negotiation.last:
        raise Conflict(_("Somebody has put another version on the table. Read it first."))
    parties = parties_of(db, negotiation)
    keys = [each.key for each in parties]
    for flaw in flaws(terms, keys):
        raise Invalid(flaw.sentence, field=flaw.part)
    if valid_until is not None and valid_until <= now:
        raise Invalid(_("It is valid until a day to come."), field="valid_until")
    signing.sign(db, party, actor)
    version = Version(
        negotiation_id=negotiation.id,
        number=negotiation.last + 1,
        parent=negotiation.last or None,
        author_id=party.id,
        text=canonical(terms, keys).decode(),
        digest=digest(terms, keys),
        why=why,
        tabled_at=now,
        valid_until=valid_until,
        submission=submission,
    )
    db.add(version)
    db.flush()  # acceptances refer to it
    negotiation.last = negotiation.on_table = version.number
    _log(db, negotiation, "put", actor=actor, now=now, version=version.number)
    _accept(db, negotiation, version, party, parties, actor=actor, now=now)
    return version


def accept(
    db: Session,
    negotiation: Negotiation,
    *,
    actor: Member,
    number: int,
    shown: str,
    now: datetime,
) -> None:
    """Accept the version on the table; `shown` is the digest of what was read. Twice is once.

    The last yes makes the agreement. Raises `Conflict` where this version is not on the table any
    more, or was not what was shown; `NotAllowed` for whoever may not sign.
    """
    party = _take(db, negotiation, actor, now)
    if negotiation.state is NegotiationState.AGREED and negotiation.on_table == number:
        return
    _must_take_terms(db, negotiation, now)
    version = _on_table(db, negotiation, number)
    if version.digest != shown:
        raise Conflict(_("These are not the words that you were shown. Read them once more."))
    if version.valid_until is not None and version.valid_until <= now:
        raise Conflict(_("This version was open until its day, and that is past."))
    signing.sign(db, party, actor)
    parties = parties_of(db, negotiation)
    _accept(db, negotiation, version, party, parties, actor=actor, now=now)


def take_back(
    db: Session, negotiation: Negotiation, *, actor: Member, number: int, now: datetime
) -> None:
    """Take an acceptance back, while not all have accepted. Twice is once."""
    party = _take(db, negotiation, actor, now)
    _must_be_open(negotiation, now)
    _on_table(db, negotiation, number)
    gone = changed(
        db,
        update(Acceptance)
        .where(
            Acceptance.negotiation_id == negotiation.id,
            Acceptance.number == number,
            Acceptance.party_id == party.id,
            Acceptance.taken_back_at.is_(None),
        )
        .values(taken_back_at=now),
    )
    if gone:
        negotiation.moved_at = now
        _log(db, negotiation, "taken_back", actor=actor, now=now, version=number)


def withdraw(
    db: Session, negotiation: Negotiation, *, actor: Member, number: int, now: datetime
) -> None:
    """Take one's own version off the table. Twice is once. Raises `NotAllowed` for others than its
    author.
    """
    party = _take(db, negotiation, actor, now)
    _must_be_open(negotiation, now)
    if number and not negotiation.on_table and negotiation.last == number:
        last = db.get_one(Version, (negotiation.id, number))
        if last.author_id == party.id:
            return
    version = _on_table(db, negotiation, number)
    if version.author_id != party.id:
        raise NotAllowed(_("Only who put a version on the table can withdraw it."))
    parting.off_table(db, negotiation, now)
    _log(db, negotiation, "withdrawn", actor=actor, now=now, version=number)


def leave(
    db: Session, negotiation: Negotiation, *, actor: Member, words: str = "", now: datetime
) -> None:
    """Leave these terms, with a word or without; the others may go on while two are left. Twice is
    once.
    """
    said = few(words, LONGEST_WORDS)
    try:
        party = _take(db, negotiation, actor, now)
    except NotFound:
        if _has_left(db, negotiation, actor):
            return
        raise
    _must_be_open(negotiation, now)
    parting.go(db, negotiation, party, now=now, words=said)


def close(db: Session, negotiation: Negotiation, *, actor: Member, now: datetime) -> None:
    """End a negotiation that one began, for all. Raises `NotAllowed` for the others: they leave."""
    _take(db, negotiation, actor, now)
    if negotiation.state is NegotiationState.CLOSED:
        return
    _must_be_open(negotiation, now)
    if negotiation.begun_by_id != actor.id:
        raise NotAllowed(_("Who began it can close it for all. You can leave it."))
    parting.off_table(db, negotiation, now)
    _end(negotiation, NegotiationState.CLOSED, now)
    _log(db, negotiation, "closed", actor=actor, now=now)


def parties_of(db: Session, negotiation: Negotiation) -> Sequence[Party]:
    """Return who signs, without those who left."""
    found = select(Party).where(Party.negotiation_id == negotiation.id, Party.left_at.is_(None))
    return db.scalars(found.order_by(Party.id)).all()


def accepted_by(db: Session, negotiation: Negotiation, number: int) -> set[int]:
    """Return the parties whose acceptance of a version stands."""
    stands = select(Acceptance.party_id).where(
        Acceptance.negotiation_id == negotiation.id,
        Acceptance.number == number,
        Acceptance.taken_back_at.is_(None),
    )
    return set(db.scalars(stands))


def _accept(
    db: Session,
    negotiation: Negotiation,
    version: Version,
    party: Party,
    parties: Sequence[Party],
    *,
    actor: Member,
    now: datetime,
) -> None:
    accepted = accepted_by(db, negotiation, version.number)
    if party.id not in accepted:
        db.add(
            Acceptance(
                negotiation_id=negotiation.id,
                number=version.number,
                party_id=party.id,
                digest=version.digest,
                at=now,
            )
        )
        _log(db, negotiation, "accepted", actor=actor, now=now, version=version.number)
    negotiation.moved_at = now
    if {each.id for each in parties} <= accepted | {party.id}:
        _agree(db, negotiation, version, actor=actor, now=now)


def _agree(
    db: Session, negotiation: Negotiation, version: Version, *, actor: Member, now: datetime
) -> None:
    if negotiation.engagement_id is None:
        engagement = Engagement(state=EngagementState.AGREED, agreed_at=now)
        db.add(engagement)
        db.flush()  # the negotiation refers to it
        db.add_all(first_items(engagement))
        negotiation.engagement_id = engagement.id
    from_here = after_answers(db, negotiation.engagement_id, now)
    _end(negotiation, NegotiationState.AGREED, from_here)
    _log(
        db,
        negotiation,
        "agreed",
        actor=actor,
        now=now,
        version=version.number,
        engagement=negotiation.engagement_id,
    )


def _take(db: Session, negotiation: Negotiation, actor: Member, now: datetime) -> Party:
    """Take the row, see the negotiation as it stands then, without those whom a block parts from
    the others, and return the actor's part in it.
    """
    parting.take(db, negotiation)
    parting.part_now(db, negotiation, now)
    party = db.scalar(
        select(Party)
        .where(
            Party.negotiation_id == negotiation.id,
            Party.member_id == actor.id,
            Party.left_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    if party is None:
        raise NotFound
    return party


def _has_left(db: Session, negotiation: Negotiation, actor: Member) -> bool:
    left = select(Party.id).where(
        Party.negotiation_id == negotiation.id,
        Party.member_id == actor.id,
        Party.left_at.is_not(None),
    )
    return db.scalar(left.limit(1)) is not None


def _must_be_open(negotiation: Negotiation, now: datetime) -> None:
    if negotiation.state is NegotiationState.AGREED:
        raise Conflict(_("This is agreed. What changes now is a new agreement."))
    if negotiation.state is NegotiationState.CLOSED or negotiation.has_lapsed(now):
        raise Conflict(_("These terms are over. You can begin new ones."))


def _must_take_terms(db: Session, negotiation: Negotiation, now: datetime) -> None:
    """Refuse terms where all is over, and what would change work whose notice ran out."""
    _must_be_open(negotiation, now)
    if negotiation.engagement_id is not None:
        must_not_be_over(db, negotiation.engagement_id, now)


def _on_table(db: Session, negotiation: Negotiation, number: int) -> Version:
    if not number or negotiation.on_table != number:
        raise Conflict(_("This version is not on the table any more. Read what is there now."))
    return db.get_one(Version, (negotiation.id, number))


def _end(negotiation: Negotiation, state: NegotiationState, now: datetime) -> None:
    # What governs is what ended last: nothing ends before it began, whatever a clock says.
    negotiation.state, negotiation.ended_at = state, max(now, negotiation.begun_at)


def _sent_already(
    db: Session, negotiation: Negotiation, party: Party, submission: str
) -> Version | None:
    return db.scalar(
        select(Version).where(
            Version.negotiation_id == negotiation.id,
            Version.author_id == party.id,
            Version.submission == submission,
        )
    )


def _is_it(version: Version, terms: Terms, why: str, valid_until: datetime | None) -> bool:
    """Whether this is what was sent already. Other words from the same form are a version more."""
    return (from_text(version.text), version.why, version.valid_until) == (terms, why, valid_until)


def _log(
    db: Session,
    negotiation: Negotiation,
    what: str,
    *,
    actor: Member,
    now: datetime,
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    record(
        db,
        f"engagements:terms:{what}",
        actor=actor.id,
        subject=("negotiation", negotiation.id),
        now=now,
        to=("mail",) if what in _TOLD else (),
        **data,
    )
