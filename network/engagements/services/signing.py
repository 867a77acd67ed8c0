"""Who signs terms: people of one conversation, each for themselves or for an organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import Conversation, Participant
from network.engagements.kinds import NegotiationState
from network.engagements.models import Negotiation, Party
from network.engagements.services import parting
from network.errors import Invalid, NotAllowed, NotFound
from network.members.models import Member
from network.members.visibility import Viewer, visible
from network.organisations.models import Organisation
from network.organisations.visibility import speaks_for
from network.translation import _

MOST = 12
NO_MORE = _("You do not speak for this organisation any more.")


def check(
    db: Session,
    conversation: Conversation,
    signs: Mapping[int, int | None],
    *,
    actor: Member,
    now: datetime,
) -> None:
    """Raise a refusal unless these may sign terms that begin in this conversation: people who are
    in it and here for the actor, each for an organisation that they speak for, or for themselves.
    """
    if actor.id not in signs or not parting.FEWEST <= len(signs) <= MOST:
        raise Invalid(_("Terms are between two and twelve, and you are one of them."), field="who")
    organisations = [each for each in signs.values() if each is not None]
    if len(set(organisations)) < len(organisations):
        raise Invalid(_("One person signs for an organisation."), field="who")
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
    _must_speak(db, signs)


def party(
    db: Session, negotiation: Negotiation, member_id: int, organisation_id: int | None
) -> Party:
    """Return one who signs, under the names that they have now."""
    signs_for = organisation_id and db.get_one(Organisation, organisation_id)
    return Party(
        negotiation_id=negotiation.id,
        member_id=member_id,
        organisation_id=organisation_id,
        name=db.get_one(Member, member_id).name,
        organisation_name=signs_for.name if signs_for else "",
    )


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


def speak_all(db: Session, parties: Iterable[Party]) -> bool:
    """Whether each of these who signs for an organisation speaks for it now."""
    return all(_organisation_of(db, each) is not None for each in parties if each.organisation_id)


def must_bind(db: Session, negotiation: Negotiation, actor: Member) -> None:
    """Raise `NotAllowed` for somebody who signed this for an organisation, and does not speak for
    it any more: they change nothing in its name.
    """
    mine = select(Party).where(
        Party.negotiation_id == negotiation.id,
        Party.member_id == actor.id,
        Party.left_at.is_(None),
    )
    if not speak_all(db, db.scalars(mine)):
        raise NotAllowed(NO_MORE)


def end_for(db: Session, organisation_id: int, member_id: int, now: datetime) -> None:
    """Let somebody go from open terms that they would sign for an organisation, in the transaction
    in which they speak for it no longer. What is agreed stands.
    """
    theirs = (
        select(Party)
        .join(Negotiation, Negotiation.id == Party.negotiation_id)
        .where(
            Negotiation.state == NegotiationState.OPEN,
            Party.organisation_id == organisation_id,
            Party.member_id == member_id,
            Party.left_at.is_(None),
        )
        .order_by(Negotiation.id)
    )
    for party in db.scalars(theirs).all():
        negotiation = db.get_one(Negotiation, party.negotiation_id)
        parting.take(db, negotiation)
        parting.part_now(db, negotiation, now)
        db.refresh(party)
        over = negotiation.state is not NegotiationState.OPEN or negotiation.has_lapsed(now)
        if not over and party.left_at is None:
            parting.go(db, negotiation, party, now=now)


def sign(db: Session, party: Party, actor: Member) -> None:
    """Put a party under the names of today; raise `NotAllowed` where it may not sign by now."""
    party.name = actor.name
    if party.organisation_id is None and not party.organisation_name:
        return
    signs_for = _organisation_of(db, party)
    if signs_for is None:
        raise NotAllowed(NO_MORE)
    party.organisation_name = signs_for.name


def _organisation_of(db: Session, party: Party) -> Organisation | None:
    """Return the organisation for which a party signs, while they speak for it."""
    return db.scalar(
        select(Organisation).where(
            Organisation.id == party.organisation_id,
            speaks_for(Viewer(member_id=party.member_id), Organisation.id),
        )
    )
