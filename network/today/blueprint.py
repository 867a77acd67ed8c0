"""The blueprint of the first page and of the pages that explain the house."""

from __future__ import annotations

from flask import Blueprint

today = Blueprint("today", __name__)
