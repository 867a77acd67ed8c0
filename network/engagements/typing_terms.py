"""What the page on which terms are typed knows and does: who is on it, and lines that come and go.

Every button there sends the whole form: what it did to the form is what is kept.
"""

from __future__ import annotations

import re

from network.engagements.access import Seen
from network.engagements.forms_terms import (
    Fields,
    TermsForm,
    fields_of,
    with_new_line,
    with_shares,
    without_line,
)
from network.engagements.kinds import Cash, Kind, Period
from network.engagements.starting import CURRENCY, Sides, Start, begun, sides
from network.translation import _

ACT = re.compile(r"(add|out|part)-(times|cash|others)(?:-(\d{1,6}))?")


def names_for(seen: Seen) -> dict[str, str]:
    """Return what each party is called on the page of one of them, the reader first."""
    mine = seen.mine
    you = _("You")
    if mine.organisation_name:
        you = _("You, for %(organisation)s", organisation=mine.organisation_name)
    names = {party.key: seen.names.get(party.key) for party in seen.parties}
    said = {key: name or str(_("one of the parties")) for key, name in names.items()}
    return {mine.key: str(you), **{key: name for key, name in said.items() if key != mine.key}}


def company(seen: Seen) -> list[str]:
    """Return whose terms they are, for a sentence that ends with the reader."""
    others = [name for key, name in names_for(seen).items() if key != seen.mine.key]
    you = _("you")
    if seen.mine.organisation_name:
        you = _("you, for %(organisation)s", organisation=seen.mine.organisation_name)
    return [*others, str(you)]


def sides_of(seen: Seen) -> dict[str, bool]:
    """Return of each party whether they sign for an organisation."""
    return {party.key: bool(party.organisation_name) for party in seen.parties}


def first_words(seen: Seen, start: Start, locale: str) -> Fields:
    """Return what stands in the form for who begins from a template."""
    return fields_of(begun(start, sides_of(seen), seen.mine.key), locale)


def done_to(fields: Fields, act: str, seen: Seen, locale: str) -> tuple[Fields, str]:
    """Return the fields after what a button does to them, and the place on the page to go on at;
    both as they were for a button that only keeps them.
    """
    found = ACT.fullmatch(act)
    if found is None:
        return fields, ""
    what, name, place = found.groups()
    if what == "add":
        chosen = _new(name, sides(sides_of(seen), seen.mine.key), fields)
        fields, place = with_new_line(fields, name, **chosen)
        return fields, f"{name}-{place}"
    if what == "out":
        return without_line(fields, name, place or ""), name
    return with_shares(
        TermsForm(fields, names_for(seen)), fields, place or "", locale
    ), f"{name}-{place}"


def _new(name: str, who: Sides, fields: Fields) -> Fields:
    """Return what is chosen in a new line until somebody chooses otherwise."""
    if name == "times":
        return {"party": who.worker, "period": Period.MONTH.value}
    between = {"giver": who.host, "receiver": who.worker}
    if name == "others":
        return {**between, "sort": Kind.OTHER.value}
    used = [word for field, word in fields.items() if field.endswith("-currency") and word]
    money = {"currency": used[-1] if used else CURRENCY, "period": Period.IN_ALL.value}
    return {**between, **money, "sort": Cash.FIXED.value}
