"""The welcome list: adding to it, and saying what is done."""

from __future__ import annotations

from typing import Any

from flask import request

from network import clock, limits
from network.db import db
from network.engagements.forms_work import ItemForm
from network.engagements.services import welcoming
from network.engagements.views.blueprints import work
from network.engagements.views.engagement import seen_by_me, shown
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import see_other
from network.members import current


@work.post("/engagements/<engagement>/welcome")
@limits.of_member
def welcome_add(engagement: str) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(ItemForm)
    if not form.validate():
        return shown(found, item=form, status=422)
    try:
        welcoming.add(
            db.session,
            found.engagement,
            actor=current.member(),
            sort=form.group,
            words=form.words.data,
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return shown(found, item=form, status=422)
    return see_other("work.engagement", engagement=engagement, _anchor="welcome")


@work.post("/engagements/<engagement>/welcome/<item>")
def welcome_done(engagement: str, item: str) -> Any:  # noqa: ANN401
    found = seen_by_me(engagement)
    welcoming.tick(
        db.session,
        found.engagement,
        item,
        actor=current.member(),
        done=request.form.get("done") == "yes",
        now=clock.now(),
    )
    return see_other("work.engagement", engagement=engagement, _anchor="welcome")
