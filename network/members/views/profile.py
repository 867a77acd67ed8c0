"""A member's own profile: each part saved by itself, and how it looks through others' eyes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from network import clock
from network.db import db
from network.errors import Invalid, NotFound
from network.forms import sent, take
from network.htmx import Page, page, see_other, wants_part
from network.members import access, current, queries
from network.members.forms_profile import (
    ON_THE_PROFILE,
    Card,
    NameForm,
    PictureForm,
    card_as_kept,
    part_form,
)
from network.members.kinds import Audience, Part
from network.members.portraits import portrait_from
from network.members.services import profiles
from network.members.visibility import SOME_CONNECTION, SOME_MEMBER, THE_WEB, Viewer

profile = Blueprint("profile", __name__)

PAGE = "members/profile_edit.html"
EYES = {"connection": SOME_CONNECTION, "member": SOME_MEMBER, "web": THE_WEB}


@profile.get("/me/profile")
def edit() -> Page:
    left = request.args.get("part", "")
    if not left:
        return shown()
    return shown("part", card=card_of(part_called(left), "left"))


@profile.get("/me/profile/<key>")
def part(key: str) -> Page:
    return opened(card_of(part_called(key), "opened"))


@profile.post("/me/profile/name")
def rename() -> Any:  # noqa: ANN401
    member, form = current.member(), sent(NameForm)
    if form.validate():
        try:
            profiles.rename(
                db.session,
                member,
                name=form.name.data,
                pronouns=form.pronouns.data,
                now=clock.now(),
            )
        except Invalid as refusal:
            take(form, refusal)
    if form.errors:
        return shown("name", status=422, name_form=form)
    return shown("name", name_form=form, saved="name") if wants_part() else saved("name")


@profile.post("/me/profile/portrait")
def set_portrait() -> Any:  # noqa: ANN401
    form = PictureForm()
    try:
        picture = portrait_from(read(request.files.get("picture")))
    except Invalid as refusal:
        take(form, refusal)
        return shown(status=422, picture_form=form)
    profiles.set_portrait(db.session, current.member(), picture=picture, now=clock.now())
    return saved("portrait")


@profile.post("/me/profile/portrait/remove")
def remove_portrait() -> Any:  # noqa: ANN401
    profiles.set_portrait(db.session, current.member(), picture=None, now=clock.now())
    return saved("portrait")


@profile.post("/me/profile/<key>")
def save(key: str) -> Any:  # noqa: ANN401
    part, member = part_called(key), current.member()
    section = queries.own_sections(db.session, member).get(key)
    form: Any = part_form(part, section, request.form)
    if form.validate():
        try:
            keep(part, form)
        except Invalid as refusal:
            take(form, refusal)
    if form.errors:
        return opened(Card(part, section, form), status=422)
    return shown("part", card=card_of(part, "saved")) if wants_part() else saved(key)


@profile.post("/me/profile/<key>/still-true")
def confirm(key: str) -> Any:  # noqa: ANN401
    part = part_called(key)
    profiles.confirm(db.session, current.member(), part, now=clock.now())
    return shown("part", card=card_of(part, "saved")) if wants_part() else saved(key)


@profile.get("/me/profile/as/<who>")
def seen_as(who: str) -> Any:  # noqa: ANN401
    named = request.args.get("typed", "").strip().lstrip("@") or request.args.get("handle", "")
    if who == "member" and named:
        return see_other("profile.seen_as_named", handle=named)
    if who not in EYES:
        raise NotFound
    return seen(EYES[who], who=who)


@profile.get("/me/profile/as/member/<handle>")
def seen_as_named(handle: str) -> Page:
    other = access.member_for(db.session, current.viewer(), handle, now=clock.now())
    # Without what they belong to: whether one's shield meets them would tell where they work.
    return seen(Viewer(member_id=other.id), who="named", other=other)


def seen(eyes: Viewer, **context: Any) -> Page:  # noqa: ANN401
    """Show the member's own profile through these eyes."""
    now = clock.now()
    return page(
        "members/view_as.html",
        profile=access.own_profile_as(db.session, eyes, current.member(), now=now),
        connections=queries.connected_people(db.session, current.viewer(), now),
        **({"other": None} | context),
    )


def shown(*blocks: str, status: int = 200, **replaced: Any) -> Page:  # noqa: ANN401
    """Show the page, or the block of one part, with what a form that was not taken replaces."""
    member = current.member()
    sections = queries.own_sections(db.session, member)
    mine = replaced.get("card")
    cards = [
        mine if mine and mine.part is part else card_as_kept(part, sections.get(part.value))
        for part in ON_THE_PROFILE
    ]
    context = {
        "cards": cards,
        "card": None,
        "alone": False,
        "name_form": NameForm(name=member.name, pronouns=member.pronouns),
        "picture_form": PictureForm(),
        "past_purposes": queries.past_purposes(db.session, member),
        "saved": "",
    }
    return page(PAGE, *blocks, status=status, **(context | replaced))


def opened(card: Card, *, status: int = 200) -> Page:
    """Show the form of one part: in the part's place for htmx, else on a page of its own."""
    if wants_part():
        return shown("part", status=status, card=card)
    past = queries.past_purposes(db.session, current.member())
    return page(
        "members/profile_part.html", status=status, card=card, past_purposes=past, alone=True
    )


def card_of(part: Part, state: str) -> Card:
    """Return one part as it is kept now, after this was done with it."""
    section = queries.own_sections(db.session, current.member()).get(part.value)
    return Card(part, section, part_form(part, section) if state == "opened" else None, state)


def keep(part: Part, form: Any) -> None:  # noqa: ANN401
    """Save what a form says of one part."""
    audience = Audience(form.audience.data)
    member, now = current.member(), clock.now()
    if part is Part.HISTORY:
        profiles.set_audience(
            db.session, member, part, audience, widen_words=form.widen.data, now=now
        )
        return
    profiles.save(
        db.session,
        member,
        part,
        body=form.body.data,
        audience=audience,
        widen_words=form.widen.data,
        what_changed=form.what_changed.data if part is Part.PURPOSE else "",
        now=now,
    )


def part_called(key: str) -> Part:
    """Return the part that stands on this page under this name; raise `NotFound` for another."""
    found = next((part for part in ON_THE_PROFILE if part.value == key), None)
    if found is None:
        raise NotFound
    return found


def read(file: FileStorage | None) -> bytes:
    """Return what was sent as a file, or nothing."""
    return file.read() if file is not None else b""


def saved(key: str) -> Any:  # noqa: ANN401
    """Go back to the part that was saved, and say so."""
    flash(_("Saved. It counts from the next page anybody opens."))
    return see_other("profile.edit", _anchor=key)
