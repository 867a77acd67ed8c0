"""The blueprint of the page of learning."""

from __future__ import annotations

from flask import Blueprint

learning = Blueprint("learning", __name__)
