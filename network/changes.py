"""What two people can race for is one statement; how many rows it changed says who was first."""

from __future__ import annotations

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def changed(db: Session, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE and return how many rows it changed."""
    result = db.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101  # what SQLAlchemy returns for these two
    return result.rowcount
