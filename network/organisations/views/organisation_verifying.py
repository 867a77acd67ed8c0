"""Showing that an organisation is the one it says it is: by an address, or to a steward."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.errors import Invalid
from network.forms import sent, take
from network.htmx import Page, page, see_other
from network.members import current
from network.organisations import access
from network.organisations.forms import AddressForm, AskStewardForm
from network.organisations.models import Organisation
from network.organisations.services import verifying as services
from network.organisations.tokens import Opened, open_letter_token
from network.organisations.views.organisation_blueprint import organisations


@organisations.get("/organisations/<organisation>/verify")
def verify(organisation: str) -> Page:
    return _verify(_spoken_for(organisation))


@organisations.post("/organisations/<organisation>/verify")
@limits.of_member
@limits.on_account
def verify_by_address(organisation: str) -> Any:  # noqa: ANN401
    found = _spoken_for(organisation)
    form = sent(AddressForm)
    if not form.validate():
        return _verify(found, address=form, status=422)
    try:
        verified = services.verify_by_address(
            db.session,
            found,
            actor=current.member(),
            email=form.email.data or "",
            now=clock.now(),
        )
    except Invalid as refusal:
        take(form, refusal)
        return _verify(found, address=form, status=422)
    if verified:
        flash(_("It is verified."))
        return see_other("organisations.page", organisation=organisation)
    flash(_("A letter is on its way to that address. Its link works once, within a day."))
    return see_other("organisations.verify", organisation=organisation)


@organisations.post("/organisations/<organisation>/verify/steward")
@limits.of_member
def ask_steward(organisation: str) -> Any:  # noqa: ANN401
    found = _spoken_for(organisation)
    form = sent(AskStewardForm)
    if not form.validate():
        return _verify(found, steward=form, status=422)
    words = form.words.data or ""
    try:
        services.ask_steward(
            db.session, found, actor=current.member(), words=words, now=clock.now()
        )
    except Invalid as refusal:
        refusal.field = "words"
        take(form, refusal)
        return _verify(found, steward=form, status=422)
    flash(_("Your words are with the stewards."))
    return see_other("organisations.verify", organisation=organisation)


@organisations.get("/organisations/verify/<token>")
def letter(token: str) -> Page:
    opened = _opened(token)
    if opened is None:
        return page("organisations/letter_gone.html", status=404)
    organisation = _spoken_for(opened.slug)
    if opened.stamp != services.stamp_of(organisation):
        return page("organisations/letter_gone.html", status=404)
    return page("organisations/letter.html", organisation=organisation, opened=opened, token=token)


@organisations.post("/organisations/verify/<token>")
@limits.of_member
def confirm(token: str) -> Any:  # noqa: ANN401
    opened = _opened(token)
    if opened is None:
        return page("organisations/letter_gone.html", status=404)
    organisation = _spoken_for(opened.slug)
    services.confirm(
        db.session,
        organisation,
        actor=current.member(),
        email=opened.email,
        stamp=opened.stamp,
        now=clock.now(),
    )
    flash(_("It is verified."))
    return see_other("organisations.page", organisation=opened.slug)


def _opened(token: str) -> Opened | None:
    """Return what a link says to whoever asked for the letter, or None."""
    opened = open_letter_token(current_app.config["SECRET_KEY"], token)
    mine = opened is not None and opened.member_id == current.member().id
    return opened if mine else None


def _spoken_for(slug: str) -> Organisation:
    member = current.member()
    seen = access.organisation_to_speak_for(db.session, member, slug, now=clock.now())
    return seen.organisation


def _verify(
    organisation: Organisation,
    *,
    address: AddressForm | None = None,
    steward: AskStewardForm | None = None,
    status: int = 200,
) -> Page:
    return page(
        "organisations/verify.html",
        organisation=organisation,
        address=address or AddressForm(),
        steward=steward or AskStewardForm(words=organisation.asks_steward),
        status=status,
    )
