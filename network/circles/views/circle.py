"""The page of a circle: a place for whoever is inside, a door for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import current_app

from network import clock
from network.circles import access
from network.circles.access import Seen
from network.circles.beginnings import BEGINNINGS
from network.circles.beside import Beside
from network.circles.forms import ComeForm
from network.circles.queries import people as queries
from network.circles.queries.door import door_of
from network.circles.queries.inside import inside_of
from network.circles.views.blueprint import circles
from network.db import db
from network.htmx import Page, page
from network.members import current


@circles.get("/circles/<slug>")
def one(slug: str) -> Page:
    return shown(slug)


def shown(slug: str, *, status: int = 200, form: ComeForm | None = None) -> Page:
    """Return the page of a circle as this member may see it."""
    member, now = current.member(), clock.now()
    seen = access.circle_for(db.session, member, slug, now=now)
    return page(
        "circles/circle.html",
        status=status,
        seen=seen,
        circle=seen.circle,
        beginning=BEGINNINGS[seen.circle.form],
        agreements=queries.agreements_of(db.session, seen.circle),
        **(_inside(seen, now) if seen.is_inside else _outside(seen, now, form)),
    )


def _inside(seen: Seen, now: datetime) -> Mapping[str, Any]:
    member = current.member()
    beside: Beside = current_app.extensions["circle_beside"]
    return {
        "people": queries.people_of(db.session, member, seen.circle, now),
        "beside": beside,
        **inside_of(db.session, member, seen.circle, now),
        **beside.load(db.session, member, seen, now),
    }


def _outside(seen: Seen, now: datetime, form: ComeForm | None) -> Mapping[str, Any]:
    member = current.member()
    return {
        "door": door_of(db.session, member, seen, now),
        "form": form
        or ComeForm(submission=uuid4().hex, agreed=str(seen.circle.agreements_version)),
    }
