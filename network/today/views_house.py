"""The pages that explain the house to anyone: its rules, who sees what, and what it is made of."""

from __future__ import annotations

from importlib.metadata import version

from flask import current_app

from network import auth
from network.config import Settings
from network.htmx import Page, page
from network.members.forms_profile import TITLES
from network.members.kinds import DEFAULT_AUDIENCE, SEARCHED, Part
from network.today.blueprint import today
from network.translation import _

NARROWS = (Part.LANGUAGES, Part.AVAILABILITY)


@today.get("/rules")
@auth.public
def rules() -> Page:
    return page("house/rules.html")


@today.get("/who-sees-what")
@auth.public
def who_sees_what() -> Page:
    titles = {**TITLES, Part.CONNECTIONS: _("Your connections")}
    return page(
        "house/who_sees_what.html",
        parts=[
            (title, int(DEFAULT_AUDIENCE[part]), _in_search(part)) for part, title in titles.items()
        ],
    )


@today.get("/accessibility")
@auth.public
def accessibility() -> Page:
    return page("house/accessibility.html")


@today.get("/software")
@auth.public
def software() -> Page:
    settings: Settings = current_app.config["SETTINGS"]
    return page(
        "house/software.html", version=version("commonweal"), source_url=settings.source_url
    )


def _in_search(part: Part) -> str:
    """Return how search uses a part: its words, as a fact to narrow by, or never."""
    if part in SEARCHED:
        return "words"
    return "narrows" if part in NARROWS else "never"
