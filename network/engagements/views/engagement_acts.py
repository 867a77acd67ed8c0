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
from network.engagements.access import Work
from network.engagements.forms_work import WhyForm
from network.engagements.kinds import EngagementState
from network.engagements.services import beginning, living
from network.engagements.views.blueprints import work
from network.engagements.views.engagement import seen_by_me, shown
from network.errors import Conflict, NotAllowed
from network.forms import sent
from network.htmx import see_other
from network.members import current


@work.post("/engagements/<engagement>/begin")
def begin(engagement: str) -> Any:  # noqa: ANN401
    return _do(engagement, living.begin, _told(_("It has begun.")))


@work.post("/engagements/<engagement>/resume")
def resume(engagement: str) -> Any:  # noqa: ANN401
    goes_on = partial(living.resume, since=request.form.get("since", ""))
    return _do(engagement, goes_on, _told(_("You go on.")))


@work.post("/engagements/<engagement>/complete")
def complete(engagement: str) -> Any:  # noqa: ANN401
    def said(found: Work) -> str:
        if found.engagement.state is EngagementState.COMPLETED:
            return _("Everybody has said so: it is complete.")
        return _told(_("You said that it is complete."))(found)

    return _do(engagement, living.complete, said)


@work.post("/engagements/<engagement>/not-yet")
def not_yet(engagement: str) -> Any:  # noqa: ANN401
    said = _("Taken back: it is not complete yet.")
    return _do(engagement, living.not_yet, lambda _found: said)


@work.post("/engagements/<engagement>/pause")
def pause(engagement: str) -> Any:  # noqa: ANN401
    def said(found: Work) -> str:
        if found.engagement.state is EngagementState.PAUSED:
            return _told(_("It rests."))(found)
        return _("You had sent this before. It has gone on since, and does not rest.")

    key = (request.form.get("submission") or uuid4().hex)[:40]
    return _do_with_words(engagement, "pause", partial(living.pause, submission=key), said)


@work.post("/engagements/<engagement>/end")
def end(engagement: str) -> Any:  # noqa: ANN401
    return _do_with_words(engagement, "end", living.end, _told(_("It is ended.")))


@work.post("/engagements/<engagement>/cancel")
def cancel(engagement: str) -> Any:  # noqa: ANN401
    return _do_with_words(engagement, "cancel", living.cancel, _told(_("It is called off.")))


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
def _do(engagement: str, deed: Callable[..., None], said: Callable[[Work], str]) -> Any:  # noqa: ANN401
    found = seen_by_me(engagement)
    try:
        deed(db.session, found.engagement, actor=current.member(), now=clock.now())
    except (Conflict, NotAllowed) as refusal:
        return shown(found, refusal=refusal)
    flash(said(found))
    return see_other("work.engagement", engagement=engagement)


@limits.of_member
def _do_with_words(
    engagement: str, doing: str, deed: Callable[..., None], said: Callable[[Work], str]
) -> Any:  # noqa: ANN401
    found, form = seen_by_me(engagement), sent(WhyForm)
    if not form.validate():
        return shown(found, doing=doing, why=form, status=422)
    words = form.words.data
    try:
        deed(db.session, found.engagement, actor=current.member(), words=words, now=clock.now())
    except (Conflict, NotAllowed) as refusal:
        return shown(found, why=form, refusal=refusal)
    flash(said(found))
    return see_other("work.engagement", engagement=engagement)


def _told(what: str) -> Callable[[Work], str]:
    """Say what was done, and who is told of it: by name where there is one other."""

    def said(found: Work) -> str:
        others = [each for each in found.seen.parties if each.id != found.seen.mine.id]
        if len(others) == 1:
            return _("%(what)s %(name)s is told.", what=what, name=others[0].name)
        return _("%(what)s The others are told.", what=what)

    return said
