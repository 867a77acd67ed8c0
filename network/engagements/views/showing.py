"""Showing agreed work on one's own page, and saying yes to the words of others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements import access
from network.engagements.access_showing import showing_for
from network.engagements.forms_testimony import ShowingForm
from network.engagements.services import showing as services
from network.errors import Invalid
from network.forms import number, sent
from network.htmx import page, see_other
from network.members import current

showing = Blueprint("showing", __name__)


@showing.post("/engagements/<engagement>/showing")
@limits.of_member
def write(engagement: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    work = access.engagement_for(db.session, member, engagement, now=now)
    form = sent(ShowingForm)
    if not form.validate():
        return page("engagements/showing.html", engagement=work.engagement, form=form, status=422)
    services.write(db.session, work.engagement, actor=member, words=form.as_shown.data, now=now)
    flash(_("The others read these words. They appear on your page once all have said yes."))
    return see_other("work.engagement", engagement=engagement, _anchor="showing")


@showing.post("/showing/<showing>/consent")
def consent(showing: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    words, engagement = showing_for(db.session, member, showing, now=now)
    wording = number(request.form.get("wording"))
    if wording is None:
        raise Invalid(_("Read the words once more, and say yes to them there."))
    services.consent(db.session, words, engagement, actor=member, wording=wording, now=now)
    flash(_("You said yes to these words. You can take that back at any time."))
    return see_other("work.engagement", engagement=engagement.key, _anchor="showing")


@showing.post("/showing/<showing>/take-back")
def take_back(showing: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    words, engagement = showing_for(db.session, member, showing, now=now)
    own = words.member_id == member.id
    services.take_back(db.session, words, engagement, actor=member, now=now)
    flash(
        _("It is off your page, and the words are deleted. Nobody is told.")
        if own
        else _("Your yes is taken back, and the words are off the page. Nobody is told.")
    )
    return see_other("work.engagement", engagement=engagement.key, _anchor="showing")
