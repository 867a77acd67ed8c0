"""Passwords: argon2id. A hash takes a sixth of a second: never make one in a write transaction."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def make_cheap() -> None:
    """Lower the cost of hashes for tests."""
    global _hasher  # noqa: PLW0603  # the one setting of this module, changed by the test suite alone
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _nobodys.cache_clear()


def hashed(password: str) -> str:
    """Return the hash to keep."""
    return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether the password is the one behind the hash; takes as long where there is no hash."""
    decoy = _nobodys()  # made once, for known and unknown alike, else its making would tell
    try:
        return _hasher.verify(stored or decoy, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody")
