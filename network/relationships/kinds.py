"""The kinds of ask that this package gives the inbox."""

from __future__ import annotations

from datetime import timedelta

from network.asks.kinds import Kind
from network.relationships.services.connections import (
    connect,
    not_connected_yet,
    open_to_connect,
    opening,
    said_yes,
)

CONNECTION = Kind(
    name="connection",
    lifetime=timedelta(days=30),
    open_to=open_to_connect,
    guard=not_connected_yet,
    accepted=connect,
    opening=opening,
    said_yes=said_yes,
    templates="relationships/connecting",
    crosses=True,
)
