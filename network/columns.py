"""The vocabulary of columns: every table is written with these words, so every table keeps the same
promises.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    Integer,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive times; gives UTC back where the database forgets it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum(kind: type[StrEnum], length: int = 24, *, name: str = "") -> Enum:
    """Return a column type for a `StrEnum`: its values in lower case, guarded by a CHECK.

    A second column of one kind in a table gives its CHECK a `name` of its own.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def random_key() -> str:
    """Return twelve letters for an address: random, short, never a row number."""
    return secrets.token_urlsafe(9)


BigId = BigInteger().with_variant(Integer, "sqlite")

IntPk = Annotated[int, mapped_column(BigId, primary_key=True)]
Ref = Annotated[int, mapped_column(BigId)]
Key = Annotated[str, mapped_column(String(16), unique=True, default=random_key)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
Label = Annotated[str, mapped_column(String(120))]
Line = Annotated[str, mapped_column(String(300))]
Words = Annotated[str, mapped_column(String(4000))]


class Base(DeclarativeBase):
    """All tables. Names of constraints are fixed, and every text has a longest length."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # whatever the mapper takes
        super().__init_subclass__(**kwargs)
        for column in cls.__table__.columns:
            # SQLite does not keep the length of VARCHAR: the CHECK does, on both databases.
            if isinstance(column.type, Enum) or not isinstance(column.type, String):
                continue
            if column.type.length is not None:
                cls.metadata.tables[cls.__tablename__].append_constraint(
                    CheckConstraint(
                        f"length({column.name}) <= {column.type.length}",
                        name=f"{column.name}_length",
                    )
                )
