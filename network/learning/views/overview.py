"""The page of learning: what comes up, what there is, and one field to look through all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app, request

from network import clock
from network.db import db
from network.htmx import Page, page
from network.learning.clock_words import When, when
from network.learning.finding import Learning, marks_of
from network.learning.forms_overview import NarrowForm
from network.learning.queries import coming
from network.learning.queries import overview as queries
from network.learning.queries.harvest import to_agree
from network.learning.views.blueprint import learning
from network.members import current
from network.paging import further_than, start_from
from network.search import backend
from network.search.things import Thing

__all__ = ["learning", "overview"]

LONGEST_QUERY = 300
MOST_COMING = 8


@learning.get("/learning")
def overview() -> Page:
    form = NarrowForm(request.args)
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    start = start_from(request.args.get("from", ""))
    looking = bool(typed.strip() or (form.facts() and not _by_time(form)))
    return page(
        "learning/overview.html",
        "found",
        typed=typed,
        form=form,
        chosen=form.chosen(typed),
        terms=form.terms(typed),
        looking=looking,
        clocks=_clocks,
        **(_found(form, typed, start) if looking else _listed(form, start)),
    )


def _found(form: NarrowForm, typed: str, start: int) -> Mapping[str, Any]:
    """Return what was looked for, of all kinds in one list."""
    now = clock.now()
    shelf = Learning(db.session, current.viewer(), now)
    finder = backend.finder(current_app, shelf, day=now.toordinal())
    marks = marks_of(form.things(), now) | {f"format={each}" for each in form.formats()}
    query, results = finder.look(typed, marks, start=start)
    sessions = [each.row for each in results.things if each.thing is Thing.SESSION]
    return {
        "query": query,
        "results": results,
        "further": further_than(results.next_from),
        "hosts": _hosts(sessions),
    }


def _listed(form: NarrowForm, start: int) -> Mapping[str, Any]:
    """Return the sessions to come, and before the first page of all of them what else there is."""
    member, now, session = current.member(), clock.now(), db.session
    first = not form.facts() and not start
    mine = coming.coming_up(session, member, now, MOST_COMING) if first else []
    to_come, further = queries.sessions_to_come(
        session, member, now, formats=form.formats(), shown=mine, start=start
    )
    return {
        "query": "",
        "first": first,
        "to_agree": to_agree(session, member, now) if first else [],
        "mine": mine,
        "to_come": to_come,
        "hosts": _hosts([*mine, *to_come]),
        "start": start,
        "further": further_than(further),
        "needs": queries.wishes(session, member, now) if first else [],
        "rooms": queries.open_rooms(session, member, now) if first else [],
        "learned": queries.learned_lately(session, member, now) if first else [],
    }


def _clocks(line: coming.Line) -> When | None:
    """Return when a session is for this reader, where it has a time."""
    return when(line.session, current.time_zone()) if line.session.starts_at else None


def _by_time(form: NarrowForm) -> bool:
    """Whether only sessions are asked for, which stand in the order of their days."""
    return list(form.things()) == [Thing.SESSION]


def _hosts(lines: Collection[coming.Line]) -> Mapping[int, Any]:
    return coming.hosts_of(db.session, current.viewer(), clock.now(), lines)
