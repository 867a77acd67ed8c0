"""The circles one is in, and finding others by what they are for."""

from __future__ import annotations

from flask import current_app, request

from network import clock
from network.circles.finding import Circles
from network.circles.forms_overview import NarrowForm
from network.circles.queries.overview import circles_of
from network.circles.views.blueprint import circles
from network.db import db
from network.htmx import Page, page
from network.members import current
from network.paging import further_than, start_from
from network.search import backend
from network.search.finding import Finder
from network.search.things import Thing, number_of

LONGEST_QUERY = 300


@circles.get("/circles")
def overview() -> Page:
    form = NarrowForm(request.args)
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    looking = bool(typed.strip() or form.facts())
    mine = [] if looking else circles_of(db.session, current.member(), clock.now())
    query, results = _finder().look(
        typed,
        form.marks(),
        without=[number_of(Thing.CIRCLE, each.circle.id) for each in mine],
        start=start_from(request.args.get("from", "")),
    )
    return page(
        "circles/overview.html",
        "found",
        typed=typed,
        query=query,
        looking=looking,
        form=form,
        chosen=form.chosen(typed),
        terms=form.terms(typed),
        mine=[] if results.start else mine,
        results=results,
        further=further_than(results.next_from),
    )


def _finder() -> Finder:
    now = clock.now()
    shelf = Circles(db.session, current.viewer(), now)
    return backend.finder(current_app, shelf, day=now.toordinal())
