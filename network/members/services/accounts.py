"""Signing in and out, passwords and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from network import auth
from network.changes import changed
from network.errors import Conflict, Invalid
from network.events.services import record
from network.members.kinds import Part
from network.members.models import Member, Section, SignIn
from network.members.queries import member_by_email
from network.text import fold
from network.translation import _

SIGN_IN_LASTS = timedelta(days=30)
FRESH_FOR = timedelta(minutes=30)
NOBODY = 0  # no row has this number


def start_sign_in(db: Session, member: Member, *, device: str, now: datetime) -> auth.SignedIn:
    """Sign a device in and return what its cookie stands for."""
    token = auth.new_token()
    row = SignIn(
        digest=auth.digest(token),
        member_id=member.id,
        device=device[:120],
        at=now,
        fresh_at=now,
        expires_at=now + SIGN_IN_LASTS,
    )
    db.add(row)
    db.flush()  # the cookie stands for its id
    record(db, "members:sign_in:started", actor=member.id, subject=("member", member.id), now=now)
    return auth.SignedIn(member_id=member.id, sign_in_id=row.id, token=token)


def use_link(db: Session, member_id: int, credential_version: int) -> bool:
    """Spend a mailed link: true once, for one caller, and every link made before dies with it."""
    spent = changed(
        db,
        update(Member)
        .where(Member.id == member_id, Member.credential_version == credential_version)
        .values(credential_version=credential_version + 1),
    )
    return spent == 1


def end_sign_in(db: Session, member: Member, *, key: str, now: datetime) -> None:
    """End one of a member's own sign-ins. Ending it twice is harmless."""
    if changed(db, delete(SignIn).where(SignIn.member_id == member.id, SignIn.key == key)):
        subject = ("member", member.id)
        record(db, "members:sign_in:ended", actor=member.id, subject=subject, now=now)


def end_other_sign_ins(db: Session, member: Member, *, keep: int, now: datetime) -> None:
    """End all of a member's sign-ins but one."""
    db.execute(delete(SignIn).where(SignIn.member_id == member.id, SignIn.id != keep))
    subject = ("member", member.id)
    record(db, "members:sign_in:others_ended", actor=member.id, subject=subject, now=now)


def is_fresh(sign_in: SignIn, now: datetime) -> bool:
    """Whether the person has shown lately that it is them: what guards address and password."""
    return now - sign_in.fresh_at <= FRESH_FOR


def freshen(db: Session, member: Member, *, sign_in_id: int, now: datetime) -> None:
    """Note that the person has just shown again that it is them."""
    db.execute(update(SignIn).where(SignIn.id == sign_in_id).values(fresh_at=now))
    record(db, "members:sign_in:freshened", actor=member.id, subject=("member", member.id), now=now)


def set_password(
    db: Session, member: Member, *, password_hash: str, keep: int, now: datetime
) -> None:
    """Set the password; every other sign-in than `keep` ends, every mailed link dies."""
    member.password_hash = password_hash
    member.credential_version += 1
    db.execute(delete(SignIn).where(SignIn.member_id == member.id, SignIn.id != keep))
    record(
        db,
        "members:password:set",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("mail",),
    )


def ask_for_link(db: Session, member: Member | None, *, now: datetime) -> None:
    """Have a sign-in link mailed to the member. As much is written where there is none: the worker
    finds nobody to write to, and the time it took tells nothing.
    """
    member_id = member.id if member is not None else None
    record(
        db,
        "members:link:wanted",
        actor=member_id,
        subject=("member", member_id or NOBODY),
        now=now,
        to=("mail",),
    )


def set_time_zone(db: Session, member: Member, *, time_zone: str, now: datetime) -> None:
    """Set the zone in which a member reads times."""
    member.time_zone = time_zone
    record(db, "members:time_zone:set", actor=member.id, subject=("member", member.id), now=now)


def set_theme(db: Session, member: Member, *, theme: str, now: datetime) -> None:
    """Set whether pages are "light", "dark", or as the device has it ("")."""
    member.theme = theme
    record(db, "members:theme:set", actor=member.id, subject=("member", member.id), now=now)


def ask_to_change_address(db: Session, member: Member, *, email: str, now: datetime) -> None:
    """Have the new address asked to confirm itself. Nothing changes until it does.

    Says nothing, whether or not the address is known here: its owner hears of it by mail.
    """
    if email == member.email:
        raise Invalid(_("This is the address you have."), field="email")
    record(
        db,
        "members:address:wanted",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("mail",),
        carried={"email": email},
        version=member.credential_version,
    )


def change_address(db: Session, member: Member, *, email: str, version: int, now: datetime) -> None:
    """Take the confirmed address; raise `Conflict` if the link or the address was taken since."""
    if member_by_email(db, email) is not None or not use_link(db, member.id, version):
        raise Conflict(_("That link has been used, or something changed since. Ask for a new one."))
    old = member.email
    db.refresh(member)
    member.email = email
    remember_belongs(db, member)
    record(
        db,
        "members:address:changed",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("mail",),
        carried={"old": old},
    )


def remember_belongs(db: Session, member: Member) -> None:
    """Write down what shields are compared with: every end of the address, the words of each role,
    and the marks of the organisations that the member speaks for.

    `" care north @north.care.example @care.example head of care "`: marks stand between spaces.
    """
    roles = db.get(Section, (member.id, Part.ROLES))
    words = [fold(line) for line in roles.body.splitlines()] if roles is not None else []
    # Those first: no length of roles pushes them out.
    member.belongs = belongings(member.email, words, first=member.represents.splitlines())


def belongings(email: str, words: Sequence[str] = (), *, first: Sequence[str] = ()) -> str:
    """Return what an address and some folded words belong to, as shields read it."""
    marks = [*first, *ends_of(email.rpartition("@")[2]), *words]
    return f" {' '.join(marks)} "[:2000]


def ends_of(domain: str) -> list[str]:
    """Return every end of a domain by which a shield may name it: `@north.care.example`, ..."""
    parts = domain.split(".")
    return ["@" + ".".join(parts[start:]) for start in range(len(parts) - 1)]
