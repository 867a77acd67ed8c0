"""All of one’s terms and agreed work on one page: what waits, what runs, what is over."""

from __future__ import annotations

from network.db import db
from network.engagements.queries.overview import mine
from network.engagements.views.blueprints import work
from network.htmx import Page, page
from network.members import current


@work.get("/engagements")
def overview() -> Page:
    return page("engagements/overview.html", found=mine(db.session, current.member()))
