"""The blueprint of conversations, for the modules of its views."""

from __future__ import annotations

from flask import Blueprint

conversations = Blueprint("conversations", __name__)
