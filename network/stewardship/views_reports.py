"""Reporting a message that one can read."""

from __future__ import annotations

from flask import Blueprint

from network.stewardship import models  # noqa: F401

reports = Blueprint("reports", __name__)
