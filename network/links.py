"""Links sent by mail: signed, for one purpose, dead when what they rest on changes. Nothing of them
is stored.
"""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

SIGN_IN = timedelta(hours=1)
ADDRESS = timedelta(hours=24)


def seal(secret: str, purpose: str, *values: str | int) -> str:
    """Return a token that carries `values` for one purpose."""
    return URLSafeTimedSerializer(secret, salt=f"link:{purpose}").dumps(list(values))


def unseal(secret: str, purpose: str, token: str, *, within: timedelta) -> list[str | int] | None:
    """Return the values of a token, or None if it is forged, for something else, or too old."""
    try:
        values: list[str | int] = URLSafeTimedSerializer(secret, salt=f"link:{purpose}").loads(
            token, max_age=int(within.total_seconds())
        )
    except BadData:
        return None
    return values
