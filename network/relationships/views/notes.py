"""What a member keeps about somebody, saved where it is read: on that person's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _

from network import clock
from network.db import db
from network.errors import NotAllowed
from network.forms import sent
from network.htmx import Page, page, see_other, wants_part
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.relationships.beside import note_form
from network.relationships.forms_memory import NoteForm
from network.relationships.models import Rhythm
from network.relationships.queries.notes import note_about
from network.relationships.services import notes as services

notes = Blueprint("notes", __name__)


@notes.get("/people/<handle>/note")
def note(handle: str) -> Page:
    about = _about(handle)
    return _note(about, note_form(note_about(db.session, current.member(), about)), alone=True)


@notes.post("/people/<handle>/note")
def save(handle: str) -> Any:  # noqa: ANN401
    about = _about(handle)
    form = sent(NoteForm)
    if not form.validate():
        return _note(about, form, status=422)
    services.save(
        db.session,
        current.member(),
        about,
        note=form.note.data,
        how_met=form.how_met.data,
        rhythm=Rhythm(form.rhythm.data),
        now=clock.now(),
    )
    return _kept(about, _("Kept. Only you read it."))


@notes.post("/people/<handle>/note/spoke")
def spoke(handle: str) -> Any:  # noqa: ANN401
    about = _about(handle)
    services.spoke(db.session, current.member(), about, now=clock.now())
    return _kept(about, _("Kept: you spoke today."))


@notes.post("/people/<handle>/note/not-now")
def not_now(handle: str) -> Any:  # noqa: ANN401
    about = _about(handle)
    services.not_now(db.session, current.member(), about, now=clock.now())
    flash(_("%(name)s is left out of Today for a month. Nobody is told.", name=about.name))
    return see_other("today.home")


def _kept(about: Member, sentence: str) -> Any:  # noqa: ANN401
    if wants_part():
        kept = note_about(db.session, current.member(), about)
        return _note(about, note_form(kept), said=sentence)
    flash(sentence)
    return see_other("relationships.person", handle=about.handle, _anchor="kept")


def _note(
    about: Member, form: NoteForm, *, status: int = 200, said: str = "", alone: bool = False
) -> Page:
    kept = note_about(db.session, current.member(), about)
    return page(
        "relationships/notes.html",
        "note",
        about=about,
        note=kept,
        note_form=form,
        said=said,
        alone=alone,
        status=status,
    )


def _about(handle: str) -> Member:
    """Return whom a note is about; about oneself there is none."""
    found = member_for(db.session, current.viewer(), handle, now=clock.now())
    if found.id == current.member().id:
        raise NotAllowed(_("That is you."))
    return found
