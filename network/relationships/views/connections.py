"""Whom a member knows here, and how they came to know each other: a page for that member alone."""

from __future__ import annotations

from flask import Blueprint, request

from network import clock
from network.db import db
from network.htmx import Page, page
from network.members import current
from network.relationships.drawing import HEIGHT, MARK, MOST, WIDTH, drawn
from network.relationships.queries import map as relationship_map

ties = Blueprint("ties", __name__)

FURTHEST = 5000


@ties.get("/connections")
def connections() -> Page:
    people = relationship_map.known(db.session, current.member(), clock.now())
    start, end = _start(), _start() + relationship_map.PAGE
    shown = [] if start else relationship_map.pictured(people, MOST)
    return page(
        "relationships/connections.html",
        groups=relationship_map.grouped(people[start:end]),
        pictured=shown,
        picture=drawn([len(group.people) for group in shown]),
        some=len(people) > MOST,
        size={"width": WIDTH, "height": HEIGHT, "mark": MARK},
        start=start,
        further=end if len(people) > end else None,
    )


def _start() -> int:
    text = request.args.get("from", "")
    fits = text.isascii() and text.isdecimal() and len(text) < len(str(FURTHEST)) + 1
    return min(int(text), FURTHEST) if fits else 0
