"""Finding people in the name of an organisation: one kind of work, one person at a time."""

from __future__ import annotations

from flask import Blueprint, current_app, request

from network import clock
from network.db import db
from network.forms import number
from network.htmx import Page, page
from network.members import current
from network.members.explaining import ALL_WORDS
from network.members.finding import Results
from network.members.views.people import FURTHEST, LONGEST_QUERY
from network.organisations import access
from network.organisations.finding_people import WithWork
from network.organisations.forms_people import SeekForm
from network.search import backend
from network.search.query import parse

organisations_people = Blueprint("organisations_people", __name__)


@organisations_people.get("/organisations/<organisation>/people")
def search(organisation: str) -> Page:
    member, now = current.member(), clock.now()
    seen = access.organisation_to_speak_for(db.session, member, organisation, now=now)
    if not (seen.is_verified and seen.answers_count):
        return page("organisations/people_not_yet.html", seen=seen, organisation=seen.organisation)
    form = SeekForm(request.args)
    form.settle()
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    finder = _finder()
    query = parse(typed, finder.analyzer)
    results, nearly = Results([]), Results([])
    if query or not typed.strip():  # in signs alone there is nothing to look for
        results = finder.search(query, form.narrowing(), start=_start())
    if query and not results.start and not (results.people and results.people[0].band <= ALL_WORDS):
        nearly = finder.spelt_nearly(query, form.narrowing(), results)
    further = results.next_from
    return page(
        "organisations/people.html",
        "found",
        organisation=seen.organisation,
        typed=typed,
        query=query,
        form=form,
        results=results,
        nearly=nearly,
        terms={"q": typed, **{field.name: field.data for field in form if field.data}},
        further=further if further is not None and further <= FURTHEST else None,
    )


def _finder() -> WithWork:
    """Return the finder with the eyes of whoever asks, now."""
    return WithWork(
        db=db.session,
        index=backend.index(current_app),
        analyzer=backend.analyzer(current_app),
        viewer=current.viewer(),
        now=clock.now(),
    )


def _start() -> int:
    return min(number(request.args.get("from")) or 0, FURTHEST)
