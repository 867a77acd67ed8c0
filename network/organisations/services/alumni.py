"""Staying in touch: asked by a member or by one who speaks for an organisation, kept by both, ended
by either. A no and an ending are told to nobody.

Asking has its time: 90 days from asking, for the organisation through none of its people; and 90
days from an end, for both.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.errors import Conflict, NotFound
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import Alumni, RelationState
from network.organisations.models import AlumniRelation, Organisation
from network.organisations.queries.alumni import again_from
from network.organisations.services import alumni_asking as asking
from network.organisations.services.alumni_answering import (
    ALUMNI,
    OPEN_FOR,
    close_asks,
    is_answerable,
    keep,
    log_of,
    look_again,
)
from network.organisations.services.turns import must_speak, take
from network.text import clean
from network.translation import _


def ask(
    db: Session,
    organisation: Organisation,
    member: Member,
    *,
    sort: Alumni,
    words: str,
    submission: str,
    now: datetime,
) -> AlumniRelation:
    """Ask an organisation to stay in touch; where it has asked already, that is a yes of both.

    Everybody who speaks for it may answer. Where none of them may know of this member it waits and
    lapses, which looks the same. The same form twice is once. Raises `Conflict` where it is too
    soon, `Invalid` for the words.
    """
    take(db, organisation)
    again = asking.sent_by_member(db, organisation, member, words=words, submission=submission)
    if again is not None:
        return again
    if asking.speaks(db, organisation, member):
        raise Conflict(_("You speak for it: there is nobody there to ask but you."))
    relation = asking.live_relation(db, organisation, member, now)
    if relation is not None and relation.state is RelationState.KEPT:
        raise Conflict(_("You stay in touch already."))
    if relation is not None and relation.asker_id == member.id:
        raise Conflict(_("You have asked, and it has not had its day."))
    if relation is not None and is_answerable(db, relation):
        keep(db, organisation, relation, actor=member, now=now)
        return relation
    if again_from(db, organisation, member, now) is not None:
        raise Conflict(_("You were in touch, or asked, not long ago. It has its time: 90 days."))
    reason = asks.as_reason(words)
    if relation is not None:  # an ask that a block has closed
        relation.state, relation.ended_at = RelationState.ENDED, now
        db.flush()  # it makes room for the one live relation
    relation = _asked(organisation, member, sort, asker=member, now=now)
    db.add(relation)
    db.flush()  # the asks name it
    asking.put_before_speakers(
        db, organisation, relation, asker=member, words=reason, submission=submission, now=now
    )
    asking.remember_asking(
        db, organisation, relation, actor=member, words=reason, submission=submission, now=now
    )
    return relation


def invite(
    db: Session,
    organisation: Organisation,
    addressee: Member,
    *,
    actor: Member,
    sort: Alumni,
    words: str,
    submission: str,
    now: datetime,
) -> AlumniRelation:
    """Ask a member, in one's own words, whether they would stay in touch with an organisation;
    where they have asked already, that is a yes of both.

    Returns what this submission sent already. Raises `NotFound`, `NotAllowed`, `Conflict` or
    `Invalid` where a guard holds it back.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    again = asking.sent_for_organisation(db, actor, submission)
    if again is not None and again.reason == clean(words):
        return db.get_one(AlumniRelation, again.thing_id)
    if again is not None:
        submission = uuid4().hex  # other words from the same form: the guards decide
    relation = _asked_by_member(db, organisation, addressee, actor=actor, now=now)
    if relation is not None:
        keep(db, organisation, relation, actor=actor, now=now)
        return relation
    asking.may_invite(db, organisation, actor=actor, addressee=addressee, now=now)
    relation = _asked(organisation, addressee, sort, asker=actor, now=now)
    db.add(relation)
    db.flush()  # the ask names it
    asks.place(
        db,
        ALUMNI,
        asker=actor,
        addressee=addressee,
        reason=words,
        submission=submission,
        now=now,
        thing_id=relation.id,
        body_id=organisation.id,
    )
    log_of(db, organisation, relation, "organisations:alumni:asked", actor=actor, now=now)
    return relation


def say_yes(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    actor: Member,
    now: datetime,
) -> None:
    """Say yes for an organisation to a member who asked, whoever the ask was put before: somebody
    who speaks for it since then may too. Twice is once.
    """
    take(db, organisation)
    look_again(db, relation)
    must_speak(db, organisation, actor)
    if relation.state is RelationState.KEPT:
        return
    if relation.asker_id != relation.member_id:
        raise NotFound
    if relation.state is not RelationState.ASKED or relation.expires_at <= now:
        raise Conflict
    keep(db, organisation, relation, actor=actor, now=now)


def show(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    actor: Member,
    shown: bool,
    now: datetime,
) -> None:
    """Let the page of an organisation name the member, or not: theirs alone to say."""
    take(db, organisation)
    look_again(db, relation)
    if relation.member_id != actor.id or relation.state is not RelationState.KEPT:
        raise NotFound
    if relation.shown is not shown:
        relation.shown = shown
        kind = "organisations:alumni:shown" if shown else "organisations:alumni:unshown"
        log_of(db, organisation, relation, kind, actor=actor, now=now)


def end(
    db: Session,
    organisation: Organisation,
    relation: AlumniRelation,
    *,
    actor: Member,
    now: datetime,
) -> None:
    """End it, or take back what one's own side has asked. Nobody is told, and twice is once.

    Raises `NotFound` for whoever it is not of.
    """
    take(db, organisation)
    look_again(db, relation)
    mine = relation.member_id == actor.id
    if not mine:
        must_speak(db, organisation, actor)
    if relation.state is RelationState.ENDED:
        return
    if relation.state is RelationState.ASKED and mine != (relation.asker_id == relation.member_id):
        raise NotFound
    close_asks(db, relation, actor=actor, now=now)
    relation.state, relation.ended_at, relation.shown = RelationState.ENDED, now, False
    log_of(db, organisation, relation, "organisations:alumni:ended", actor=actor, now=now)


def _asked_by_member(
    db: Session, organisation: Organisation, addressee: Member, *, actor: Member, now: datetime
) -> AlumniRelation | None:
    """Return what a member has asked already, or None; raise where they are not to be asked now."""
    near = select(Member.id).where(Member.id == addressee.id, not_apart(Viewer.of(actor)))
    if db.scalar(near) is None:
        raise NotFound
    if asking.speaks(db, organisation, addressee):
        raise Conflict(_("%(name)s speaks for it.", name=addressee.name))
    relation = asking.live_relation(db, organisation, addressee, now)
    if relation is not None and relation.state is RelationState.KEPT:
        raise Conflict(_("You stay in touch already."))
    if relation is not None and relation.asker_id != addressee.id:
        raise Conflict(
            _("%(name)s has been asked, and it has not had its day.", name=addressee.name)
        )
    return relation


def _asked(
    organisation: Organisation, member: Member, sort: Alumni, *, asker: Member, now: datetime
) -> AlumniRelation:
    return AlumniRelation(
        organisation_id=organisation.id,
        member_id=member.id,
        sort=sort,
        asker_id=asker.id,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )
