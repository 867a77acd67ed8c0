"""Pages of introductions."""

from __future__ import annotations

from flask import Blueprint

from network.relationships import models  # noqa: F401

introductions = Blueprint("introductions", __name__)
