"""The answers of an organisation to the five questions: read by all who read its page, and written
by those who speak for it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import auth, clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import number, sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.access import Seen
from network.organisations.forms_readiness import AnswersForm
from network.organisations.queries.readiness import Standing, history_of, standing
from network.organisations.questions import QUESTIONS
from network.organisations.services import readiness as services

readiness = Blueprint("readiness", __name__)


@readiness.get("/organisations/<organisation>/answers")
@auth.public
def answers(organisation: str) -> Page:
    now, viewer = clock.now(), current.viewer()
    seen = access.organisation_for(db.session, current.member_or_none(), organisation, now=now)
    before = number(request.args.get("before"))
    return page(
        "organisations/answers.html",
        seen=seen,
        organisation=seen.organisation,
        five=standing(db.session, seen.organisation, now, viewer=viewer),
        questions=QUESTIONS,
        history=history_of(db.session, seen.organisation, viewer, now, before=before),
    )


@readiness.get("/organisations/<organisation>/answers/write")
def begin(organisation: str) -> Page:
    seen = _to_answer(organisation)
    form, five = AnswersForm(version=str(seen.organisation.readiness_version)), _present(seen)
    if five is not None:
        form.begin_with(five.readiness.answers)
    return _write(seen, form)


@readiness.post("/organisations/<organisation>/answers/write")
@limits.of_member
def write(organisation: str) -> Any:  # noqa: ANN401
    seen, form = _to_answer(organisation), sent(AnswersForm)
    if not form.validate():
        return _write(seen, form, status=422)
    try:
        services.write_answers(
            db.session,
            seen.organisation,
            actor=current.member(),
            answers=form.answers,
            version=number(form.version.data) or 0,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _write(seen, form, status=422)
    except services.Overtaken as refusal:
        # Theirs stays in the form; what the other wrote stands beside it, and is what comes before
        # theirs if they save once more.
        seen = _to_answer(organisation)
        form.version.data = str(seen.organisation.readiness_version)
        return _write(seen, form, status=refusal.status, overtaken=str(refusal.sentence))
    flash(_("Your answers stand. They count for a year from today."))
    return see_other("readiness.answers", organisation=organisation)


def _to_answer(slug: str) -> Seen:
    member, now = current.member(), clock.now()
    return access.organisation_to_speak_for(db.session, member, slug, now=now)


def _present(seen: Seen) -> Standing | None:
    return standing(db.session, seen.organisation, clock.now(), viewer=current.viewer())


def _write(seen: Seen, form: AnswersForm, *, status: int = 200, overtaken: str = "") -> Page:
    return page(
        "organisations/answers_write.html",
        "write",
        organisation=seen.organisation,
        questions=QUESTIONS,
        form=form,
        five=_present(seen) if overtaken else None,
        overtaken=overtaken,
        status=status,
    )
