"""Who is asking: Flask-Login behind a random token; closed by default, `@public` opens one door."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import flask_login
from flask import Flask, current_app, request, session
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the cookie stands for. `theme` and the rest are only what every page shows its owner."""

    member_id: int
    sign_in_id: int
    is_authenticated = True
    is_active = True
    is_anonymous = False
    token: str = ""

    def get_id(self) -> str:
        """Return the token that the session cookie holds: not the member's id."""
        return self.token


def public(view: View) -> View:
    """Open a view to people who are not signed in. A test lists every public view by name."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def init_app(
    app: Flask, *, load: Callable[[str], SignedIn | None], turn_away: Callable[[], Any]
) -> None:
    """Guard every view of the application; `load` turns a token's digest into who it is."""
    manager = flask_login.LoginManager(app)
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def user(token: str) -> SignedIn | None:
        return load(token)

    @app.before_request
    def closed_by_default() -> Any:  # noqa: ANN401  # None, or an answer
        if request.endpoint is None or request.endpoint == "static":
            return None
        view = current_app.view_functions[request.endpoint]
        if getattr(view, "is_public", False) or signed_in() is not None:
            return None
        return turn_away()


def signed_in() -> SignedIn | None:
    """Return who is asking, or None for somebody not signed in."""
    user = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None  # noqa: SLF001


def digest(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a fresh secret of 256 bits."""
    return secrets.token_urlsafe(32)


def enter(user: SignedIn) -> None:
    """Put the token of a new sign-in into the cookie; the session before it is forgotten."""
    session.clear()
    session.permanent = True
    flask_login.login_user(user)


def leave(response: Response) -> Response:
    """Forget who was signed in, in the cookie and in the browser."""
    flask_login.logout_user()
    session.clear()
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
