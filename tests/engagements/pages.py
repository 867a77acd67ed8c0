"""Pages of terms as somebody reads them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from network.db import reading
from network.engagements.kinds import Cash, Clause, Kind, Period
from network.engagements.models import Negotiation
from network.engagements.money import Money
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.kinds import Work
from network.members.models import Member


def words(page):
    """What a page says, as one line."""
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def key_of(table):
    with reading() as db:
        return db.get_one(Negotiation, table.id).key


def at(table, *path):
    return "/".join(("/negotiations", key_of(table), *map(str, path)))


def member(handle):
    with reading() as db:
        return db.scalars(select(Member).where(Member.handle == handle)).one()


def director(table, **new):
    """Terms as in the drawn page, between Ama, who is paid, and Bea, who pays."""
    keys = table.keys()
    ama, bea = keys["ama"], keys["bea"]
    terms = Terms(
        "A first director",
        Work.FRACTIONAL,
        {Clause.PURPOSE: "To help the members choose.", Clause.SCOPE: "Ama leads the choosing."},
        (TimeLine("t", ama, 10, Period.MONTH, date(2027, 1, 1), date(2027, 8, 31), 30),),
        (CashLine("f", Cash.RETAINER, bea, ama, Money("EUR", 510_000), Period.MONTH),),
        (OtherLine("s", Kind.LEARNING, bea, ama, "A seat in its course.", known_by="A last day."),),
    )
    return replace(terms, **new)
