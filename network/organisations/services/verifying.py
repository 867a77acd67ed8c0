"""Verifying that an organisation is the one it says it is: by an address at its domain, or by a
steward who has looked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.changes import changed
from network.errors import Conflict, Invalid, NotAllowed, TooMany
from network.events.models import Event
from network.members.models import Member
from network.members.services.boundaries import DOMAIN
from network.organisations.free_mail import FREE_MAIL
from network.organisations.kinds import VerifiedBy
from network.organisations.models import Organisation
from network.organisations.queries.stewarding import is_apart
from network.organisations.services.marks import remember_all
from network.organisations.services.turns import log, must_speak, take
from network.translation import _

LETTERS_A_DAY = 3
LONGEST_DOMAIN = 100
LETTER = "organisations:letter:wanted"


def verify_by_address(
    db: Session, organisation: Organisation, *, actor: Member, email: str, now: datetime
) -> bool:
    """Verify an organisation by an address at its domain: at once where it is the confirmed address
    of who asks, and else by a letter to it. Returns whether it is verified now.

    Raises `Invalid` for an address that shows nothing, or a domain by which another is verified.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    domain = domain_of(email)
    _must_be_free(db, organisation, domain)
    if organisation.verified_by is VerifiedBy.ADDRESS and organisation.domain == domain:
        return True
    if email.strip().lower() == actor.email:
        _verify(db, organisation, domain, actor=actor, now=now)
        return True
    _must_not_be_many(db, organisation, now)
    log(
        db,
        organisation,
        LETTER,
        actor=actor.id,
        now=now,
        to=("mail",),
        carried={"email": email.strip()},
    )
    return False


def confirm(
    db: Session,
    organisation: Organisation,
    *,
    actor: Member,
    email: str,
    stamp: str,
    now: datetime,
) -> None:
    """Verify an organisation by the link in a letter, which works once.

    Raises `NotFound` for whoever does not speak for it, `Conflict` where it was used, or what the
    organisation is verified by changed since.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    if stamp != stamp_of(organisation):
        raise Conflict(_("That link has been used, or something changed since. Ask for a new one."))
    domain = domain_of(email)
    _must_be_free(db, organisation, domain)
    _verify(db, organisation, domain, actor=actor, now=now)


def stamp_of(organisation: Organisation) -> str:
    """Return what a link in a letter rests on: it dies when the organisation is verified anew, or
    says other things of itself.
    """
    verified, said = organisation.verified_at, organisation.changed_at
    return f"{verified.isoformat() if verified else ''}/{said.isoformat()}"


def domain_of(email: str) -> str:
    """Return the domain of an address; raise `Invalid` where that shows nothing."""
    name, _at, domain = email.strip().lower().rpartition("@")
    if not name or len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        raise Invalid(_("Write an address, such as hello@merrow.example."), field="email")
    if domain in FREE_MAIL:
        raise Invalid(
            _(
                "Anybody can have an address at %(domain)s, so it shows nothing of an organisation."
                " Use one at its own domain, or ask a steward below.",
                domain=domain,
            ),
            field="email",
        )
    return domain


def ask_steward(
    db: Session, organisation: Organisation, *, actor: Member, words: str, now: datetime
) -> None:
    """Ask the stewards to verify an organisation. Other words take the place of those that wait.

    Raises `Conflict` where it is verified, `Invalid` for the words.
    """
    take(db, organisation)
    must_speak(db, organisation, actor)
    if organisation.verified_by is not None:
        raise Conflict(_("It is verified already."))
    kept = asks.as_reason(words)
    if kept == organisation.asks_steward:
        return
    told = () if organisation.asks_steward_at else ("mail",)
    organisation.asks_steward = kept
    organisation.asks_steward_at = organisation.asks_steward_at or now
    log(db, organisation, "organisations:steward:asked", actor=actor.id, now=now, to=told)


def answer_as_steward(
    db: Session,
    organisation: Organisation,
    *,
    steward: Member,
    yes: bool,
    words: str,
    read: str,
    now: datetime,
) -> None:
    """Answer whoever asked the stewards: verify the organisation, or say no with words.

    `read` is the stamp of what was looked at. Raises `Conflict` where it was answered or changed
    meanwhile, `NotAllowed` for a steward who has to do with it themselves, `Invalid` for a no
    without words.
    """
    take(db, organisation)
    if is_apart(db, organisation, steward):
        raise NotAllowed(_("You have to do with it yourself. Another steward decides."))
    if organisation.asks_steward_at is None:
        raise Conflict
    if read != stamp_of(organisation):
        raise Conflict(_("It says something else now. Read it again before you answer."))
    reason = "" if yes else asks.as_reason(words)
    organisation.asks_steward, organisation.asks_steward_at = "", None
    if yes:
        organisation.verified_by, organisation.verified_at = VerifiedBy.STEWARD, now
    log(
        db,
        organisation,
        "organisations:steward:verified" if yes else "organisations:steward:refused",
        actor=steward.id,
        now=now,
        to=("mail", "things") if yes else ("mail",),
        carried={"words": reason},
    )


def _verify(
    db: Session, organisation: Organisation, domain: str, *, actor: Member, now: datetime
) -> None:
    free = update(Organisation).where(Organisation.id == organisation.id)
    try:
        with db.begin_nested():
            changed(
                db,
                free.values(
                    verified_by=VerifiedBy.ADDRESS,
                    verified_at=now,
                    domain=domain,
                    asks_steward="",
                    asks_steward_at=None,
                ),
            )
    except IntegrityError as error:  # another was verified by it at this very moment
        raise _taken(domain) from error
    db.refresh(organisation)
    remember_all(db, organisation)
    log(db, organisation, "organisations:verified", actor=actor.id, now=now, to=("things",))


def _must_be_free(db: Session, organisation: Organisation, domain: str) -> None:
    other = select(Organisation.id).where(
        Organisation.domain == domain,
        Organisation.verified_by == VerifiedBy.ADDRESS,
        Organisation.id != organisation.id,
    )
    if db.scalar(other) is not None:
        raise _taken(domain)


def _taken(domain: str) -> Invalid:
    return Invalid(
        _("Another page here is verified by an address at %(domain)s.", domain=domain),
        field="email",
    )


def _must_not_be_many(db: Session, organisation: Organisation, now: datetime) -> None:
    sent = select(func.count()).where(
        Event.kind == LETTER,
        Event.subject_kind == "organisation",
        Event.subject_id == organisation.id,
        Event.at > now - timedelta(days=1),
    )
    if (db.scalar(sent) or 0) >= LETTERS_A_DAY:
        raise TooMany(_("Three letters in a day are the most. Try again tomorrow."))
