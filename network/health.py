"""Two answers for whoever watches the server: whether it is alive, and whether it can serve."""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import text
from werkzeug.wrappers import Response

from network import auth
from network.db import db
from network.search import backend

health = Blueprint("health", __name__)


@health.get("/health/live")
@auth.public
def live() -> Response:
    """Say that the process answers."""
    return Response("alive\n", content_type="text/plain")


@health.get("/health/ready")
@auth.public
def ready() -> Response:
    """Say whether the database answers; a missing index is said too, but people can still be
    served.
    """
    db.session.execute(text("SELECT 1"))
    state = backend.index(current_app).state()
    return Response(f"database: ok\nindex: {state.condition}\n", content_type="text/plain")
