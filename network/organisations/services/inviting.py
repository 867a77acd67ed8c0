"""Asking somebody to speak for an organisation; and taking back what is on its way."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.errors import Conflict, NotFound
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.services.answering import INVITED, OPEN_FOR, admit, close_asks
from network.organisations.services.turns import (
    ON_THE_WAY,
    live_place,
    log,
    look_again,
    must_speak,
    take,
)
from network.text import clean
from network.translation import _


def invite(
    db: Session,
    organisation: Organisation,
    addressee: Member,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> Representative:
    """Ask somebody to speak for an organisation, in one's own words; whoever has claimed its page
    is let in.

    Returns what this submission sent already. Raises `NotFound`, `NotAllowed`, `Conflict` or
    `Invalid` where a guard holds it back.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    again = _sent_already(db, actor, submission)
    if again is not None and again.reason == clean(words):
        return db.get_one(Representative, again.thing_id)
    if again is not None:
        submission = uuid4().hex  # other words from the same form: the guards decide
    place = live_place(db, organisation, addressee, now)
    if place is not None and place.state is Speaks.CLAIMED:
        place.by_id = actor.id
        admit(db, organisation, place, actor=actor, now=now)
        return place
    if place is not None:
        raise Conflict(_not_again(place, addressee))
    _may_invite(db, organisation, actor=actor, addressee=addressee, now=now)
    place = _on_the_way(organisation, addressee, actor, now)
    db.add(place)
    db.flush()  # the ask names it
    asks.place(
        db,
        INVITED,
        asker=actor,
        addressee=addressee,
        reason=words,
        submission=submission,
        now=now,
        thing_id=place.id,
        body_id=organisation.id,
    )
    log(db, organisation, "organisations:invited", actor=actor.id, now=now, place=place)
    return place


def take_back(
    db: Session, organisation: Organisation, place: Representative, *, actor: Member, now: datetime
) -> None:
    """Take an invitation or a claim back. Twice is once, and nobody is told.

    Raises `NotFound` for whoever it is not of.
    """
    take(db, organisation)
    look_again(db, place)
    if place.state is Speaks.ENDED and place.since is None:
        return
    if place.state is Speaks.CLAIMED and place.member_id != actor.id:
        raise NotFound
    if place.state is Speaks.INVITED:
        must_speak(db, organisation, actor)
    if place.state not in ON_THE_WAY:
        raise Conflict
    stop(db, organisation, place, actor=actor, now=now)


def stop(
    db: Session, organisation: Organisation, place: Representative, *, actor: Member, now: datetime
) -> None:
    """End what is on its way, without a word. The row of the organisation is taken before."""
    close_asks(db, place, actor=actor, now=now)
    place.state, place.ended_at = Speaks.ENDED, now
    log(db, organisation, "organisations:taken_back", actor=actor.id, now=now, place=place)


def _sent_already(db: Session, actor: Member, submission: str) -> Ask | None:
    return db.scalar(
        select(Ask).where(
            Ask.asker_id == actor.id, Ask.submission == submission, Ask.kind == INVITED.name
        )
    )


def _may_invite(
    db: Session, organisation: Organisation, *, actor: Member, addressee: Member, now: datetime
) -> None:
    """Raise the refusal that holds an invitation back; return if it may be sent."""
    asks.let_lapse(db, actor, addressee, INVITED, now, body_id=organisation.id)
    asks.may_ask(db, INVITED, asker=actor, addressee=addressee, now=now, body_id=organisation.id)


def _on_the_way(
    organisation: Organisation, addressee: Member, actor: Member, now: datetime
) -> Representative:
    return Representative(
        organisation_id=organisation.id,
        member_id=addressee.id,
        state=Speaks.INVITED,
        by_id=actor.id,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )


def _not_again(place: Representative, addressee: Member) -> str:
    if place.state is Speaks.INVITED:
        return str(_("%(name)s has been asked, and it has not had its day.", name=addressee.name))
    return str(_("%(name)s speaks for it already.", name=addressee.name))
