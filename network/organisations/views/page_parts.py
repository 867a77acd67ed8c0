"""The sections of an organisation's page, in their order."""

from __future__ import annotations

from network.organisations.page import Part

PARTS: tuple[Part, ...] = ()
