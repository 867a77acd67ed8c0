"""Leaving words behind, changing one’s own, and the handover for those who stay."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements.access import Work
from network.engagements.access_left import handover_for, words_to_change
from network.engagements.forms_work import LeaveBehindForm, WordsLeftForm
from network.engagements.kinds import LeftFor
from network.engagements.services import leaving_behind
from network.engagements.views.blueprints import work
from network.engagements.views.engagement import seen_by_me
from network.errors import Conflict, Refusal
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current


@work.route("/engagements/<engagement>/left/new", methods=["GET", "POST"])
def leave_behind(engagement: str) -> Any:  # noqa: ANN401
    if request.method == "POST":
        return _keep(engagement)
    is_harvest = request.args.get("sort") == LeftFor.HARVEST
    chosen = LeftFor.HARVEST if is_harvest else LeftFor.HANDOVER
    return _written(
        seen_by_me(engagement), LeaveBehindForm(sort=chosen.value, submission=uuid4().hex)
    )


@limits.of_member
def _keep(engagement: str) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(LeaveBehindForm)
    if not form.validate():
        return _written(found, form, status=422)
    try:
        leaving_behind.leave_behind(
            db.session,
            found.engagement,
            actor=current.member(),
            sort=form.left_for,
            title=form.title.data,
            words=form.words.data,
            now=clock.now(),
            submission=(form.submission.data or uuid4().hex)[:40],
        )
    except Conflict as refusal:
        return _written(found, form, refusal=refusal)
    flash(_("It stays behind. You can change it whenever you like."))
    return see_other("work.engagement", engagement=engagement, _anchor="left")


@work.route("/engagements/<engagement>/left/<entry>", methods=["GET", "POST"])
def change_left(engagement: str, entry: str) -> Any:  # noqa: ANN401
    if request.method == "POST":
        return _keep_changed(engagement, entry)
    found = seen_by_me(engagement)
    left = words_to_change(db.session, found, current.member(), entry)
    return _written(found, WordsLeftForm(obj=left), entry=entry)


@limits.of_member
def _keep_changed(engagement: str, entry: str) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(WordsLeftForm)
    left = words_to_change(db.session, found, current.member(), entry)
    if not form.validate():
        return _written(found, form, entry=entry, status=422)
    leaving_behind.change(
        db.session,
        found.engagement,
        left,
        actor=current.member(),
        title=form.title.data,
        words=form.words.data,
        now=clock.now(),
    )
    flash(_("Changed. The old words are not kept."))
    return see_other("work.engagement", engagement=engagement, _anchor="left")


@work.get("/engagements/<engagement>/handover")
def handover(engagement: str) -> Page:
    found = handover_for(db.session, current.member(), engagement)
    return page("engagements/handover.html", handover=found)


def _written(
    found: Work,
    form: WordsLeftForm,
    *,
    entry: str = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> Page:
    return page(
        "engagements/left.html",
        work=found,
        engagement=found.engagement,
        form=form,
        entry=entry,
        refusal=refusal.sentence if refusal else "",
        status=refusal.status if refusal else status,
    )
