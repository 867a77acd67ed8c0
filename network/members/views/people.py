"""People: finding them by their own words, and the page of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, current_app, flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network import auth, clock
from network.db import db
from network.htmx import Page, page, see_other
from network.members import access, current, queries
from network.members.explaining import ALL_WORDS, Found
from network.members.finding import Finder, Results
from network.members.forms_people import HAS, NarrowForm
from network.members.labels import WORK
from network.members.services import searches
from network.search import backend
from network.search.query import Query, parse

people = Blueprint("people", __name__)

FURTHEST = 500
LONGEST_QUERY = 300
KEPT_FIELDS = ("q", "work", "has", "language", "place", "theme")


@people.get("/people")
def search() -> Page:
    member = current.member()
    finder = finder_for_request()
    form = NarrowForm(request.args)
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    query = parse(typed, finder.analyzer)
    results = Results([])
    if query or not typed.strip():  # in signs alone there is nothing to look for
        results = finder.search(query, form.narrowing(), start=_start())
    nearly = Results([])
    if query and not results.start and not (results.people and results.people[0].band <= ALL_WORDS):
        nearly = finder.spelt_nearly(query, form.narrowing(), results)
    return page(
        "members/people.html",
        "found",
        typed=typed,
        query=query,
        form=form,
        chosen=chosen(form),
        results=results,
        nearly=nearly,
        ways=ways_to_found(nearly.people or results.people),
        alone=_alone(finder, query, form)
        if query and not (results.people or nearly.people)
        else [],
        kept=[(each, described(each.terms)) for each in queries.saved_searches(db.session, member)],
        terms=terms_of(request.args),
        start=results.start,
        further=_further(results),
    )


@people.post("/people/kept")
def keep_search() -> Any:  # noqa: ANN401
    terms = terms_of(MultiDict(parse_qsl(request.form.get("terms", ""))))
    searches.keep_search(db.session, current.member(), terms=terms[:1000], now=clock.now())
    flash(_("Kept. Only you see it."))
    return see_other("people.search", **dict_of(terms))


@people.post("/people/kept/<key>/forget")
def forget_search(key: str) -> Any:  # noqa: ANN401
    searches.forget_search(db.session, current.member(), key=key, now=clock.now())
    flash(_("Let go."))
    return see_other("people.search")


@people.get("/people/<handle>/portrait")
@auth.public
def portrait(handle: str) -> Response:
    picture = access.portrait_for(db.session, current.viewer(), handle, now=clock.now())
    return Response(picture, content_type="image/webp")


def finder_for_request() -> Finder:
    """Return the finder with the eyes of whoever asks, now."""
    return Finder(
        db=db.session,
        index=backend.index(current_app),
        analyzer=backend.analyzer(current_app),
        viewer=current.viewer(),
        now=clock.now(),
    )


def ways_to_found(people: Sequence[Found]) -> Mapping[int, Any]:
    """Return who could introduce the viewer to those found: one look for a whole page."""
    ways_to = current_app.extensions["ways"]  # known to a package above this one
    found: Mapping[int, Any] = ways_to(
        db.session, current.member(), [each.member.id for each in people], clock.now()
    )
    return found


def terms_of(args: Any) -> str:  # noqa: ANN401
    """Return a search as the query part of an address, without where one was in it."""
    pairs = [(name, value) for name in KEPT_FIELDS for value in args.getlist(name) if value.strip()]
    return urlencode(pairs)


def dict_of(terms: str) -> dict[str, list[str]]:
    """Return the fields of a kept search."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(terms):
        fields.setdefault(name, []).append(value)
    return fields


def described(terms: str) -> str:
    """Say a kept search in words."""
    labels = _labels()
    return ", ".join(
        f"“{value}”" if name == "q" else labels.get(value, value)
        for name, value in parse_qsl(terms)
    )


def chosen(form: NarrowForm) -> list[tuple[str, str]]:
    """Return what the search is narrowed to, each with the address that takes it out."""
    labels = _labels()
    narrowing = form.narrowing()
    facts = [("work", kind) for kind in narrowing.work] + [("has", part) for part in narrowing.has]
    facts += [
        (name, value)
        for name in ("language", "place", "theme")
        if (value := str(getattr(narrowing, name)))
    ]
    return [(str(labels.get(value, value)), _without(name, value)) for name, value in facts]


def _labels() -> dict[str, str]:
    kinds = {kind.value: str(label) for kind, label in WORK.items()}
    return kinds | {part.value: str(label) for part, label in HAS.items()}


def _without(name: str, value: str) -> str:
    pairs = [(n, v) for n, v in parse_qsl(terms_of(request.args)) if (n, v) != (name, value)]
    return urlencode(pairs)


def _start() -> int:
    text = request.args.get("from", "")
    return min(int(text), FURTHEST) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004


def _further(results: Results) -> str:
    if results.next_from is None or results.next_from > FURTHEST:
        return ""
    return f"{terms_of(request.args)}&from={results.next_from}"


def _alone(finder: Finder, query: Query, form: NarrowForm) -> list[str]:
    """Return which of several words find somebody on their own."""
    if len(query.words) < 2:  # noqa: PLR2004
        return []
    return [
        word
        for word in query.words[:4]
        if finder.search(parse(f"{word} ", finder.analyzer), form.narrowing()).people
    ]
