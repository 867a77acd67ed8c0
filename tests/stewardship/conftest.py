from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from network.db import db


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SQL that runs meanwhile."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        run: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            run.append(statement)

        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", note)
        yield run
        for engine in db.engines.values():
            event.remove(engine, "before_cursor_execute", note)

    return collect
