"""Pages of notes."""

from __future__ import annotations

from flask import Blueprint

from network.relationships import models  # noqa: F401

notes = Blueprint("notes", __name__)
