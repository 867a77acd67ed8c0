"""Conversations: the list, one thread, and what one does in it."""

from __future__ import annotations

from flask import Blueprint

from network.conversations import models  # noqa: F401

conversations = Blueprint("conversations", __name__)
