"""What stays of sessions and circles: words of harvest, and what people said they would do."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _

from network import clock, limits
from network.circles.access import Seen as SeenCircle
from network.circles.access import circle_inside
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.learning import beside
from network.learning.access import Seen, session_for
from network.learning.access_keeping import (
    Kept,
    commitment_of_mine,
    entry_to_agree,
    entry_to_take_back,
)
from network.learning.forms_keeping import CommitmentForm, EntryForm, ReadersForm, TellForm
from network.learning.kinds import CommitmentState
from network.learning.services import commitments, harvest
from network.members import current
from network.members.access import member_for

keeping = Blueprint("keeping", __name__)


@keeping.get("/learning/sessions/<session>/harvest")
def of_session(session: str) -> Page:
    return _of_session(_session(session), "harvest")


@keeping.post("/learning/sessions/<session>/harvest")
@limits.of_member
def write_at_session(session: str) -> Any:  # noqa: ANN401
    seen, form = _session(session), sent(EntryForm)
    if not form.validate():
        return _of_session(seen, "harvest", status=422, entry=form)
    author = _author(form)
    try:
        harvest.write_at_session(
            db.session,
            seen.session,
            _entry(form),
            actor=current.member(),
            author=author,
            submission=_submission(form),
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _of_session(seen, "harvest", status=422, entry=form)
    flash(_said(author))
    return see_other("sessions.one", session=session, _anchor="harvest")


@keeping.post("/learning/sessions/<session>/harvest/close")
def close_harvest(session: str) -> Any:  # noqa: ANN401
    seen = _session(session)
    harvest.close_harvest(db.session, seen.session, actor=current.member(), now=clock.now())
    flash(_("The harvest is closed. What is in it stays."))
    return see_other("sessions.one", session=session, _anchor="harvest")


@keeping.post("/circles/<slug>/harvest")
@limits.of_member
def write_of_circle(slug: str) -> Any:  # noqa: ANN401
    seen, form = _circle(slug), sent(EntryForm)
    if not form.validate():
        return _of_circle(seen, "harvest", status=422, entry=form)
    try:
        harvest.write_of_circle(
            db.session,
            seen.circle,
            _entry(form),
            actor=current.member(),
            submission=_submission(form),
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _of_circle(seen, "harvest", status=422, entry=form)
    flash(_said(None))
    return see_other("circles.one", slug=slug, _anchor="harvest")


@keeping.post("/learning/harvest/<entry>/agree")
def agree(entry: str) -> Any:  # noqa: ANN401
    member, now, form = current.member(), clock.now(), sent(ReadersForm)
    kept = entry_to_agree(db.session, member, entry, now=now)
    if not form.validate():
        raise Invalid(_("Choose who reads it."))
    harvest.agree(
        db.session,
        kept.thing,
        actor=member,
        readers=form.who_reads,
        named=form.named.data,
        now=now,
    )
    flash(_("It is in the harvest. You can take it back at any time."))
    return _back(kept, "harvest")


@keeping.post("/learning/harvest/<entry>/take-back")
def take_back(entry: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    kept = entry_to_take_back(db.session, member, entry, now=now)
    harvest.take_back(db.session, kept.thing, actor=member, now=now)
    flash(_("These words are deleted. Nobody is told."))
    return _back(kept, "harvest")


@keeping.get("/learning/sessions/<session>/commitments")
def commitments_of_session(session: str) -> Page:
    return _of_session(_session(session), "commitments")


@keeping.post("/learning/sessions/<session>/commitments")
@limits.of_member
def commit_at_session(session: str) -> Any:  # noqa: ANN401
    seen, form = _session(session), sent(CommitmentForm)
    if not form.validate():
        return _of_session(seen, "commitments", status=422, promise=form)
    commitments.commit_at_session(
        db.session,
        seen.session,
        actor=current.member(),
        words=form.words.data,
        submission=_submission(form),
        now=clock.now(),
    )
    return see_other("sessions.one", session=session, _anchor="commitments")


@keeping.post("/circles/<slug>/commitments")
@limits.of_member
def commit_in_circle(slug: str) -> Any:  # noqa: ANN401
    seen, form = _circle(slug), sent(CommitmentForm)
    if not form.validate():
        return _of_circle(seen, "commitments", status=422, promise=form)
    commitments.commit_in_circle(
        db.session,
        seen.circle,
        actor=current.member(),
        words=form.words.data,
        submission=_submission(form),
        now=clock.now(),
    )
    return see_other("circles.one", slug=slug, _anchor="commitments")


@keeping.post("/learning/commitments/<commitment>/tell")
def tell(commitment: str) -> Any:  # noqa: ANN401
    member, now, form = current.member(), clock.now(), sent(TellForm)
    kept = commitment_of_mine(db.session, member, commitment, now=now)
    if not form.validate():
        raise Invalid(_("Choose what became of it, and use at most 600 letters."))
    state = CommitmentState(form.state.data)
    told = form.told.data or ""
    commitments.tell(db.session, kept.thing, actor=member, state=state, told=told, now=now)
    return _back(kept, "commitments")


def _of_session(seen: Seen, part: str, *, status: int = 200, **forms: Any) -> Page:  # noqa: ANN401
    """Show one part of a session's page alone: it is where a form comes back that was not taken."""
    session = seen.session
    return page(
        "learning/keeping/alone.html",
        part=f"learning/keeping/_{part}.html",
        title=_("Harvest") if part == "harvest" else _("What we said we would do"),
        name=session.title,
        back=url_for("sessions.one", session=session.key),
        session=session,
        **beside.for_session(db.session, current.member(), seen, clock.now(), **forms),
        status=status,
    )


def _of_circle(seen: SeenCircle, part: str, *, status: int, **forms: Any) -> Page:  # noqa: ANN401
    circle = seen.circle
    return page(
        "learning/keeping/alone.html",
        part=f"learning/keeping/_circle_{part}.html",
        title=_("Harvest") if part == "harvest" else _("What we said we would do"),
        name=circle.name,
        back=url_for("circles.one", slug=circle.slug),
        circle=circle,
        **beside.for_circle(db.session, current.member(), seen, clock.now(), **forms),
        status=status,
    )


def _back(kept: Kept[Any], part: str) -> Any:  # noqa: ANN401
    """Lead to where one's words stand, or home where one may not know of that any more."""
    if kept.session is not None:
        return see_other("sessions.one", session=kept.session, _anchor=part)
    if kept.circle is not None:
        return see_other("circles.one", slug=kept.circle, _anchor=part)
    return see_other("today.home")


def _author(form: EntryForm) -> Any:  # noqa: ANN401  # somebody, or None for oneself
    handle = form.author.data or ""
    if not handle or handle == current.member().handle:
        return None
    return member_for(db.session, current.viewer(), handle, now=clock.now())


def _entry(form: EntryForm) -> harvest.Entry:
    return harvest.Entry(form.words.data or "", form.who_reads, named=bool(form.named.data))


def _said(author: Any) -> str:  # noqa: ANN401  # as above
    if author is None:
        return str(_("It is in the harvest. You can take it back at any time."))
    return str(_("%(name)s reads it now and says whether it stays.", name=author.name))


def _session(key: str) -> Seen:
    return session_for(db.session, current.member(), key, now=clock.now())


def _circle(slug: str) -> SeenCircle:
    return circle_inside(db.session, current.member(), slug, now=clock.now())


def _submission(form: Any) -> str:  # noqa: ANN401
    return (form.submission.data or uuid4().hex)[:40]
