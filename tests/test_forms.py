from __future__ import annotations

import pytest

from network.forms import number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7", 7),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_of_a_form_is_one_that_a_database_takes(
    text: str | None, found: int | None
) -> None:
    assert number(text) == found
