"""The agreement, to read, print and keep; and copies of every version for whoever was there."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from network import clock
from network.db import db
from network.engagements.access import Seen
from network.engagements.copies import copy_of
from network.engagements.queries.table import every_text, work_of
from network.engagements.reading import passages
from network.engagements.reading_table import Stage, reader, stage, to_keep
from network.engagements.terms import from_text
from network.engagements.views.blueprints import terms
from network.engagements.views.terms_shown import seen_by_me, shown
from network.errors import NotFound
from network.htmx import Page, page
from network.members import current


@terms.get("/negotiations/<negotiation>/agreement")
def agreement(negotiation: str) -> Page:
    seen = _agreed(negotiation)
    of_work = work_of(db.session, seen)
    return page("engagements/agreement.html", **shown(seen, kept=True), of_work=of_work)


@terms.get("/negotiations/<negotiation>/agreement.html")
def as_html(negotiation: str) -> Response:
    seen = _agreed(negotiation)
    return _as_html(seen, "agreement", numbers={seen.negotiation.on_table})


@terms.get("/negotiations/<negotiation>/agreement.json")
def as_json(negotiation: str) -> Response:
    seen = _agreed(negotiation)
    return _as_json(seen, "agreement", numbers={seen.negotiation.on_table})


@terms.get("/negotiations/<negotiation>/versions.html")
def every_version_as_html(negotiation: str) -> Response:
    return _as_html(seen_by_me(negotiation, clock.now()), "terms")


@terms.get("/negotiations/<negotiation>/versions.json")
def every_version_as_json(negotiation: str) -> Response:
    return _as_json(seen_by_me(negotiation, clock.now()), "terms")


def _agreed(negotiation: str) -> Seen:
    """Return what was agreed; raise `NotFound` while nothing is, and for whoever left before."""
    seen = seen_by_me(negotiation, clock.now())
    if stage(seen) is not Stage.AGREED:
        raise NotFound
    return seen


def _as_html(seen: Seen, name: str, numbers: set[int] | None = None) -> Response:
    found, texts = shown(seen, kept=True), _texts(seen, numbers)
    eyes = to_keep(reader(seen, current.locale()))
    versions = [
        (moment, from_text(texts[moment.put.number]))
        for moment in reversed(found["history"])
        if moment.put is not None and moment.put.number in texts
    ]
    said = render_template(
        "engagements/copy.html",
        **found,
        versions=[(moment, each.title, passages(each, eyes)) for moment, each in versions],
    )
    return _attached(said, "text/html; charset=utf-8", f"{name}-{seen.negotiation.key}.html")


def _as_json(seen: Seen, name: str, numbers: set[int] | None = None) -> Response:
    found = shown(seen, kept=True)["table"]
    said = copy_of(found, _texts(seen, numbers), house=current.house().name)
    return _attached(said, "application/json", f"{name}-{seen.negotiation.key}.json")


def _texts(seen: Seen, numbers: set[int] | None) -> dict[int, str]:
    texts = every_text(db.session, seen)
    return {number: text for number, text in texts.items() if not numbers or number in numbers}


def _attached(said: str, kind: str, name: str) -> Response:
    answer = make_response(said)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
