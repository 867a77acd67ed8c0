"""Rounds of an action-learning meeting: whose turn it is, led by its hosts, with its questions."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, url_for
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning.access import Seen, session_for, session_to_host
from network.learning.access_keeping import round_to_lead
from network.learning.beside import for_session
from network.learning.forms_keeping import QuestionForm, RoundForm
from network.learning.services import rounds as services
from network.members import current
from network.members.access import member_for
from network.members.models import Member

rounds = Blueprint("rounds", __name__)


@rounds.get("/learning/sessions/<session>/rounds")
def of_session(session: str) -> Page:
    return _rounds(_seen(session))


@rounds.post("/learning/sessions/<session>/rounds")
def plan(session: str) -> Any:  # noqa: ANN401
    member, now, form = current.member(), clock.now(), sent(RoundForm)
    seen = session_to_host(db.session, member, session, now=now)
    if not form.validate():
        return _rounds(seen, status=422, round=form)
    try:
        services.plan_round(
            db.session,
            seen.session,
            actor=member,
            presenter=_presenter(form),
            minutes=form.minutes.data or 0,
            brings=form.brings.data or "",
            now=now,
        )
    except Invalid as refusal:
        take(form, refusal)
        return _rounds(seen, status=422, round=form)
    return _to(session)


@rounds.post("/learning/sessions/<session>/questions")
@limits.of_member
def ask(session: str) -> Any:  # noqa: ANN401
    seen, form = _seen(session), sent(QuestionForm)
    if not form.validate():
        return _rounds(seen, status=422, question=form)
    services.ask_in_round(
        db.session,
        seen.session,
        actor=current.member(),
        words=form.words.data,
        submission=(form.submission.data or uuid4().hex)[:40],
        now=clock.now(),
    )
    return _to(session)


@rounds.post("/learning/rounds/<round_key>/begin")
def begin(round_key: str) -> Any:  # noqa: ANN401
    return _lead(services.begin_round, round_key)


@rounds.post("/learning/rounds/<round_key>/end")
def end(round_key: str) -> Any:  # noqa: ANN401
    return _lead(services.end_round, round_key)


@rounds.post("/learning/rounds/<round_key>/drop")
def drop(round_key: str) -> Any:  # noqa: ANN401
    return _lead(services.drop_round, round_key)


def _lead(do: Any, key: str) -> Any:  # noqa: ANN401  # one of the three services
    member, now = current.member(), clock.now()
    led = round_to_lead(db.session, member, key, now=now)
    do(db.session, led.round, led.session, actor=member, now=now)
    return _to(led.session.key)


def _rounds(seen: Seen, *, status: int = 200, **forms: Any) -> Page:  # noqa: ANN401
    """Show the rounds alone; htmx asks for them anew while they go on."""
    session = seen.session
    parts = for_session(db.session, current.member(), seen, clock.now(), **forms)
    if parts["rounds"] is None:
        raise NotFound
    return page(
        "learning/keeping/alone.html",
        "part",
        part="learning/keeping/_rounds.html",
        title=_("Rounds"),
        name=session.title,
        back=url_for("sessions.one", session=session.key),
        session=session,
        **parts,
        status=status,
    )


def _presenter(form: RoundForm) -> Member:
    try:
        return member_for(db.session, current.viewer(), form.presenter.data or "", now=clock.now())
    except NotFound as error:
        raise Invalid(_("Choose somebody who comes."), field="presenter") from error


def _to(session: str) -> Any:  # noqa: ANN401
    return see_other("sessions.one", session=session, _anchor="rounds")


def _seen(key: str) -> Seen:
    return session_for(db.session, current.member(), key, now=clock.now())
