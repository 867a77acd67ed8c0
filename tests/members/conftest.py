from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from network.db import db as database


@pytest.fixture
def ran(app: Flask) -> Callable[[Callable[[], object]], list[str]]:
    """Return the SQL statements that doing something runs."""

    def run(what: Callable[[], object]) -> list[str]:
        found: list[str] = []

        def note(*args: object) -> None:
            found.append(str(args[2]))

        engines = list(database.engines.values())
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        what()
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
        return found

    return run
