"""What the parties of agreed work do with it: it begins, rests, goes on, ends, or is to change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.engagements.forms_work import WhyForm
from network.engagements.kinds import EngagementState
from network.engagements.models import Engagement
from network.engagements.services import beginning, living
from network.engagements.views.blueprints import work
from network.engagements.views.engagement import seen_by_me, shown
from network.errors import Conflict
from network.forms import sent
from network.htmx import see_other
from network.members import current


@work.post("/engagements/<engagement>/begin")
def begin(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.begin, _("It has begun. The others are told."))


@work.post("/engagements/<engagement>/resume")
def resume(engagement: str) -> Any:  # noqa: ANN401
    since = request.form.get("since", "")
    goes_on = partial(living.resume, since=since)
    return _do(engagement, goes_on, _("You go on. The others are told."))


@work.post("/engagements/<engagement>/complete")
def complete(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.complete, _("You said that it is complete."))


@work.post("/engagements/<engagement>/not-yet")
def not_yet(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.not_yet, _("Taken back: it is not complete yet."))


@work.post("/engagements/<engagement>/pause")
def pause(engagement: str) -> Any:  # noqa: ANN401
    def said(work: Engagement) -> str:
        if work.state is EngagementState.PAUSED:
            return _("It rests. The others are told.")
        return _("You had sent this before. It has gone on since, and does not rest.")

    key = (request.form.get("submission") or uuid4().hex)[:40]
    return _do_with_words(engagement, "pause", partial(living.pause, submission=key), said)


@work.post("/engagements/<engagement>/end")
def end(engagement: str) -> Any:  # noqa: ANN401
    said = _("It is ended. The others are told.")
    return _do_with_words(engagement, "end", living.end, lambda _work: said)


@work.post("/engagements/<engagement>/cancel")
def cancel(engagement: str) -> Any:  # noqa: ANN401
    said = _("It is called off. The others are told.")
    return _do_with_words(engagement, "cancel", living.cancel, lambda _work: said)


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
def _do_with_words(
    engagement: str, doing: str, deed: Callable[..., None], said: Callable[[Engagement], str]
) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(WhyForm)
    if not form.validate():
        return shown(found, doing=doing, why=form, status=422)
    words = form.words.data
    try:
        deed(db.session, found.engagement, actor=current.member(), words=words, now=clock.now())
    except Conflict as refusal:
        return shown(found, why=form, refusal=refusal)
    flash(said(found.engagement))
    return see_other("work.engagement", engagement=engagement)
