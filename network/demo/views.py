"""The demo's door: be anybody, and read the letters it would have sent. Only in a network made by
`commonweal demo`.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, request
from flask_babel import gettext as _

from network import auth, clock
from network.config import Settings
from network.db import db
from network.demo import queries
from network.errors import NotFound
from network.htmx import Page, page, see_other
from network.members import current
from network.members.services.accounts import start_sign_in

demo = Blueprint("demo", __name__)
MOST_LETTERS = 50


@demo.before_request
def only_in_a_demo() -> None:
    if not current.house().demo:
        raise NotFound


@demo.get("/demo")
@auth.public
def faces() -> Page:
    return page("demo/faces.html", people=queries.people(db.session))


@demo.post("/demo/enter")
@auth.public
def enter() -> Any:  # noqa: ANN401
    member = queries.person(db.session, request.form.get("handle", ""))
    user = start_sign_in(db.session, member, device=_("The demo’s door"), now=clock.now())
    auth.enter(user)
    flash(_("You are %(name)s now.", name=member.name))
    return see_other("today.home")


@demo.get("/demo/letters")
@auth.public
def letters() -> Page:
    settings: Settings = current_app.config["SETTINGS"]
    paths = sorted((settings.instance / "mail").glob("[!.]*.eml"), reverse=True)[:MOST_LETTERS]
    return page("demo/letters.html", letters=[_letter(path) for path in paths])


def _letter(path: Path) -> dict[str, str]:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    words = message.get_body(("plain",))  # what it encloses for a calendar is not shown
    return {
        "to": str(message["To"]),
        "subject": str(message["Subject"]),
        "date": str(message["Date"]),
        "body": "" if words is None else str(words.get_content()),
    }
