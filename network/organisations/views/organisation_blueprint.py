"""The blueprint of organisations."""

from __future__ import annotations

from flask import Blueprint

organisations = Blueprint("organisations", __name__)
