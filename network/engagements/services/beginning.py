"""Beginning to look for terms: those who sign, from a conversation in which they talk already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import Conversation, Participant
from network.engagements.kinds import NegotiationState
from network.engagements.models import Negotiation, Party
from network.engagements.services.negotiating import FEWEST, MOST
from network.errors import Invalid, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.members.visibility import Viewer, visible
from network.organisations.models import Organisation
from network.organisations.visibility import speaks_for
from network.translation import _


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
    for fewer than two or more than twelve.
    """
    again = db.scalar(
        select(Negotiation).where(
            Negotiation.begun_by_id == actor.id, Negotiation.submission == submission
        )
    )
    if again is not None:
        return again
    _must_be_there(db, conversation, actor, signs, now)
    _must_speak(db, signs)
    negotiation = Negotiation(
        state=NegotiationState.OPEN,
        begun_by_id=actor.id,
        conversation_id=conversation.id,
        begun_at=now,
        moved_at=now,
        submission=submission,
    )
    db.add(negotiation)
    db.flush()  # its parties refer to it
    db.add_all(
        party(db, negotiation, member_id, organisation_id)
        for member_id, organisation_id in sorted(signs.items())
    )
    record(
        db,
        "engagements:terms:begun",
        actor=actor.id,
        subject=("negotiation", negotiation.id),
        now=now,
        conversation=conversation.id,
        people=sorted(signs),
    )
    return negotiation


def party(
    db: Session, negotiation: Negotiation, member_id: int, organisation_id: int | None
) -> Party:
    """Return one who signs, under the names that they have now."""
    speaks_for = organisation_id and db.get_one(Organisation, organisation_id)
    return Party(
        negotiation_id=negotiation.id,
        member_id=member_id,
        organisation_id=organisation_id,
        name=db.get_one(Member, member_id).name,
        organisation_name=speaks_for.name if speaks_for else "",
    )


def _must_be_there(
    db: Session,
    conversation: Conversation,
    actor: Member,
    signs: Mapping[int, int | None],
    now: datetime,
) -> None:
    if actor.id not in signs or not FEWEST <= len(signs) <= MOST:
        raise Invalid(_("Terms are between two and twelve, and you are one of them."), field="who")
    found = db.scalars(
        select(Member.id)
        .join(Participant, Participant.member_id == Member.id)
        .where(
            Participant.conversation_id == conversation.id,
            Participant.left_at.is_(None),
            Member.id.in_(signs),
            visible(Viewer.of(actor), now),
        )
    ).all()
    if set(found) != set(signs):
        raise NotFound


def _must_speak(db: Session, signs: Mapping[int, int | None]) -> None:
    for member_id, organisation_id in signs.items():
        if organisation_id is None:
            continue
        signer = Viewer.of(db.get_one(Member, member_id))
        speaks = select(Organisation.id).where(
            Organisation.id == organisation_id, speaks_for(signer, Organisation.id)
        )
        if db.scalar(speaks) is None:
            raise NotAllowed(_("Somebody signs only for an organisation that they speak for."))
