"""Green Rooms: opening one, reading what it asks, sitting down, and the harvest after its week."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.learning.access_rooms import SeenRoom, room_for, room_to_harvest
from network.learning.forms_rooms import RoomForm, RoomHarvestForm
from network.learning.services import rooms as services
from network.members import current

rooms = Blueprint("rooms", __name__)


@rooms.get("/green-rooms/new")
def begin() -> Page:
    return page("learning/rooms/new.html", form=RoomForm(submission=uuid4().hex))


@rooms.post("/green-rooms/new")
@limits.of_member
def open_room() -> Any:  # noqa: ANN401
    form = sent(RoomForm)
    if not form.validate():
        return page("learning/rooms/new.html", form=form, status=422)
    room = services.open_room(
        db.session,
        current.member(),
        question=form.question.data,
        why=form.why.data,
        submission=(form.submission.data or uuid4().hex)[:40],
        now=clock.now(),
    )
    flash(_("The room is open for a week. Whoever cares sits down."))
    return see_other("rooms.one", room=room.key)


@rooms.get("/green-rooms/<room>")
def one(room: str) -> Page:
    return _one(room_for(db.session, current.member(), room, now=clock.now()))


@rooms.post("/green-rooms/<room>/join")
def sit_down(room: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen = room_for(db.session, member, room, now=now)
    services.sit_down(db.session, seen.room, actor=member, now=now)
    there = room_for(db.session, member, room, now=now)
    return see_other("conversations.thread", key=there.conversation)


@rooms.post("/green-rooms/<room>/harvest")
@limits.of_member
def write_harvest(room: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    seen, form = room_to_harvest(db.session, member, room, now=now), sent(RoomHarvestForm)
    if not form.validate():
        return _one(seen, form, status=422)
    services.write_harvest(db.session, seen.room, actor=member, words=form.words.data, now=now)
    flash(_("Members read it now. You can put it otherwise at any time."))
    return see_other("rooms.one", room=room)


def _one(seen: SeenRoom, form: RoomHarvestForm | None = None, *, status: int = 200) -> Page:
    return page(
        "learning/rooms/one.html",
        seen=seen,
        room=seen.room,
        form=form or RoomHarvestForm(words=seen.room.harvest),
        status=status,
    )
