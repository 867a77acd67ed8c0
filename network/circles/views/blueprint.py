"""The blueprint of circles."""

from __future__ import annotations

from flask import Blueprint

circles = Blueprint("circles", __name__)
