"""Coming in: every way (invitation, application, open door) ends in an invitation to one address,
and using it proves the address. Nothing here tells whether an address is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Conflict
from network.events.services import record
from network.members.kinds import DEFAULT_AUDIENCE, Audience, Part, WhoMayAsk, Work
from network.members.models import Application, Invitation, Member, Participation, Section
from network.members.queries import member_by_email, own_sections
from network.members.services.accounts import ask_for_link, remember_belongs
from network.members.services.participation import set_ways, set_who_may_connect, set_work
from network.members.services.profiles import change_purpose, set_audience, write
from network.text import fold
from network.translation import _

INVITATION_LASTS = timedelta(days=30)
HANDLE_LENGTH = 24
TAKEN_HANDLES = {"me", "new", "search"}


def invite(
    db: Session,
    *,
    email: str,
    name: str = "",
    draft: Mapping[str, str] | None = None,
    inviter: Member | None = None,
    steward: bool = False,
    now: datetime,
) -> Invitation:
    """Hold the door open for one address for 30 days and have a letter sent.

    An earlier invitation to it ends.
    """
    db.execute(
        update(Invitation)
        .where(
            Invitation.email == email,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    invitation = Invitation(
        email=email,
        name=name[:80],
        draft=dict(draft or {}),
        steward=steward,
        invited_by=inviter.id if inviter else None,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    db.add(invitation)
    db.flush()  # the event names it
    record(
        db,
        "members:invited",
        actor=inviter.id if inviter else None,
        subject=("invitation", invitation.id),
        now=now,
        to=("mail",),
    )
    return invitation


def open_invitation(db: Session, email: str, now: datetime) -> Invitation | None:
    """Return the door that is held open for an address already, with whatever draft it has."""
    return db.scalar(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
    )


def knock(db: Session, *, email: str, name: str, now: datetime) -> None:
    """Ask to come in through an open door.

    An invitation goes to a new address, a sign-in link to a known one.
    """
    member = member_by_email(db, email)
    if member is not None:
        ask_for_link(db, member, now=now)
    else:
        invite(db, email=email, name=name, now=now)


def apply(
    db: Session,
    *,
    email: str,
    name: str,
    purpose: str,
    through: str,
    answers: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    """Keep an application for the stewards; a second one replaces the first.

    A known address gets a sign-in link instead.
    """
    member = member_by_email(db, email)
    if member is not None:
        ask_for_link(db, member, now=now)
        return
    waiting = db.scalar(
        select(Application).where(Application.email == email, Application.welcomed_at.is_(None))
    )
    application = waiting or Application(email=email, sent_at=now)
    application.name, application.purpose, application.through = name, purpose, through
    application.answers = [list(pair) for pair in answers]
    db.add(application)
    db.flush()  # the event names it
    record(
        db,
        "members:applied",
        actor=None,
        subject=("application", application.id),
        now=now,
        to=("mail",),
    )


def welcome(db: Session, application: Application, *, steward: Member, now: datetime) -> Invitation:
    """Say yes to an application: the person is invited, with the purpose they wrote as draft."""
    taken = changed(
        db,
        update(Application)
        .where(Application.id == application.id, Application.welcomed_at.is_(None))
        .values(welcomed_at=now),
    )
    if taken != 1:
        raise Conflict
    return invite(
        db,
        email=application.email,
        name=application.name,
        draft={Part.PURPOSE.value: application.purpose},
        inviter=steward,
        now=now,
    )


def turn_down(
    db: Session, application: Application, *, steward: Member, words: str, now: datetime
) -> None:
    """Say no to an application, kindly and by mail; what was written is deleted.

    Raises `Conflict` if it was answered already.
    """
    taken = changed(
        db,
        delete(Application).where(
            Application.id == application.id, Application.welcomed_at.is_(None)
        ),
    )
    if taken != 1:
        raise Conflict
    record(
        db,
        "members:turned_down",
        actor=steward.id,
        subject=("application", application.id),
        now=now,
        to=("mail",),
        carried={"email": application.email, "name": application.name, "words": words},
    )


def join(
    db: Session,
    invitation: Invitation,
    *,
    name: str,
    password_hash: str,
    time_zone: str,
    now: datetime,
) -> Member:
    """Use an invitation: the person is a member, with nothing shown yet but the name.

    Raises `Conflict` if it was used, withdrawn or lapsed, or if the address has an account by now.
    """
    used = changed(
        db,
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now),
    )
    if used != 1:
        raise Conflict(_("This invitation has been used or has lapsed. Ask for a new one."))
    if member_by_email(db, invitation.email) is not None:
        raise Conflict(_("There is an account with this address. Sign in instead."))
    member = Member(
        handle=free_handle(db, name),
        name=name,
        email=invitation.email,
        password_hash=password_hash,
        time_zone=time_zone,
        joined_at=now,
        invited_by=invitation.invited_by,
        steward=invitation.steward,
    )
    add_member(db, member, now=now)
    record(
        db,
        "members:joined",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("index", "referrals"),
        invitation=invitation.id,
        invited_by=invitation.invited_by,
    )
    return member


def add_member(db: Session, member: Member, *, now: datetime) -> None:
    """Keep a new account with its participation and what every account starts with."""
    db.add(member)
    db.flush()  # the rows below need its id
    db.add(Participation(member_id=member.id, work=[], confirmed_at=now))
    audience = DEFAULT_AUDIENCE[Part.AVAILABILITY]
    db.add(
        Section(
            member_id=member.id,
            part=Part.AVAILABILITY,
            audience=audience,
            shown_to=audience,
            written_at=now,
            confirmed_at=now,
        )
    )
    remember_belongs(db, member)


def say_purpose(
    db: Session, member: Member, *, purpose: str, audience: Audience, now: datetime
) -> None:
    """State the purpose for the people chosen beside it: these very words are meant for them."""
    set_audience(db, member, Part.PURPOSE, audience, widen_words=True, now=now)
    change_purpose(db, member, purpose, now=now)


def say_first_words(
    db: Session, member: Member, words: Mapping[Part, str], *, now: datetime
) -> None:
    """Keep what a newcomer wrote of each part; what was left empty and never said stays unsaid."""
    said = own_sections(db, member)
    for part, body in words.items():
        if body or part in said:
            write(db, member, part, body, now=now)


def arrive(
    db: Session,
    member: Member,
    *,
    who: WhoMayAsk,
    work: Collection[Work],
    shown_as_way: bool,
    now: datetime,
) -> bool:
    """Set who may ask and for what, and whether the member is a way to others; the invitation's
    draft is forgotten.

    Return whether members can now find a purpose.
    """
    set_who_may_connect(db, member, who, now=now)
    present = db.get_one(Participation, member.id)
    set_work(db, member, work=work, pace=present.pace, now=now)
    set_ways(
        db,
        member,
        who_may_write=present.who_may_write,
        open_to_introductions=present.open_to_introductions,
        shown_as_way=shown_as_way,
        now=now,
    )
    db.execute(
        update(Invitation)
        .where(Invitation.email == member.email, Invitation.used_at == member.joined_at)
        .values(draft={})
    )
    purpose = db.get(Section, (member.id, Part.PURPOSE))
    return purpose is not None and bool(purpose.body) and purpose.shown_to >= Audience.MEMBERS


def free_handle(db: Session, name: str) -> str:
    """Return a handle made of the name that nobody has."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:HANDLE_LENGTH].strip("-") or "member"
    stem = f"{stem}-here" if stem in TAKEN_HANDLES else stem
    held = set(db.scalars(select(Member.handle).where(Member.handle.like(f"{stem}%"))))
    if stem not in held:
        return stem
    number = 2 + db.scalar(select(func.count()).where(Member.handle.like(f"{stem}%")))  # type: ignore[operator]
    while f"{stem}-{number}" in held:
        number += 1
    return f"{stem}-{number}"
