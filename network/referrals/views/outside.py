"""The page for somebody outside: what they read of the one letter, and their answer."""

from __future__ import annotations

from flask import current_app, request

from network import auth, clock, limits
from network.db import db
from network.htmx import Page, page
from network.referrals import access
from network.referrals.matter import matter_of_referral
from network.referrals.services import outside
from network.referrals.services.letters import is_open, open_until
from network.referrals.tokens import open_letter_token
from network.referrals.views.blueprint import referrals
from network.referrals.wording import interest_words


@referrals.get("/referrals/answer/<token>")
@auth.public
def outside_letter(token: str) -> Page:
    return _letter(token)


@referrals.post("/referrals/answer/<token>")
@auth.public
@limits.from_network
def answer_letter(token: str) -> Page:
    seen, given = _sent(token), request.form.get("answer", "")
    waits = seen is not None and is_open(db.session, seen.letter, seen.referral, clock.now())
    if seen is not None and waits and given in {"yes", "no"}:
        outside.answer(db.session, seen.letter, yes=given == "yes", now=clock.now())
    return _letter(token)


def _letter(token: str) -> Page:
    """Show a letter while it waits, and afterwards that it was answered. Looking changes nothing:
    those who carry letters look behind links as well.
    """
    seen = _sent(token)
    if seen is not None and seen.is_answered:
        return page("referrals/outside_answered.html", letter=seen.letter)
    if seen is None or not is_open(db.session, seen.letter, seen.referral, clock.now()):
        return page("referrals/outside_gone.html", status=404)
    referral = seen.referral
    return page(
        "referrals/outside.html",
        letter=seen.letter,
        referral=referral,
        interest=interest_words(referral.interest, referral.interest_words, referral.referrer.name),
        matter=matter_of_referral(referral),
        until=open_until(seen.letter, seen.referral),
    )


def _sent(token: str) -> access.SeenLetter | None:
    key = open_letter_token(current_app.config["SECRET_KEY"], token)
    return access.letter_sent(db.session, key) if key else None
