"""The request: who owns its transaction, which headers it bears, how a refusal is said."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from network import db as database
from network import errors
from network.db import SAFE_METHODS
from network.htmx import Page, wants_part

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SENTENCES = {
    400: errors.Refusal.sentence,
    404: errors.NotFound.sentence,
    405: errors.NotFound.sentence,
    429: errors.TooMany.sentence,
}
# Never handed back in a kept form: secrets, and what a fresh page brings anyway.
NOT_KEPT = ("csrf_token", "password")


class Web(Flask):
    """Flask, with one owner of the transaction: commit below 400, undo otherwise, then render."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, end its transaction, and only then render what it answered."""
        answer = super().dispatch_request()
        if not isinstance(answer, Page):
            answer = self.make_response(answer)
        status = answer.status if isinstance(answer, Page) else answer.status_code
        if request.endpoint != "static":
            database.settle(keep=status < 400)  # noqa: PLR2004
        return answer

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401  # as Flask hands it over
        """Log a failure by the rule of its address: the address itself may hold a secret."""
        self.logger.error(
            "Exception on %s [%s]", request.url_rule, request.method, exc_info=exc_info
        )

    def make_response(self, rv: Any) -> Any:  # noqa: ANN401
        """Render a `Page`; leave everything else to Flask."""
        if not isinstance(rv, Page):
            return super().make_response(rv)
        return super().make_response((rv.render(), rv.status, rv.headers))

    def process_response(self, response: Any) -> Any:  # noqa: ANN401
        """Let browsers keep files whoever is signed in: no cookie changes what is in them."""
        response = super().process_response(response)
        if request.endpoint == "static":
            response.vary.discard("cookie")
        return response


def init_app(app: Flask, *, secure: bool) -> None:
    """Give every answer its headers and every refusal its words."""

    @app.before_request
    def open_session() -> None:
        if "\0" in request.path:  # nothing is named so, and PostgreSQL will not be asked for it
            raise errors.NotFound
        if request.endpoint != "static":
            database.open_for_request()

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.extend({k: v for k, v in HEADERS.items() if k not in response.headers})
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store, private")
            response.vary.add("HX-Request")
        return response

    app.register_error_handler(errors.Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DBAPIError, database_error)


def refused(error: errors.Refusal) -> ResponseReturnValue:
    """Say a refusal to the person, keeping what they wrote."""
    answer = _say(error.status, str(error.sentence))
    if isinstance(error, errors.Busy):
        answer.headers["Retry-After"] = str(int(error.retry_after.total_seconds()))
    return answer


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Say an HTTP error in plain words."""
    if isinstance(error, InternalServerError):
        found = database.refusal_for(error.original_exception or error)
        if found is not None:
            return refused(found)
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004
        return error.get_response()
    if error.code == 500:  # noqa: PLR2004
        return broken()
    code = 404 if error.code == 405 else error.code or 500  # noqa: PLR2004
    sentence = SENTENCES.get(code) or {
        413: _("That is larger than the network takes. Nothing was saved; send something smaller."),
    }.get(code, errors.Refusal.sentence)
    return _say(code, str(sentence))


def broken() -> ResponseReturnValue:
    """Say that something broke on our side, on a page that needs nothing else to work."""
    template = current_app.jinja_env.get_template("broken.html")
    with force_locale("en"):  # which language the house speaks, the database knows
        sentence = _("Something broke on our side. Nothing was saved. Try again in a while.")
        body = template.render(sentence=sentence, kept=kept_fields())
    return current_app.make_response((body, 500))


def database_error(error: DBAPIError) -> ResponseReturnValue:
    """Say that the store is full or busy; anything else is ours and goes on as a failure."""
    found = database.refusal_for(error)
    if found is None and isinstance(error, IntegrityError):
        # Two people raced for what only one can have; the other is told to look again.
        found = errors.Conflict(_("Somebody was a moment faster. Look again at how it stands now."))
    if found is None and isinstance(error, DataError):
        database.undo()
        found = errors.Refusal()
    if found is None:
        raise error
    return refused(found)


def _say(status: int, sentence: str) -> Response:
    database.settle(keep=False)
    # 404 is the same bytes for unknown, hidden and forbidden: it repeats nothing of the request.
    kept = [] if status in {404, 413} else kept_fields()
    template = "_refusal.html" if wants_part() else "error.html"
    body = render_template(template, status=status, sentence=sentence, kept=kept)
    response = current_app.make_response((body, status))
    if wants_part():
        response.headers["HX-Retarget"] = "#live"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def kept_fields() -> list[tuple[str, str]]:
    """Return what the person wrote into a form that was not taken, to hand it back."""
    if request.method in SAFE_METHODS:
        return []
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(word in name for word in NOT_KEPT)
    ]
