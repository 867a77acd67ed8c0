"""All of one’s terms and agreed work on one page: what waits, what runs, what is over."""

from __future__ import annotations

from network import clock
from network.db import db
from network.engagements.queries.overview import overview as all_of
from network.engagements.queries.waiting import TO_ANSWER, waiting
from network.engagements.reading_table import Stage, signatories, stage
from network.engagements.views.blueprints import work
from network.htmx import Page, page
from network.members import current


@work.get("/engagements")
def overview() -> Page:
    found = all_of(db.session, current.member(), now=clock.now())
    seen = [each.seen for part in (found.waiting, found.finding, found.ended) for each in part]
    seen += [each.seen for part in (found.running, found.over) for each in part]
    waits = waiting(db.session, current.member(), clock.now())
    return page(
        "engagements/overview.html",
        found=found,
        waits=[each for each in waits if each.what in TO_ANSWER],
        people={each.negotiation.id: signatories(each)[:-1] for each in seen},
        stages={each.negotiation.id: stage(each) for each in seen},
        Stage=Stage,
    )
