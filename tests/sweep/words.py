"""Canaries: words that stand nowhere else."""

from __future__ import annotations

import hashlib
import re

WORD = re.compile(r"zq[bdfgklmnprtvz]{10}q")
LETTERS = "bdfgklmnprtvz"


def word(label: str) -> str:
    """Return the canary of a label: thirteen letters that no stemmer shortens and nobody writes."""
    number = int.from_bytes(hashlib.sha256(label.encode()).digest()[:8])
    letters = "".join(
        LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(10)
    )
    return f"zq{letters}q"


def words_in(text: str) -> set[str]:
    """Return all canaries that a text holds."""
    return set(WORD.findall(text.lower()))
