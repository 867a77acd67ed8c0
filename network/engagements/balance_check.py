"""Before somebody says yes: what they promised elsewhere, and which months would be past full.

Nothing of it is kept, and nobody learns that it was read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from network.engagements.balance import Piece
from network.engagements.balance_own import ME, called
from network.engagements.balance_shown import Shown, shown
from network.engagements.balance_words import halves, months_named
from network.engagements.kinds import Period
from network.engagements.promises import Read, read
from network.engagements.queries.portfolio import Held, Own
from network.engagements.terms import Terms, TimeLine
from network.members.kinds import Work
from network.translation import _


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: promises to read, and what it would do to the months."""

    names: str
    read: Read
    time: str


def check_names(
    own: Own,
    *,
    names: str,
    half_days: int,
    left_out: Collection[str],
    now: datetime,
    zone: tzinfo,
) -> Checked:
    """Read what was promised against names, and lay so many half days a month upon the months."""
    today = now.astimezone(zone).date()
    line = TimeLine("t", ME, half_days, Period.MONTH, today)
    new = Piece("new", names, Terms("", Work.PROJECT, times=(line,)), ME, today)
    would = shown(own, left_out=left_out, now=now, zone=zone, also=[new])
    return Checked(names, read(would.promises, names), _time(would, today))


def counterparts(own: Own, negotiation: str) -> str:
    """Return who is on the other side of terms on the table, or nothing where there are none."""
    return next((_names(held) for held in own.open if held.negotiation.key == negotiation), "")


def _names(held: Held) -> str:
    named = [party for party in held.others if party.id in held.named]
    houses = [party.organisation_name for party in named if party.organisation_name]
    names = list(dict.fromkeys([*houses, *(party.name for party in named)]))
    return ", ".join(names) or called(held)


def _time(would: Shown, today: date) -> str:
    over = would.over
    if not would.room:
        return _("You have not said how many days are full for you, so months are not checked.")
    if not over:
        return _("In time: no month ahead would be past what you call full.")
    months = months_named([month for month, _by in over], today, of=len(would.balance.months))
    most = max(by for _month, by in over)
    if most <= 2:  # noqa: PLR2004  # a day
        return _("In time: %(months)s would be up to a day past what you call full.", months=months)
    if len(over) == 1:
        return _(
            "In time: %(months)s would be %(days)s days past what you call full.",
            months=months,
            days=halves(most),
        )
    return _(
        "In time: %(months)s would be past what you call full, by up to %(days)s days.",
        months=months,
        days=halves(most),
    )
