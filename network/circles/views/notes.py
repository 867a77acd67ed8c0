"""The notes of a circle: written by anybody inside, changed by anybody inside, never lost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.circles import access, access_notes
from network.circles.access import Seen
from network.circles.access_notes import NoteSeen
from network.circles.forms_notes import CircleNoteForm
from network.circles.queries.notes import history_of
from network.circles.services import notes as services
from network.circles.views.blueprint import circles
from network.db import db
from network.errors import Invalid
from network.forms import number, sent, take
from network.htmx import Page, page, see_other
from network.members import current


@circles.get("/circles/<slug>/notes")
def notes(slug: str) -> Page:
    before = request.args.get("before", "")
    seen, leaf = access_notes.notes_for(
        db.session, current.member(), slug, now=clock.now(), before=before
    )
    return page("circles/notes/notes.html", seen=seen, circle=seen.circle, leaf=leaf)


@circles.get("/circles/<slug>/notes/new")
def begin_note(slug: str) -> Page:
    return _new(_to_write(slug), CircleNoteForm(submission=uuid4().hex))


@circles.post("/circles/<slug>/notes")
@limits.of_member
def write_note(slug: str) -> Any:  # noqa: ANN401
    seen, form = _to_write(slug), sent(CircleNoteForm)
    if not form.validate():
        return _new(seen, form, status=422)
    if request.form.get("look"):
        return _new(seen, form, look=True)
    try:
        note = services.write(
            db.session,
            seen.circle,
            actor=current.member(),
            title=form.title.data,
            body=form.body.data,
            submission=(form.submission.data or uuid4().hex)[:40],
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _new(seen, form, status=422)
    flash(_("Kept. Everybody in the circle can read and change it."))
    return see_other("circles.note", slug=slug, note=note.key)


@circles.get("/circles/<slug>/notes/<note>")
def note(slug: str, note: str) -> Page:
    found = access_notes.note_for(db.session, current.member(), slug, note, now=clock.now())
    seen = found.seen
    return page("circles/notes/note.html", seen=seen, circle=seen.circle, read=found.read)


@circles.get("/circles/<slug>/notes/<note>/history")
def note_history(slug: str, note: str) -> Page:
    member, now = current.member(), clock.now()
    found = access_notes.note_for(db.session, member, slug, note, now=now)
    before = number(request.args.get("before"))
    history = history_of(db.session, member, found.note, now, before=before)
    return page(
        "circles/notes/history.html", circle=found.seen.circle, read=found.read, history=history
    )


@circles.get("/circles/<slug>/notes/<note>/edit")
def edit_note(slug: str, note: str) -> Page:
    found = _to_change(slug, note)
    row = found.note
    return _edit(found, CircleNoteForm(title=row.title, body=row.body, version=row.version))


@circles.post("/circles/<slug>/notes/<note>")
@limits.of_member
def change_note(slug: str, note: str) -> Any:  # noqa: ANN401
    found, form = _to_change(slug, note), sent(CircleNoteForm)
    if not form.validate():
        return _edit(found, form, status=422)
    if request.form.get("look"):
        return _edit(found, form, look=True)
    try:
        services.change(
            db.session,
            found.note,
            actor=current.member(),
            version=number(form.version.data) or 0,
            title=form.title.data,
            body=form.body.data,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _edit(found, form, status=422)
    except services.Overtaken as refusal:
        # Theirs stays in the form; what the other wrote stands beside it, and is what they change
        # if they save once more.
        found = _to_change(slug, note)
        form.version.data = str(found.note.version)
        return _edit(found, form, status=refusal.status, overtaken=str(refusal.sentence))
    flash(_("Saved. The words before it are kept under its history."))
    return see_other("circles.note", slug=slug, note=note)


def _to_write(slug: str) -> Seen:
    return access.circle_to_change(db.session, current.member(), slug, now=clock.now())


def _to_change(slug: str, note: str) -> NoteSeen:
    return access_notes.note_to_change(db.session, current.member(), slug, note, now=clock.now())


def _new(seen: Seen, form: CircleNoteForm, *, status: int = 200, look: bool = False) -> Page:
    return page(
        "circles/notes/new.html",
        "write",
        circle=seen.circle,
        form=form,
        look=form.body.data if look else "",
        status=status,
    )


def _edit(
    found: NoteSeen,
    form: CircleNoteForm,
    *,
    status: int = 200,
    look: bool = False,
    overtaken: str = "",
) -> Page:
    return page(
        "circles/notes/edit.html",
        "write",
        circle=found.seen.circle,
        read=found.read,
        form=form,
        look=form.body.data if look else "",
        overtaken=overtaken,
        status=status,
    )
