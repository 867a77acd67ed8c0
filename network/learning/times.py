"""Local times as instants: what the clocks of a zone skip and what they strike twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from network.errors import Invalid
from network.translation import _

SHORTEST, LONGEST = 5, 7 * 24 * 60
FARTHEST = timedelta(days=3 * 366)


def zone_for(name: str) -> ZoneInfo:
    """Return the zone of this name; raise `Invalid` where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(_("Choose a time zone from the list."), field="zone") from error


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone go past this time without showing it."""
    return _shown(after_the_gap(local, zone), zone) != local


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the clocks of a zone show a time.

    The first of two, where they show it twice. Raises `Invalid` where they never do.
    """
    if is_skipped(local, zone):
        raise Invalid(
            _(
                "The clocks go forward that night, and %(time)s does not exist."
                " Choose another time.",
                time=f"{local:%H:%M}",
            ),
            field="begins",
        )
    return after_the_gap(local, zone)


def after_the_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time; one that is skipped is as much later as clocks skip."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def span(
    begins: datetime, minutes: int, zone: str, *, now: datetime
) -> tuple[datetime, datetime, str]:
    """Return when something begins and ends, in UTC, with the name of its zone.

    `begins` is local time, and `minutes` pass by the sun. Raises `Invalid` for a time that does not
    exist, is over or is years away, and for a length that is none.
    """
    place = zone_for(zone)
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(_("Between five minutes and seven days."), field="minutes")
    if not timedelta() < begins - _shown(now, place) + timedelta(days=2) < FARTHEST:
        raise Invalid(_not_then(begins, place, now), field="begins")
    starts = instant(begins, place)
    if starts <= now:
        raise Invalid(_not_then(begins, place, now), field="begins")
    return starts, starts + timedelta(minutes=minutes), place.key


def _not_then(begins: datetime, zone: ZoneInfo, now: datetime) -> str:
    if begins > _shown(now, zone):
        return _("That is more than three years away.")
    return _("That time has passed.")


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks of a zone show at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)
