"""Writing terms: one form with all of them, kept as a draft, and put on the table.

Whatever is sent here is kept first, and looked at then: a mistake, a newer version, a sign-in that
is too old lose nothing. Drafts are read by their author alone.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request, session, url_for
from flask_babel import gettext as _

from network import clock, limits
from network.db import db, settle
from network.engagements.access import Seen, negotiation_for
from network.engagements.forms_terms import Fields, TermsForm, fields_of, is_of_terms
from network.engagements.queries.writing import draft_of, text_to_change
from network.engagements.services import drafting
from network.engagements.starting import LABELS, Start
from network.engagements.typing_terms import company, done_to, first_words, names_for
from network.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from network.forms import number
from network.htmx import Page, page, see_other, wants_part
from network.members import current
from network.members.services.accounts import is_fresh

writing = Blueprint("writing", __name__)


@writing.get("/negotiations/<negotiation>/write")
def write(negotiation: str) -> Page:
    seen = negotiation_for(db.session, current.member(), negotiation, now=clock.now())
    kept = draft_of(db.session, seen)
    if kept is not None and not seen.is_open:
        wrote = [each for each in kept.fields.values() if " " in each.strip()]
        return page("engagements/draft_left.html", negotiation=seen.negotiation, wrote=wrote)
    _must_be_open(seen)
    if kept is None:
        form = TermsForm(_first(seen), names_for(seen))
        form.over.data = str(seen.negotiation.last)
        return _page(seen, form)
    form = TermsForm(kept.fields, names_for(seen))
    form.over.data = str(kept.over)
    return _page(seen, form, kept_at=kept.at)


@writing.post("/negotiations/<negotiation>/write")
@limits.of_member
def put(negotiation: str) -> Any:  # noqa: ANN401
    seen, member, now = _to_write(negotiation), current.member(), clock.now()
    fields = _typed()
    form = TermsForm(fields, names_for(seen))
    terms, why = form.read(current.locale()), form.words()
    until = form.until(member.time_zone, now)
    _keep(seen, form, fields)
    if form.troubles:
        settle(keep=True)
        return _page(_to_write(negotiation), form, status=422, kept_at=now)
    if not is_fresh(current.sign_in(), now):
        session["next"] = url_for("writing.write", negotiation=negotiation)
        return see_other("signing_in.again")
    try:
        version = drafting.put(
            db.session,
            seen.negotiation,
            seen.mine,
            actor=member,
            terms=terms,
            over=_over(form, came=request.form.get("came")),
            why=why,
            valid_until=until,
            now=now,
            submission=_mark(form),
        )
    except NotFound:  # they have left meanwhile, by a block of their own: their words have not
        settle(keep=True)
        return see_other("writing.write", negotiation=negotiation)
    except (Conflict, Invalid, NotAllowed) as refusal:
        settle(keep=True)
        return _page(
            _to_write(negotiation), form, status=refusal.status, refusal=refusal, kept_at=now
        )
    flash(_("Version %(n)s is on the table. The others are told.", n=version.number))
    return see_other("terms.page", negotiation=negotiation)


@writing.post("/negotiations/<negotiation>/draft")
def keep(negotiation: str) -> Any:  # noqa: ANN401
    seen = _to_write(negotiation)
    fields, at = done_to(_typed(), request.form.get("do", ""), seen, current.locale())
    _keep(seen, TermsForm(fields, names_for(seen)), fields)
    if wants_part():
        return page("engagements/write.html", "kept", kept_at=clock.now())
    if not at:
        flash(_("Kept for later. Only you see it."))
    # No fragment: browsers focus nothing by themselves where the address has one.
    return see_other("writing.write", negotiation=negotiation, at=at or None)


@writing.post("/negotiations/<negotiation>/draft/set-aside")
@limits.of_member
def set_aside(negotiation: str) -> Any:  # noqa: ANN401
    seen = negotiation_for(db.session, current.member(), negotiation, now=clock.now())
    drafting.set_aside(db.session, seen.mine, actor=current.member())
    flash(_("Your draft is gone. What lies on the table is as it was."))
    return see_other("terms.page", negotiation=negotiation)


def _to_write(key: str) -> Seen:
    """Return the negotiation of this address, where the reader can still put something into it."""
    seen = negotiation_for(db.session, current.member(), key, now=clock.now())
    _must_be_open(seen)
    return seen


def _must_be_open(seen: Seen) -> None:
    if not seen.is_open:
        raise Conflict(_("These terms are over. Nothing can be put on the table here any more."))


def _first(seen: Seen) -> Fields:
    """Return what somebody finds who has no draft: what the next version is a change of, or a
    template.
    """
    terms = text_to_change(db.session, seen)
    if terms is not None:
        return fields_of(terms, current.locale())
    named = request.args.get("start", "")
    start = Start(named) if named in set(Start) else Start.EMPTY
    return first_words(seen, start, current.locale())


def _typed() -> Fields:
    # Before it is read: that takes a while for more fields than any page has.
    if sum(len(name) + len(value) for name, value in request.form.items()) > drafting.LONGEST:
        raise Invalid(drafting.TOO_MUCH)
    return {name: value for name, value in request.form.items() if is_of_terms(name)}


def _keep(seen: Seen, form: TermsForm, fields: Fields) -> None:
    drafting.keep(
        db.session,
        seen.mine,
        actor=current.member(),
        fields=fields,
        over=_over(form),
        now=clock.now(),
        submission=_mark(form),
    )


def _mark(form: TermsForm) -> str:
    """Return by which a form that is sent twice is known."""
    return (form.submission.data or "")[:40]


def _over(form: TermsForm, *, came: str | None = None) -> int:
    """Return the version that this one takes the place of: the one that came, once it is read."""
    return number(came) or number(form.over.data) or 0


def _page(
    seen: Seen,
    form: TermsForm,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
    **more: Any,  # noqa: ANN401  # whatever a template takes
) -> Page:
    is_a_change = bool(seen.negotiation.last or seen.negotiation.engagement_id)
    return page(
        "engagements/write.html",
        status=status,
        seen=seen,
        negotiation=seen.negotiation,
        form=form,
        names=names_for(seen),
        behind=_over(form) < seen.negotiation.last,
        refusal=refusal.sentence if refusal else "",
        company=company(seen),
        starts=[] if is_a_change else [(each.value, LABELS[each]) for each in Start],
        at=request.args.get("at", ""),
        **{"kept_at": None, **more},
    )
