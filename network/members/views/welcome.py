"""The first three steps of a newcomer: each says who will see it, and can be left for later."""

from __future__ import annotations

from flask import Blueprint, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from network import clock
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import access, current, queries
from network.members.forms import WORK_HINTS, FirstWordsForm, PurposeForm, ReachForm
from network.members.kinds import DEFAULT_AUDIENCE, Audience, Part, WhoMayAsk, Work
from network.members.services import joining

welcome = Blueprint("welcome", __name__)

FIRST_WORDS = (Part.OFFERS, Part.LOOKING_FOR, Part.PLACE, Part.LANGUAGES, Part.THEMES)


@welcome.get("/welcome/purpose")
def purpose() -> Page:
    member = current.member()
    section = queries.own_sections(db.session, member).get(Part.PURPOSE)
    draft = access.draft_for(db.session, member).get(Part.PURPOSE, "")
    said = section.body if section is not None else ""
    audience = section.audience if section is not None else DEFAULT_AUDIENCE[Part.PURPOSE]
    form = sent(PurposeForm, purpose=said or draft, audience=str(int(audience)))
    return page("members/welcome_purpose.html", form=form, drafted=bool(draft and not said))


@welcome.post("/welcome/purpose")
def say_purpose() -> Page | Response:
    form = sent(PurposeForm)
    if not form.validate():
        return page("members/welcome_purpose.html", form=form, drafted=False, status=422)
    joining.say_purpose(
        db.session,
        current.member(),
        purpose=form.purpose.data,
        audience=Audience(int(form.audience.data)),
        now=clock.now(),
    )
    return see_other("welcome.words")


@welcome.get("/welcome/words")
def words() -> Page:
    member = current.member()
    draft = access.draft_for(db.session, member)
    said = {part: one.body for part, one in queries.own_sections(db.session, member).items()}
    present = {part.value: said.get(part) or draft.get(part, "") for part in FIRST_WORDS}
    return _words(sent(FirstWordsForm, **present))


@welcome.post("/welcome/words")
def say_words() -> Page | Response:
    form = sent(FirstWordsForm)
    if not form.validate():
        return _words(form, status=422)
    joining.say_first_words(db.session, current.member(), form.words(), now=clock.now())
    return see_other("welcome.reach")


@welcome.get("/welcome/reach")
def reach() -> Page:
    present = queries.own_participation(db.session, current.member())
    kept = {"who": present.who_may_connect.value, "way": present.shown_as_way}
    form = sent(ReachForm, **kept, work=present.work)
    return page("members/welcome_reach.html", form=form, hints=WORK_HINTS)


@welcome.post("/welcome/reach")
def set_reach() -> Page | Response:
    form = sent(ReachForm)
    if not form.validate():
        return page("members/welcome_reach.html", form=form, hints=WORK_HINTS, status=422)
    found = joining.arrive(
        db.session,
        current.member(),
        who=WhoMayAsk(form.who.data),
        work=[Work(kind) for kind in form.work.data],
        shown_as_way=form.way.data,
        now=clock.now(),
    )
    if found:
        flash(_("You can be found now."))
    else:
        flash(_("That is kept. People find you once members can read your purpose."))
    return see_other("today.home")


def _words(form: FirstWordsForm, *, status: int = 200) -> Page:
    said = queries.own_sections(db.session, current.member())
    levels = {
        part.value: said[part].audience if part in said else DEFAULT_AUDIENCE[part]
        for part in FIRST_WORDS
    }
    return page("members/welcome_words.html", form=form, levels=levels, status=status)
