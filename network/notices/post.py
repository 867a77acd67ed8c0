"""The mail channel of an application: who writes about which event, and where links lead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from network.config import Settings
from network.events.worker import Channel
from network.notices.services import Office, Write, deliver_mail

# Few at a time: each may take a slow server a while, and the lease is short.
BATCH = 10


def channel(app: Flask, writers: Mapping[str, Write]) -> Channel:
    """Return the channel that sends letters. Links lead to the base address, whoever asked."""
    settings: Settings = app.config["SETTINGS"]
    base = urlsplit(settings.base_url)
    addresses = app.url_map.bind(base.netloc, url_scheme=base.scheme)

    def link(endpoint: str, *, _anchor: str = "", **values: Any) -> str:  # noqa: ANN401  # whatever the address holds
        address = addresses.build(endpoint, values, force_external=True)
        return f"{address}#{_anchor}" if _anchor else address

    office = Office(settings=settings, writers=writers, link=link)
    return Channel(partial(deliver_mail, office=office), batch=BATCH)
