"""Commonweal: a community runs its own relationship-first professional network."""

from __future__ import annotations

from flask import Flask

from network.config import Settings, read_settings

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, made of its parts. Two can live in one process."""
    from network.composition import compose  # noqa: PLC0415  # the parts import this package

    return compose(settings or read_settings())
