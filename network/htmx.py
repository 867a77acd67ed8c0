"""One page, one address: the whole page for a visit, the named blocks when htmx asks for a part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import jinja2_fragments
from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_htmx import HTMX
from werkzeug.wrappers import Response

htmx = HTMX()


@dataclass(slots=True)
class Page:
    """An answer not yet rendered: rendering waits until the transaction is over."""

    template: str
    blocks: tuple[str, ...]
    context: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def render(self) -> str:
        """Return the named blocks if htmx asked for a part, else the whole page."""
        if not self.blocks or not wants_part():
            return render_template(self.template, **self.context)
        current_app.update_template_context(self.context)
        return jinja2_fragments.render_blocks(
            current_app.jinja_env, self.template, list(self.blocks), **self.context
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer as any WSGI application would: to Flask's types, that is what a page is."""
        return current_app.make_response((self.render(), self.status))(environ, start_response)


def init_app(app: Flask) -> None:
    """Let templates and `Page` know what htmx asked for."""
    htmx.init_app(app)


def wants_part() -> bool:
    """Whether htmx asks for a part of a page: not a boosted visit, not a restored history entry."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, *blocks: str, status: int = 200, **context: Any) -> Page:  # noqa: ANN401
    """Answer with a page; with its `blocks` where htmx asks for a part."""
    return Page(template, blocks, context, status)


def see_other(endpoint: str, **values: Any) -> Response:  # noqa: ANN401
    """Send the person on after a change: 303, or the same said to htmx."""
    target = url_for(endpoint, **values)
    if wants_part():
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, code=303)


def local_path(text: str, otherwise: str) -> str:
    """Return `text` if it is a plain path of this network, else `otherwise`: no open redirects."""
    plain = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if plain and text.isprintable() and " " not in text else otherwise


def is_from(element: str) -> bool:
    """Whether the element with this id sent the request."""
    return request.headers.get("HX-Trigger") == element
