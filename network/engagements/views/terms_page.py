"""Terms being found: what is on the table, where it stands, how it came about; a version alone."""

from __future__ import annotations

from http import HTTPStatus

from flask import request

from network import clock
from network.engagements.access import Seen
from network.engagements.reading_table import Stage, stage
from network.engagements.views.blueprints import terms
from network.engagements.views.terms_shown import seen_by_me, shown
from network.forms import number as number_in
from network.htmx import Page, page


@terms.get("/negotiations/<negotiation>", endpoint="page")
def one(negotiation: str) -> Page:
    read = request.args.get("read", "")
    number, seen = number_in(read), seen_by_me(negotiation, clock.now())
    # While terms are being found one looks for what changed; once they are agreed, for what holds.
    changed = read == "changed" or (read != "now" and stage(seen) is not Stage.AGREED)
    found = shown(seen, number=number, compare=number is None and changed)
    return page("engagements/negotiation.html", **found, read=number, refusal="")


def as_it_stands(seen: Seen, refusal: str) -> Page:
    """Answer what came too late: why it was not taken, and how these terms stand now."""
    found = shown(seen)
    status = HTTPStatus.CONFLICT
    return page("engagements/negotiation.html", **found, read=None, refusal=refusal, status=status)


@terms.get("/negotiations/<negotiation>/versions/<int:number>")
def version(negotiation: str, number: int) -> Page:
    compare = request.args.get("read") != "now"
    found = shown(seen_by_me(negotiation, clock.now()), number=number, compare=compare)
    return page("engagements/version.html", **found)
