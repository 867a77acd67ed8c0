"""Answering the five questions: a new version each time, and none is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.errors import Conflict, Invalid
from network.members.models import Member
from network.organisations.models import Organisation, Readiness
from network.organisations.questions import HOW_MANY, LONGEST_ANSWER
from network.organisations.services.turns import log, must_speak, take
from network.text import clean
from network.translation import _


class Overtaken(Conflict):
    """Somebody else wrote meanwhile: both wordings are there to be read."""

    sentence = _(
        "Somebody else answered while you were writing. Yours is not saved yet, and nothing of"
        " either is lost."
    )


def write_answers(
    db: Session,
    organisation: Organisation,
    *,
    actor: Member,
    answers: Sequence[str],
    version: int,
    now: datetime,
) -> Readiness:
    """Write the next version of an organisation's answers, by somebody who has read `version`.

    The same words said again are a version too: they count from now on. What was sent twice is
    once. Raises `NotFound` for whoever does not speak for it, `Invalid` for an answer that cannot
    be kept, `Overtaken` where somebody else wrote since.
    """
    words = as_answers(answers)
    take(db, organisation)
    must_speak(db, organisation, actor)
    if version != organisation.readiness_version:
        return _sent_already(db, organisation, words, version)
    written = Readiness(
        organisation_id=organisation.id,
        version=version + 1,
        answers=words,
        author_id=actor.id,
        written_at=now,
    )
    db.add(written)
    organisation.readiness_version = written.version
    log(
        db,
        organisation,
        "organisations:answers:written",
        actor=actor.id,
        now=now,
        version=written.version,
    )
    return written


def as_answers(answers: Sequence[str]) -> list[str]:
    """Return five answers as they are kept; raise `Invalid` at the first that cannot be."""
    words = [clean(each) for each in answers]
    if len(words) != HOW_MANY:
        raise Invalid(_("There are five questions, and each has an answer."))
    for number, each in enumerate(words, start=1):
        if not each:
            raise Invalid(
                _("Answer this one too. “Not yet” is an answer, with a word on why."),
                field=f"answer_{number}",
            )
        if len(each) > LONGEST_ANSWER:
            raise Invalid(
                _(
                    "This has %(n)s letters; %(most)s is the most.",
                    n=len(each),
                    most=LONGEST_ANSWER,
                ),
                field=f"answer_{number}",
            )
    return words


def _sent_already(
    db: Session, organisation: Organisation, words: list[str], version: int
) -> Readiness:
    """Return what the same form wrote before: the very next version, in the very same words."""
    present = db.get(Readiness, (organisation.id, organisation.readiness_version))
    if present is None or (present.version, present.answers) != (version + 1, words):
        raise Overtaken
    return present
