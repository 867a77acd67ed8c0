"""How a member takes part: the lamp, room, work, who may ask, who sees what. Each saved by itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock
from network.db import db
from network.errors import NotFound
from network.forms import sent
from network.htmx import Page, page, see_other, wants_part
from network.members import current, queries
from network.members.forms_profile import (
    TITLES,
    Card,
    ShieldForm,
    WhoForm,
    WorkForm,
    audience_form,
    pause_form,
    room_form,
)
from network.members.kinds import Audience, Part, WhoMayAsk, Work
from network.members.models import Participation
from network.members.services import participation as services
from network.members.services import profiles

participation = Blueprint("participation", __name__)


@participation.get("/me/participation")
def edit() -> Page:
    return shown()


@participation.post("/me/participation/pause")
def pause() -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    form = pause_form(now, member.time_zone, request.form)
    if not form.validate():
        return shown(status=422, pause_form=form)
    services.pause(db.session, member, until=form.ends(now, member.time_zone), now=now)
    flash(_("Your lamp is out. Nobody is told."))
    return see_other("participation.edit", _anchor="lamp")


@participation.post("/me/participation/resume")
def resume() -> Any:  # noqa: ANN401
    services.resume(db.session, current.member(), now=clock.now())
    flash(_("Your lamp is lit."))
    return see_other("participation.edit", _anchor="lamp")


@participation.post("/me/participation/room")
def set_room() -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    form = room_form(queries.own_participation(db.session, member), now, request.form)
    if not form.validate():
        return shown("room", status=422, room_form=form)
    services.set_room(
        db.session,
        member,
        half_days=form.half_days.data,
        from_month=form.from_month.data,
        when=form.when.data,
        now=now,
    )
    return kept("room")


@participation.post("/me/participation/work")
def set_work() -> Any:  # noqa: ANN401
    form = sent(WorkForm)
    if not form.validate():
        return shown("work", status=422, work_form=form)
    work = [Work(kind) for kind in form.work.data]
    services.set_work(db.session, current.member(), work=work, pace=form.pace.data, now=clock.now())
    return kept("work")


@participation.post("/me/participation/who")
def set_who() -> Any:  # noqa: ANN401
    form = sent(WhoForm)
    if not form.validate():
        return shown("who", status=422, who_form=form)
    services.set_who_may_connect(
        db.session, current.member(), WhoMayAsk(form.who.data), now=clock.now()
    )
    return kept("who")


@participation.post("/me/participation/audience/<key>")
def set_audience(key: str) -> Any:  # noqa: ANN401
    part, member, now = part_called(key), current.member(), clock.now()
    section = queries.own_sections(db.session, member).get(key)
    form = audience_form(part, section, request.form)
    if not form.validate():
        return shown("audience", status=422, card=Card(part, form, section))
    profiles.set_audience(
        db.session,
        member,
        part,
        Audience(form.audience.data),
        widen_words=form.widen.data,
        now=now,
    )
    return kept("audience", part)


@participation.post("/me/participation/still-true")
def confirm() -> Any:  # noqa: ANN401
    services.confirm(db.session, current.member(), now=clock.now())
    return kept("room")


def shown(*blocks: str, status: int = 200, **replaced: Any) -> Page:  # noqa: ANN401
    """Show the page, or one block of it, with what a form that was not taken replaces."""
    member, now = current.member(), clock.now()
    mine = queries.own_participation(db.session, member)
    context = {
        "participation": mine,
        "cards": cards(replaced.get("card")),
        "card": None,
        "pause_form": pause_form(now, member.time_zone),
        "room_form": room_form(mine, now),
        "work_form": WorkForm(work=mine.work, pace=mine.pace),
        "who_form": WhoForm(who=who_may(mine)),
        "shields": queries.shields(db.session, member),
        "shield_form": ShieldForm(),
        "shield_said": "",
        "saved": "",
    }
    return page("members/participation.html", *blocks, status=status, **(context | replaced))


def cards(mine: Card | None = None) -> list[Card]:
    """Return the dial of each part, in the order of the profile."""
    sections = queries.own_sections(db.session, current.member())
    return [
        mine if mine and mine.part is part else Card(part, audience_form(part, found), found)
        for part in TITLES
        for found in [sections.get(part.value)]
    ]


def kept(block: str, part: Part | None = None) -> Any:  # noqa: ANN401
    """Answer with what was saved, or go back to it."""
    if not wants_part():
        flash(_("Saved. It counts from the next page anybody opens."))
        return see_other("participation.edit", _anchor=f"see-{part.value}" if part else block)
    if part is None:
        return shown(block, saved=block)
    section = queries.own_sections(db.session, current.member()).get(part.value)
    return shown(block, card=Card(part, audience_form(part, section), section, saved=True))


def who_may(mine: Participation) -> str:
    """Return who may ask, as the form names it."""
    return mine.who_may_connect.value


def part_called(key: str) -> Part:
    """Return the part of this name that has an audience to set; raise `NotFound` for another."""
    found = next((part for part in TITLES if part.value == key), None)
    if found is None:
        raise NotFound
    return found
