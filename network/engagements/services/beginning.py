"""Beginning to look for terms: those who sign, from a conversation in which they talk already; or
all who agreed, to change what they agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import Conversation
from network.engagements.access import Work
from network.engagements.kinds import EngagementState, NegotiationState
from network.engagements.models import Engagement, Negotiation, Party
from network.engagements.services import negotiating, parting, signing, turns
from network.errors import Conflict
from network.events.services import record
from network.members.models import Member
from network.translation import _

GOES_ON = (EngagementState.AGREED, EngagementState.ACTIVE, EngagementState.PAUSED)
NOT_ALL = _("Not everybody who agreed can be asked just now. What you agreed goes on as it is.")


def begin(
    db: Session,
    conversation: Conversation,
    *,
    actor: Member,
    signs: Mapping[int, int | None],
    now: datetime,
    submission: str,
) -> Negotiation:
    """Begin terms between people of one conversation: that they talk there was their yes to it.

    `signs` names each of them by id, with the organisation that they sign for, or None for
    themselves. The same submission begins one. Raises `NotFound` for somebody who is not there or
    not here for the actor, `NotAllowed` for an organisation that they do not speak for, `Invalid`
    for fewer than two, more than twelve or two for one organisation, `Conflict` for others than
    those with whom the same submission has begun.
    """
    again = _begun_already(db, actor, submission)
    if again is not None:
        return _must_be_the_same(db, again, signs)
    signing.check(db, conversation, signs, actor=actor, now=now)
    negotiation = Negotiation(
        state=NegotiationState.OPEN,
        begun_by_id=actor.id,
        conversation_id=conversation.id,
        begun_at=now,
        moved_at=now,
        submission=submission,
    )
    _sit_down(db, negotiation, signs, actor=actor, now=now)
    return negotiation


def amend(db: Session, work: Work, *, actor: Member, now: datetime, submission: str) -> Negotiation:
    """Begin to change what was agreed, between the same parties; until all accept it, what was
    agreed goes on. There is one such change at a time: whoever asks for another is led to it.

    Raises `NotFound` for others than the parties, `Conflict` where the work is over or somebody who
    agreed cannot be asked.
    """
    turn = turns.take(db, work.engagement, actor)
    again = _begun_already(db, actor, submission)
    if again is not None:
        return again
    if work.engagement.state not in GOES_ON:
        raise Conflict(_("This work is over. What you agree from here are new terms."))
    found = _still_open(db, work.engagement, now)
    if found is not None:
        return found
    governing = turn.agreed[-1].negotiation
    signing.must_bind(db, governing, actor)
    parties = negotiating.parties_of(db, governing)
    signs = {each.member_id: each.organisation_id for each in parties}
    # What an organisation agreed nobody changes for themselves, once it is gone.
    if None in signs or any(p.organisation_name and p.organisation_id is None for p in parties):
        raise Conflict(NOT_ALL)
    if not signing.speak_all(db, parties):
        raise Conflict(NOT_ALL)
    negotiation = Negotiation(
        state=NegotiationState.OPEN,
        begun_by_id=actor.id,
        engagement_id=work.engagement.id,
        conversation_id=governing.conversation_id,
        begun_at=max(now, governing.ended_at or now),  # a clock may have been set back
        moved_at=now,
        submission=submission,
    )
    people = {member_id: each for member_id, each in signs.items() if member_id is not None}
    _sit_down(db, negotiation, people, actor=actor, now=now)
    parting.part_now(db, negotiation, now)
    if negotiation.state is not NegotiationState.OPEN:
        raise Conflict(NOT_ALL)
    return negotiation


def _begun_already(db: Session, actor: Member, submission: str) -> Negotiation | None:
    return db.scalar(
        select(Negotiation).where(
            Negotiation.begun_by_id == actor.id, Negotiation.submission == submission
        )
    )


def _must_be_the_same(
    db: Session, negotiation: Negotiation, signs: Mapping[int, int | None]
) -> Negotiation:
    begun = select(Party.member_id, Party.organisation_id)
    rows = db.execute(begun.where(Party.negotiation_id == negotiation.id))
    if dict(rows.all()) != dict(signs):
        raise Conflict(_("From this page you have begun terms with others. Open it once more."))
    return negotiation


def _sit_down(
    db: Session,
    negotiation: Negotiation,
    signs: Mapping[int, int | None],
    *,
    actor: Member,
    now: datetime,
) -> None:
    """Keep a negotiation with those who sign, and say in the log that it has begun."""
    db.add(negotiation)
    db.flush()  # its parties refer to it
    db.add_all(
        signing.party(db, negotiation, member_id, organisation_id)
        for member_id, organisation_id in sorted(signs.items())
    )
    db.flush()  # who is there is read next
    record(
        db,
        "engagements:terms:begun",
        actor=actor.id,
        subject=("negotiation", negotiation.id),
        now=now,
        conversation=negotiation.conversation_id,
        people=sorted(signs),
        engagement=negotiation.engagement_id,
    )


def _still_open(db: Session, engagement: Engagement, now: datetime) -> Negotiation | None:
    """Return the change of this work that is open; one that has lapsed is closed first."""
    found = db.scalar(
        select(Negotiation).where(
            Negotiation.engagement_id == engagement.id, Negotiation.state == NegotiationState.OPEN
        )
    )
    if found is None:
        return None
    parting.take(db, found)
    parting.part_now(db, found, now)
    if found.has_lapsed(now):
        parting.off_table(db, found, now)
        found.state, found.ended_at = NegotiationState.CLOSED, now
    db.flush()  # one is open at a time, and another may follow
    return found if found.state is NegotiationState.OPEN else None
