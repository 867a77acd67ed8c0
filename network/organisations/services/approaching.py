"""Writing to one member, or to one team, about one need."""

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
from network.errors import Invalid, NotFound
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.models import Approach, Organisation, WorkNeed
from network.organisations.services import approach_guards as guards
from network.organisations.services import team_guards
from network.organisations.services.approach_kinds import APPROACH, TEAM_APPROACH
from network.organisations.services.approach_turns import log, take_side, take_team
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
    to: Member | Circle,
    submission: str,
    now: datetime,
    grew_from: WorkNeed | None = None,
) -> Approach:
    """Write to a member or a team, for an organisation or for oneself; return what this submission
    sent already. Of a team everybody is asked who takes part now and whom the writer may know of.
    It may have grown from a need that the same side holds.

    Raises `NotFound`, `NotAllowed`, `Conflict` or `Invalid` where a guard holds it back.
    """
    take_side(db, writer.id, organisation)
    again = _sent_already(db, writer, submission)
    if again is not None and _is_it(again, letter, to):
        return again
    guards.must_be_free(db, writer, organisation, now)
    if isinstance(to, Circle):
        take_team(db, to)
        team_guards.must_reach_team(db, writer, to, now)
    else:
        guards.must_reach(db, writer, to, letter.work, now)
    guards.must_have_waited(db, writer, organisation, to, now)
    approach = _kept(letter, writer=writer, organisation=organisation, now=now)
    approach.need_id = _of_this_side(grew_from, approach)
    approach.submission = submission if again is None else uuid4().hex
    if isinstance(to, Circle):
        approach.team, asked = team_guards.team_of(db, writer, to, now)
        approach.circle_id, kind, body_id = to.id, TEAM_APPROACH, to.id
    else:
        approach.member_id, asked = to.id, [to]
        kind, body_id = APPROACH, approach.organisation_id or 0
    db.add(approach)
    db.flush()  # what asks names it
    _put(db, kind, approach, asked, writer=writer, body_id=body_id, now=now)
    return approach


def _sent_already(db: Session, writer: Member, submission: str) -> Approach | None:
    """Return what this submission sent before."""
    return db.scalar(
        select(Approach).where(Approach.writer_id == writer.id, Approach.submission == submission)
    )


def _is_it(sent: Approach, letter: Letter, to: Member | Circle) -> bool:
    """Whether what was sent is this letter, to the same."""
    same = sent.circle_id if isinstance(to, Circle) else sent.member_id
    said = {"work": letter.work, **_words(letter)}
    return same == to.id and all(getattr(sent, name) == value for name, value in said.items())


def _of_this_side(need: WorkNeed | None, approach: Approach) -> int | None:
    """Return the need that it grew from; raise `NotFound` for one that another side holds."""
    if need is None:
        return None
    if need.organisation_id != approach.organisation_id:
        raise NotFound
    return need.id


def _kept(
    letter: Letter,
    *,
    writer: Member,
    organisation: Organisation | None,
    now: datetime,
) -> Approach:
    """Return the words as they are kept; raise `Invalid` where they say too little or too much."""
    return Approach(
        organisation_id=None if organisation is None else organisation.id,
        writer_id=writer.id,
        work=letter.work,
        readiness_version=0 if organisation is None else organisation.readiness_version,
        sent_at=now,
        expires_at=now + APPROACH.lifetime,
        **_words(letter),
    )


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
