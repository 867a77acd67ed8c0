"""The blueprint of referrals: its views stand in the modules beside it."""

from __future__ import annotations

from flask import Blueprint

referrals = Blueprint("referrals", __name__)
