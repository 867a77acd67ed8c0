"""A bare Flask page of a given size: what a page costs before it does anything."""

from __future__ import annotations

import sys

from flask import Flask
from gunicorn.app.base import BaseApplication


class Bare(BaseApplication):
    """The same server with the same settings as the product's own."""

    def __init__(self, port: int, size: int) -> None:
        self.port, self.size = port, size
        super().__init__()

    def load_config(self) -> None:
        """Listen like `commonweal serve`."""
        for name, value in {
            "bind": f"127.0.0.1:{self.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "keepalive": 5,
            "loglevel": "warning",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return an application with one page."""
        app = Flask("bare")
        body = "x" * self.size

        @app.get("/")
        def hello() -> str:
            return body

        return app


if __name__ == "__main__":
    sys.argv, arguments = sys.argv[:1], sys.argv[1:]
    Bare(int(arguments[0]), int(arguments[1])).run()
