"""Addresses of the network as letters and calendars keep them: on its own base, whoever asked."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from network.config import Settings


def on_base(endpoint: str, **values: Any) -> str:  # noqa: ANN401  # whatever the address holds
    """Return an address on the network's own base, whatever host was asked for."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url.rstrip("/") + url_for(endpoint, **values)
