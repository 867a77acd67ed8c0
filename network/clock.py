"""The time: frozen once a request, an argument everywhere else, UTC always."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, has_request_context


def utc_now() -> datetime:
    """Return this instant in UTC. Commands and jobs call it once at their top."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the one instant at which this request happens, in UTC."""
    if not has_request_context():
        return utc_now()
    if "now" not in g:
        g.now = utc_now()
    moment: datetime = g.now
    return moment
