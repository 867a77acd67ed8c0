"""Writing to one member, or to one team, about one need; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.circles.models import Circle
from network.circles.services import turns as circle_turns
from network.errors import Conflict, Invalid
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach, Organisation
from network.organisations.services import approach_guards as guards
from network.organisations.services.approach_turns import log, take, take_side
from network.organisations.services.ending_approaches import close_asks
from network.organisations.services.opening import APPROACH, TEAM_APPROACH
from network.text import clean, clean_line
from network.translation import _

LONGEST = {"need": 2000, "fits": 600, "time": 160, "value": 160, "begins": 160, "next": 300}
SHORTEST_NEED, SHORTEST_FITS = 10, 20


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written, as its form was filled in."""

    work: Work
    need: str
    fits: str
    time: str
    value: str
    begins: str
    next: str


def send(
    db: Session,
    letter: Letter,
    *,
    writer: Member,
    organisation: Organisation | None,
    member: Member,
    submission: str,
    now: datetime,
) -> Approach:
    """Write to a member, for an organisation or for oneself; return what this submission sent
    already. Raises `NotFound`, `NotAllowed`, `Conflict` or `Invalid` where a guard holds it back.
    """
    take_side(db, writer.id, organisation)
    again = _sent_already(db, writer, submission)
    if again is not None and (again.member_id, again.need) == (member.id, clean(letter.need)):
        return again
    guards.must_be_free(db, writer, organisation, now)
    guards.must_reach(db, writer, member, letter.work, now)
    guards.must_have_waited(db, writer, organisation, member, now)
    approach = _keep(
        db,
        letter,
        writer=writer,
        organisation=organisation,
        submission=submission if again is None else uuid4().hex,
        now=now,
    )
    approach.member_id = member.id
    db.flush()  # what asks names it
    body_id = 0 if organisation is None else organisation.id
    _put(db, APPROACH, approach, [member], writer=writer, body_id=body_id, now=now)
    return approach


def send_to_team(
    db: Session,
    letter: Letter,
    *,
    writer: Member,
    organisation: Organisation | None,
    circle: Circle,
    submission: str,
    now: datetime,
) -> Approach:
    """Write to a team: everybody in it is asked who takes part now and whom the writer may know of.
    Raises what `send` raises.
    """
    take_side(db, writer.id, organisation)
    circle_turns.take(db, circle)
    again = _sent_already(db, writer, submission)
    if again is not None and (again.circle_id, again.need) == (circle.id, clean(letter.need)):
        return again
    guards.must_be_free(db, writer, organisation, now)
    guards.must_reach_team(db, writer, circle, now)
    guards.must_have_waited(db, writer, organisation, circle, now)
    approach = _keep(
        db,
        letter,
        writer=writer,
        organisation=organisation,
        submission=submission if again is None else uuid4().hex,
        now=now,
    )
    everybody, asked = guards.team_of(db, writer, circle, now)
    approach.circle_id, approach.team = circle.id, everybody
    db.flush()  # what asks names it
    _put(db, TEAM_APPROACH, approach, asked, writer=writer, body_id=circle.id, now=now)
    return approach


def withdraw(db: Session, approach: Approach, *, actor: Member, now: datetime) -> None:
    """Take an approach back, whatever was quietly answered; twice is once. The side that wrote is
    loaded by `access.approach_sent`. Raises `Conflict` where it is over already.
    """
    take(db, approach)
    if approach.state is ApproachState.WITHDRAWN:
        return
    over = approach.told_no_at is not None or approach.expires_at <= now
    if approach.state is not ApproachState.SENT or over:
        raise Conflict(_("This is over already."))
    approach.state, approach.ended_at = ApproachState.WITHDRAWN, now
    close_asks(db, approach, actor=actor, now=now)
    log(db, approach, "organisations:approach:withdrawn", actor=actor.id, now=now)


def _sent_already(db: Session, writer: Member, submission: str) -> Approach | None:
    """Return what this submission sent before."""
    return db.scalar(
        select(Approach).where(Approach.writer_id == writer.id, Approach.submission == submission)
    )


def _keep(
    db: Session,
    letter: Letter,
    *,
    writer: Member,
    organisation: Organisation | None,
    submission: str,
    now: datetime,
) -> Approach:
    """Keep the words; other words from a form that was sent are another approach."""
    approach = Approach(
        organisation_id=None if organisation is None else organisation.id,
        writer_id=writer.id,
        work=letter.work,
        readiness_version=0 if organisation is None else organisation.readiness_version,
        sent_at=now,
        expires_at=now + APPROACH.lifetime,
        submission=submission,
        **_words(letter),
    )
    db.add(approach)
    return approach


def _words(letter: Letter) -> dict[str, str]:
    found = {
        each.name: (clean if each.name in {"need", "fits"} else clean_line)(
            getattr(letter, each.name)
        )
        for each in fields(letter)
        if each.name in LONGEST
    }
    for name, words in found.items():
        if len(words) > LONGEST[name]:
            raise Invalid(
                _(
                    "This has %(n)s letters; %(most)s is the most.",
                    n=len(words),
                    most=LONGEST[name],
                ),
                field=name,
            )
    _must_say_enough(found)
    return found


def _too_long(length: int, most: int) -> str:
    return str(_("This has %(n)s letters; %(most)s is the most.", n=length, most=most))


def _must_say_enough(words: dict[str, str]) -> None:
    if len(words["need"]) < SHORTEST_NEED:
        raise Invalid(_("Say what you need help with. A sentence is enough."), field="need")
    if len(words["fits"]) < SHORTEST_FITS:
        raise Invalid(
            _("Quote some of their own words, so that they can see why you thought of them."),
            field="fits",
        )
    missing = {
        "time": _("Say roughly how much time. “We do not know yet” is an answer."),
        "value": _("Say what you could give in return. “To be found together” is an answer."),
        "begins": _("Say roughly when. “When it suits you” is an answer."),
        "next": _("Say whom they would work with, and what happens after a yes."),
    }
    for name, sentence in missing.items():
        if not words[name]:
            raise Invalid(sentence, field=name)


def _put(
    db: Session,
    kind: Kind,
    approach: Approach,
    people: Sequence[Member],
    *,
    writer: Member,
    body_id: int,
    now: datetime,
) -> None:
    """Put an approach before those it asks. Each ends with it, on its day."""
    for each in people:
        asks.let_lapse(db, writer, each, kind, now, body_id=body_id)
        asks.place(
            db,
            kind,
            asker=writer,
            addressee=each,
            reason=approach.need,
            submission=uuid4().hex,
            now=now,
            thing_id=approach.id,
            body_id=body_id,
            expires_at=approach.expires_at,
        )
    log(db, approach, "organisations:approach:sent", actor=writer.id, now=now)
