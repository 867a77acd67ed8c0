"""An organisation asks somebody to stay in touch through one of its people, or is asked through all
who speak for it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.changes import changed
from network.errors import Conflict
from network.events.models import Event
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import RelationState, Speaks
from network.organisations.models import AlumniRelation, Organisation, Representative
from network.organisations.queries.alumni import ended_lately
from network.organisations.services.alumni_answering import ALUMNI, log_of
from network.text import clean
from network.translation import _

ASKED = "organisations:alumni:asked"


def live_relation(
    db: Session, organisation: Organisation, member: Member, now: datetime
) -> AlumniRelation | None:
    """Return where somebody stands with an organisation, once its row is taken.

    What time has ended already is stored, so that the one live relation is free.
    """
    changed(
        db,
        update(AlumniRelation)
        .where(
            AlumniRelation.organisation_id == organisation.id,
            AlumniRelation.member_id == member.id,
            AlumniRelation.state == RelationState.ASKED,
            AlumniRelation.expires_at <= now,
        )
        .values(state=RelationState.ENDED, ended_at=now),
    )
    return db.scalar(
        select(AlumniRelation)
        .where(
            AlumniRelation.organisation_id == organisation.id,
            AlumniRelation.member_id == member.id,
            AlumniRelation.state != RelationState.ENDED,
        )
        .execution_options(populate_existing=True)
    )


def speaks(db: Session, organisation: Organisation, member: Member) -> bool:
    """Whether somebody speaks for an organisation now."""
    place = exists().where(
        Representative.organisation_id == organisation.id,
        Representative.member_id == member.id,
        Representative.state == Speaks.ACTIVE,
    )
    return bool(db.scalar(select(place)))


def may_invite(
    db: Session, organisation: Organisation, *, actor: Member, addressee: Member, now: datetime
) -> None:
    """Raise the refusal that holds an ask of an organisation back; return if it may be sent."""
    asks.let_lapse(db, actor, addressee, ALUMNI, now, body_id=organisation.id)
    asks.may_ask(db, ALUMNI, asker=actor, addressee=addressee, now=now, body_id=organisation.id)
    if ended_lately(db, organisation, addressee, now):
        raise Conflict(_("You were in touch not long ago. It has its time: 90 days."))


def put_before_speakers(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    asker: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    """Put the ask of a member before all who speak for an organisation and are not apart from
    them.
    """
    speaking = db.scalars(
        select(Member)
        .join(Representative, Representative.member_id == Member.id)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.state == Speaks.ACTIVE,
            not_apart(Viewer.of(asker)),
        )
        .order_by(Representative.since, Representative.id)
    ).all()
    for each in speaking:
        asks.let_lapse(db, asker, each, ALUMNI, now, body_id=organisation.id)
        asks.place(
            db,
            ALUMNI,
            asker=asker,
            addressee=each,
            reason=words,
            submission=f"{submission[:29]}-{each.id}"[:40],
            now=now,
            thing_id=relation.id,
            body_id=organisation.id,
            expires_at=relation.expires_at,
        )


def remember_asking(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    """Record that a member asked, and by which form: also where nobody is to read it."""
    log_of(
        db,
        organisation,
        relation,
        ASKED,
        actor=actor,
        now=now,
        submission=submission,
        mark=_mark(words),
    )


def sent_by_member(
    db: Session, organisation: Organisation, member: Member, *, words: str, submission: str
) -> AlumniRelation | None:
    """Return what this form asked before, in the very same words."""
    sent = db.scalars(
        select(Event).where(
            Event.actor_id == member.id,
            Event.kind == ASKED,
            Event.subject_id == organisation.id,
        )
    )
    same = {"submission": submission, "mark": _mark(words)}
    found = [each.data["relation"] for each in sent if same.items() <= each.data.items()]
    return db.get(AlumniRelation, found[0]) if found else None


def sent_for_organisation(db: Session, actor: Member, submission: str) -> Ask | None:
    """Return what this form of somebody who speaks for an organisation sent before."""
    return db.scalar(
        select(Ask).where(
            Ask.asker_id == actor.id, Ask.submission == submission, Ask.kind == ALUMNI.name
        )
    )


def _mark(words: str) -> str:
    return hashlib.sha256(clean(words).encode()).hexdigest()[:16]
