"""The organisations one speaks for, and finding others by what they are for."""

from __future__ import annotations

from flask import current_app, request

from network import clock
from network.db import db
from network.htmx import Page, page
from network.members import current
from network.organisations.finding import Organisations
from network.organisations.queries.people import organisations_of
from network.organisations.views.organisation_blueprint import organisations
from network.paging import further_than, start_from
from network.search import backend
from network.search.finding import Finder
from network.search.things import Thing, number_of

LONGEST_QUERY = 300


@organisations.get("/organisations")
def overview() -> Page:
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    looking = bool(typed.strip())
    mine = [] if looking else organisations_of(db.session, current.member())
    query, results = _finder().look(
        typed,
        frozenset({Thing.ORGANISATION.mark}),
        without=[number_of(Thing.ORGANISATION, each.id) for each in mine],
        start=start_from(request.args.get("from", "")),
    )
    return page(
        "organisations/overview.html",
        "found",
        typed=typed,
        query=query,
        mine=[] if results.start else mine,
        results=results,
        further=further_than(results.next_from),
    )


def _finder() -> Finder:
    now = clock.now()
    shelf = Organisations(db.session, current.viewer(), now)
    return backend.finder(current_app, shelf, day=now.toordinal())
