"""How often: credential routes are limited by account and by network address."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from network.auth import signed_in
from network.config import Settings

limiter = Limiter(key_func=get_remote_address, default_limits=[], strategy="fixed-window")


def init_app(app: Flask, settings: Settings) -> None:
    """Count in memory for one web process, in Redis for several."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    app.config["UNLIMITED"] = settings.testing
    limiter.init_app(app)


@limiter.request_filter
def unlimited() -> bool:
    """Whether nothing is counted. Asked of the application at hand: there may be two."""
    return bool(current_app.config["UNLIMITED"])


def by_address() -> str:
    """Return the address a form speaks of: one account is tried slowly from everywhere."""
    return f"account:{request.form.get('email', '').strip().lower()}"


def by_member() -> str:
    """Return who is signed in, or from where."""
    user = signed_in()
    return f"member:{user.member_id}" if user else get_remote_address()


from_network = limiter.limit("30 per hour", methods=["POST"])
on_account = limiter.limit("10 per hour", key_func=by_address, methods=["POST"])
of_member = limiter.limit("60 per hour", key_func=by_member, methods=["POST"])
# Whoever keeps calendars for many people fetches them all from one address.
calendars = limiter.limit("300 per minute")
