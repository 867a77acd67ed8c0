"""The page of agreed work: where it stands, and what its parties do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements import access
from network.engagements.access import Work
from network.engagements.forms_work import ItemForm, WhyForm
from network.engagements.page import opened, parts
from network.engagements.reading_table import signatories
from network.engagements.services import beginning, living
from network.engagements.standing_part import DEEDS
from network.engagements.views.blueprints import work
from network.engagements.views.page_parts import PARTS
from network.errors import Conflict, Refusal
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current


@work.get("/engagements/<engagement>", endpoint="engagement")
def one(engagement: str) -> Page:
    doing = request.args.get("do", "")
    return shown(seen_by_me(engagement), doing=doing if doing in DEEDS else "")


@work.post("/engagements/<engagement>/begin")
def begin(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.begin, _("It has begun. The others are told."))


@work.post("/engagements/<engagement>/resume")
def resume(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.resume, _("You go on. The others are told."))


@work.post("/engagements/<engagement>/complete")
def complete(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.complete, _("You said that it is complete."))


@work.post("/engagements/<engagement>/not-yet")
def not_yet(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.not_yet, _("Taken back: it is not complete yet."))


@work.post("/engagements/<engagement>/pause")
def pause(engagement: str) -> Any:  # noqa: ANN401
    said = _("It rests. The others are told.")
    key = (request.form.get("submission") or uuid4().hex)[:40]
    return _do_with_words(engagement, "pause", partial(living.pause, submission=key), said)


@work.post("/engagements/<engagement>/end")
def end(engagement: str) -> Any:  # noqa: ANN401
    return _do_with_words(engagement, "end", living.end, _("It is ended. The others are told."))


@work.post("/engagements/<engagement>/cancel")
def cancel(engagement: str) -> Any:  # noqa: ANN401
    said = _("It is called off. The others are told.")
    return _do_with_words(engagement, "cancel", living.cancel, said)


@work.post("/engagements/<engagement>/amend")
@limits.of_member
def amend(engagement: str) -> Any:  # noqa: ANN401
    negotiation = beginning.amend(
        db.session,
        seen_by_me(engagement),
        actor=current.member(),
        now=clock.now(),
        submission=request.form.get("submission", "")[:40],
    )
    return see_other("terms.page", negotiation=negotiation.key)


def seen_by_me(engagement: str) -> Work:
    """Return the agreed work of this address, for whoever asks."""
    return access.engagement_for(db.session, current.member(), engagement, now=clock.now())


def shown(
    found: Work,
    *,
    doing: str = "",
    why: WhyForm | None = None,
    item: ItemForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Page:
    """Answer with the page; with the form of what somebody is `doing`, if that asks for words, and
    with why something was not taken that came too late.
    """
    it = opened(db.session, current.member(), found, clock.now())
    return page(
        "engagements/engagement.html",
        opened=it,
        work=found,
        engagement=found.engagement,
        parts=parts(db.session, it, of=PARTS),
        doing=doing,
        why=why or WhyForm(submission=uuid4().hex),
        item=item or ItemForm(),
        people=signatories(found.seen),
        submission=uuid4().hex,
        refusal=refusal.sentence if refusal else "",
        status=refusal.status if refusal else status,
    )


# Of all but taking back a letter goes to the others.
@limits.of_member
def _do(engagement: str, deed: Callable[..., None], said: str) -> Any:  # noqa: ANN401
    found = seen_by_me(engagement)
    try:
        deed(db.session, found.engagement, actor=current.member(), now=clock.now())
    except Conflict as refusal:
        return shown(found, refusal=refusal)
    flash(said)
    return see_other("work.engagement", engagement=engagement)


@limits.of_member
def _do_with_words(engagement: str, doing: str, deed: Callable[..., None], said: str) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(WhyForm)
    if not form.validate():
        return shown(found, doing=doing, why=form, status=422)
    words = form.words.data
    try:
        deed(db.session, found.engagement, actor=current.member(), words=words, now=clock.now())
    except Conflict as refusal:
        return shown(found, why=form, refusal=refusal)
    flash(said)
    return see_other("work.engagement", engagement=engagement)
