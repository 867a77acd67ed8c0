"""Writing words about somebody, deciding who reads words about oneself, taking one's own back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent
from network.htmx import Page, page, see_other, wants_part
from network.members import current
from network.members.access import member_for
from network.members.models import Member
from network.relationships import access_vouches as access
from network.relationships.forms_memory import VouchForm
from network.relationships.queries import vouches as queries
from network.relationships.services import vouches as services

vouches = Blueprint("vouches", __name__)


@vouches.get("/people/<handle>/vouches")
def about(handle: str) -> Page:
    subject, now = _subject(handle), clock.now()
    text = request.args.get("from", "")
    start = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0  # noqa: PLR2004
    return page(
        "relationships/vouches.html",
        subject=subject,
        vouches=queries.all_about(db.session, current.viewer(), subject, now, start=start),
        start=start,
        step=queries.ON_ITS_OWN_PAGE,
    )


@vouches.get("/people/<handle>/vouch")
def ask(handle: str) -> Page:
    return _form(_subject(handle), VouchForm())


@vouches.post("/people/<handle>/vouch")
@limits.of_member
def write(handle: str) -> Any:  # noqa: ANN401
    subject = _subject(handle)
    form = sent(VouchForm)
    if not form.validate():
        return _form(subject, form, status=422)
    try:
        services.write(
            db.session,
            current.member(),
            subject,
            context=form.context.data,
            words=form.words.data,
            now=clock.now(),
        )
    except services.NoRoom as refusal:
        return _form(subject, form, status=422, no_room=refusal)
    flash(
        _("Your words are with %(name)s. They appear if %(name)s wants them to.", name=subject.name)
    )
    return see_other("relationships.person", handle=handle)


@vouches.post("/vouches/<key>/answer")
def answer(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    vouch = access.vouch_to_answer(db.session, member, key, now=now)
    given = request.form.get("answer")
    if given == "show":
        services.show(db.session, vouch, actor=member, now=now)
    elif given == "keep":
        services.keep(db.session, vouch, actor=member, now=now)
    else:
        raise Invalid(_("Let members read them, or keep them to yourself."))
    if wants_part():
        author = vouch.author
        return page("relationships/vouch.html", "vouch", vouch=vouch, author=author, answered=True)
    return see_other("relationships.person", handle=member.handle, _anchor=f"vouch-{key}")


@vouches.post("/vouches/<key>/take-back")
def take_back(key: str) -> Any:  # noqa: ANN401
    member, now = current.member(), clock.now()
    vouch = access.vouch_to_take_back(db.session, member, key, now=now)
    services.take_back(db.session, vouch, actor=member, now=now)
    flash(
        _("Your words are taken back and deleted. %(name)s is not told.", name=vouch.subject.name)
    )
    return see_other("relationships.person", handle=vouch.subject.handle)


def _form(
    subject: Member, form: VouchForm, *, status: int = 200, no_room: services.NoRoom | None = None
) -> Page:
    """Show the form where something may be written, and why not where there is no room just now."""
    if no_room is None and status == 200:  # noqa: PLR2004
        try:
            services.may_write(db.session, current.member(), subject, clock.now())
        except services.NoRoom as refusal:
            no_room = refusal
    return page(
        "relationships/vouch_write.html",
        subject=subject,
        form=form,
        no_room=no_room,
        status=status,
    )


def _subject(handle: str) -> Member:
    return member_for(db.session, current.viewer(), handle, now=clock.now())
