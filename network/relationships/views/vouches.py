"""Pages of vouches."""

from __future__ import annotations

from flask import Blueprint

from network.relationships import models  # noqa: F401

vouches = Blueprint("vouches", __name__)
