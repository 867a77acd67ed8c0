"""The page of agreed work: where it stands, and what its parties do with it."""

from __future__ import annotations

from uuid import uuid4

from flask import request

from network import clock
from network.db import db
from network.engagements import access
from network.engagements.access import Work
from network.engagements.forms_work import ItemForm, WhyForm
from network.engagements.page import opened, parts
from network.engagements.reading_table import signatories
from network.engagements.services import living
from network.engagements.standing_part import DEEDS
from network.engagements.views.blueprints import work
from network.engagements.views.page_parts import PARTS
from network.errors import Refusal
from network.htmx import Page, page
from network.members import current


@work.get("/engagements/<engagement>", endpoint="engagement")
def one(engagement: str) -> Page:
    doing = request.args.get("do", "")
    return shown(seen_by_me(engagement), doing=doing if doing in DEEDS else "")


def seen_by_me(engagement: str) -> Work:
    """Return the agreed work of this address, for whoever asks."""
    return access.engagement_for(db.session, current.member(), engagement, now=clock.now())


def shown(
    found: Work,
    *,
    doing: str = "",
    why: WhyForm | None = None,
    item: ItemForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Page:
    """Answer with the page; with the form of what somebody is `doing`, if that asks for words, and
    with why something was not taken that came too late.
    """
    it = opened(db.session, current.member(), found, clock.now())
    return page(
        "engagements/engagement.html",
        opened=it,
        work=found,
        engagement=found.engagement,
        parts=parts(db.session, it, of=PARTS),
        doing=doing,
        why=why or WhyForm(submission=uuid4().hex),
        item=item or ItemForm(),
        rest=living.mark_of_rest(found.engagement),
        people=signatories(found.seen),
        submission=uuid4().hex,
        refusal=refusal.sentence if refusal else "",
        status=refusal.status if refusal else status,
    )
