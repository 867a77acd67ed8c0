"""What a word not yet typed to its end may become: decided by the two words alone."""

_SHORTEST_BEGINNING = 6  # letters
_LONGEST_ENDING = 4  # letters


def completes(stem: str, prefix: str) -> bool:
    """Tell whether a word of this stem may be what the prefix will become.

    "comm" may become community. Stems are shorter than words: "organisat" may still become
    organisation, whose stem is organis, so a long stem may also be the prefix's beginning.
    """
    return stem.startswith(prefix) or (
        prefix.startswith(stem) and stem.startswith(common_beginning(prefix))
    )


def common_beginning(prefix: str) -> str:
    """Return the letters with which every stem that completes the prefix begins."""
    return prefix[: max(_SHORTEST_BEGINNING, len(prefix) - _LONGEST_ENDING)]
