"""The blueprint of needs."""

from __future__ import annotations

from flask import Blueprint

work_needs = Blueprint("work_needs", __name__)
