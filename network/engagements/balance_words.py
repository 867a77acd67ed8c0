"""A balance in words: which months are past full, and on whom it leans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from network.engagements.balance_ends import End, What
from network.engagements.balance_own import in_a_row
from network.engagements.leaning import Lean
from network.engagements.models import OutsideWork
from network.engagements.money import MOST, Money
from network.engagements.telling import PERIODS, days
from network.learning.clock_words import language
from network.translation import _

YEAR = 12
# So many months are named; more in a row are “from ... to ...”.
MOST_MONTHS = 3


def month_name(month: date, today: date) -> str:
    """Return a month by its name, with its year where that is not of these twelve months."""
    pattern = "LLLL" if _is_near(month, today) else "LLLL y"
    return _dated(month, pattern, language())


def day_name(day: date, today: date) -> str:
    """Return a day, with its year where its month alone could be another."""
    near = day.year == today.year or _is_near(day, today)
    pattern = "d MMMM" if near else "d MMMM y"
    return _dated(day, pattern, language())


def short_name(month: date) -> str:
    """Return a month as it stands under a bar."""
    return _dated(month, "LLL", language()).rstrip(".")


def months_named(months: Sequence[date], today: date, *, of: int) -> str:
    """Return several of so many months: “February and March”, “February to June”, or each."""
    if len(months) == of:
        return str(_("every month ahead"))
    names = [month_name(each, today) for each in months]
    if len(months) > MOST_MONTHS and _follow(months):
        return str(_("%(first)s to %(last)s", first=names[0], last=names[-1]))
    return in_a_row(names)


def end_words(end: End, today: date) -> str:
    """Say what ends, as it goes on after its name."""
    match end.what:
        case What.LAPSES:
            return _(", version %(number)s, lapses.", number=end.version)
        case What.IDLE:
            return _(
                ", version %(number)s, lapses if nothing happens until then.", number=end.version
            )
        case What.ROLLS:
            return _(
                "goes on until somebody ends it, with %(days)s days’ notice.", days=end.notice_days
            )
        case What.SAID:
            return _("ends, as was said.")
        case What.OUTSIDE:
            return _("ends.")
        case What.ENDS:
            return _renewal(end, today)


def halves(half_days: int) -> str:
    """Return a number of days with its half: “2½”."""
    whole, half = divmod(half_days, 2)
    return f"{whole or ''}{'½' if half else ''}" or "0"


def amount(currency: str, minor: int) -> str:
    """Return a sum with its currency, as much as can be counted."""
    return Money(currency, min(minor, MOST)).said(language())


def told(work: OutsideWork, today: date) -> str:
    """Return how much work elsewhere is, and until when."""
    parts = []
    if work.half_days:
        parts.append(f"{days(work.half_days)} {PERIODS[work.time_period]}")
    if work.minor:
        parts.append(f"{amount(work.currency, work.minor)} {PERIODS[work.money_period]}")
    if work.starts and work.starts > today:
        parts.append(_("from %(day)s", day=day_name(work.starts, today)))
    if work.ends:
        parts.append(_("until %(day)s", day=day_name(work.ends, today)))
    return ", ".join(map(str, parts))


def fullness(over: Sequence[tuple[date, int]], today: date, *, of: int, if_accepted: bool) -> str:
    """Say which of so many months are past full."""
    if not over:
        return _("No month ahead is fuller than you said you like.")
    months = months_named([month for month, _by in over], today, of=of)
    months = months[:1].upper() + months[1:]
    if if_accepted:
        return _("%(months)s would be fuller than you said you like.", months=months)
    return _("%(months)s will be fuller than you said you like.", months=months)


def leaning(lean: Lean, first: date, today: date, *, if_accepted: bool) -> str:
    """Say on whom nearly all rests, or more than half, and from when."""
    if lean.since == first and not if_accepted:
        now = {
            True: _("You lean on one relationship for nearly everything."),
            False: _("More than half of it rests on one relationship."),
        }
        return now[lean.nearly_all]
    later = {
        (True, True): _("From %(month)s you would lean on one relationship for nearly everything."),
        (True, False): _("From %(month)s you lean on one relationship for nearly everything."),
        (False, True): _("From %(month)s more than half would rest on one relationship."),
        (False, False): _("From %(month)s more than half rests on one relationship."),
    }
    said = later[lean.nearly_all, if_accepted]
    return str(said) % {"month": month_name(lean.since, today)}


# The same months and days are named again and again, and to write one takes a while.
@lru_cache(maxsize=1024)
def _dated(day: date, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, locale=locale))


def _renewal(end: End, today: date) -> str:
    if end.raise_from is None or end.raise_from <= today:
        return _("ends unless you renew it together. Now is the time to raise it.")
    day = day_name(end.raise_from, today)
    if end.parties > 2:  # noqa: PLR2004  # of whom one says “both”
        return _("ends unless you all renew. Any of you may raise it from %(day)s.", day=day)
    return _("ends unless you both renew. Either of you may raise it from %(day)s.", day=day)


def _is_near(day: date, today: date) -> bool:
    """Whether a day to come is known by its month alone."""
    return 0 <= (day.year - today.year) * 12 + day.month - today.month < YEAR


def _follow(months: Sequence[date]) -> bool:
    """Whether these months follow one another."""
    numbers = [month.year * 12 + month.month for month in months]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
