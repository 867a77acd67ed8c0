"""How a member takes part: lamp, room, work, who may ask, who sees what. Each saved by itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other, wants_part
from network.members import current, queries
from network.members.forms_profile import (
    TITLES,
    Card,
    ShieldForm,
    WaysForm,
    WhoForm,
    WorkForm,
    pause_form,
    room_form,
    sees_form,
)
from network.members.kinds import Part, WhoMayAsk, WhoMayWrite, Work
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
    return see_other("participation.edit", _anchor="lamp-of-mine")


@participation.post("/me/participation/resume")
def resume() -> Any:  # noqa: ANN401
    services.resume(db.session, current.member(), now=clock.now())
    flash(_("Your lamp is lit."))
    return see_other("participation.edit", _anchor="lamp-of-mine")


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
    member, now = current.member(), clock.now()
    form, mine = sent(WhoForm), queries.own_participation(db.session, member)
    if not form.invite.raw_data:  # a page from before this was asked
        form.invite.data = mine.who_may_invite.value
    if not form.approach.raw_data:
        form.approach.data = mine.who_may_approach.value
    if not form.validate():
        return shown("who", status=422, who_form=form)
    services.set_who_may_connect(db.session, member, WhoMayAsk(form.who.data), now=now)
    services.set_who_may_invite(db.session, member, WhoMayAsk(form.invite.data), now=now)
    services.set_who_may_approach(db.session, member, WhoMayAsk(form.approach.data), now=now)
    return kept("who")


@participation.post("/me/participation/ways")
def set_ways() -> Any:  # noqa: ANN401
    form = sent(WaysForm)
    if not form.validate():
        return shown("ways", status=422, ways_form=form)
    services.set_ways(
        db.session,
        current.member(),
        who_may_write=WhoMayWrite(form.write.data),
        open_to_introductions=form.introductions.data,
        shown_as_way=form.way.data,
        now=clock.now(),
    )
    return kept("ways")


@participation.post("/me/participation/sees")
def set_audiences() -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    form = sees_form(queries.own_sections(db.session, member), request.form)
    if not form.validate():
        return shown("sees", status=422, sees_form=form)
    turned, widened = form.turned(), [Part(key) for key in form.widen.data]
    profiles.set_audiences(db.session, member, turned, widen_words=widened, now=now)
    return kept("sees", turned=turned)


@participation.post("/me/participation/still-true")
def confirm() -> Any:  # noqa: ANN401
    services.confirm(db.session, current.member(), now=clock.now())
    return kept("room")


def shown(*blocks: str, status: int = 200, **replaced: Any) -> Page:  # noqa: ANN401
    """Show the page, or one block of it, with what a form that was not taken replaces."""
    member, now = current.member(), clock.now()
    mine = queries.own_participation(db.session, member)
    sections = queries.own_sections(db.session, member)
    context = {
        "participation": mine,
        "cards": [Card(part, sections.get(part.value)) for part in TITLES],
        "sees_form": sees_form(sections),
        "turned": (),
        "pause_form": pause_form(now, member.time_zone),
        "room_form": room_form(mine, now),
        "work_form": WorkForm(work=mine.work, pace=mine.pace),
        "who_form": who_form(mine),
        "ways_form": ways_form(mine),
        "shields": queries.shields(db.session, member),
        "shield_form": ShieldForm(),
        "shield_said": "",
        "saved": "",
    }
    return page("members/participation.html", *blocks, status=status, **(context | replaced))


def kept(block: str, **context: Any) -> Any:  # noqa: ANN401
    """Answer with what was saved, or go back to it."""
    if wants_part():
        return shown(block, saved=block, **context)
    flash(_("Saved. It counts from the next page anybody opens."))
    return see_other("participation.edit", _anchor=block)


def who_form(mine: Participation) -> WhoForm:
    """Return the form of who may ask, as it is kept."""
    return WhoForm(
        who=mine.who_may_connect.value,
        invite=mine.who_may_invite.value,
        approach=mine.who_may_approach.value,
    )


def ways_form(mine: Participation) -> WaysForm:
    """Return the form of how others come by a member, as it is kept."""
    return WaysForm(
        write=mine.who_may_write.value,
        introductions=mine.open_to_introductions,
        way=mine.shown_as_way,
    )
