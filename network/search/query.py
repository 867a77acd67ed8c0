"""Reads what a person typed: any text gives a small, harmless query."""

import re
import unicodedata
from dataclasses import dataclass

from network.search.terms import Analyzer

LONGEST_TEXT = 1_000  # characters
MOST_STEMS = 8
SHORTEST_PREFIX = 3  # letters

_QUOTED = re.compile(r'["“„«]([^"“”„«»]*)["”“»]')
_CLOSING = tuple('"”“»')


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: stems with the words they were written as, phrases, and a beginning."""

    stems: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()  # words[n] is how the person wrote stems[n]
    prefix: str = ""  # the last stem's word, perhaps not typed to its end

    def __bool__(self) -> bool:
        return bool(self.stems)


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    written: str
    quoted: bool


def parse(text: str, analyzer: Analyzer) -> Query:
    """Return the query for any text whatever; signs that search engines know are plain text."""
    text = _cleaned(text[:LONGEST_TEXT])
    pieces = [piece for piece in _pieces(text, analyzer) if piece]
    everything = [word for piece in pieces for word in piece]
    telling = [word for word in everything if word.quoted or not analyzer.is_common(word.stem)]
    words: dict[str, str] = {}
    for word in telling or everything:
        if len(words) < MOST_STEMS:
            words.setdefault(word.stem, word.written)
    phrases = [_phrase(piece, words) for piece in pieces if piece[0].quoted]
    return Query(
        stems=tuple(words),
        phrases=tuple(dict.fromkeys(phrase for phrase in phrases if phrase))[:MOST_STEMS],
        words=tuple(words.values()),
        prefix=_prefix(text, everything, list(words), analyzer),
    )


def _cleaned(text: str) -> str:
    spaced = (" " if char.isspace() else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


def _pieces(text: str, analyzer: Analyzer) -> list[list[_Word]]:
    """Return the words of the text, those of each quotation in a piece of their own."""
    cuts = _QUOTED.split(text)  # plain, quoted, plain, ...
    return [
        [
            _Word(term.stem, piece[term.start : term.end], quoted=bool(number % 2))
            for term in analyzer.terms(piece)
        ]
        for number, piece in enumerate(cuts)
    ]


def _phrase(piece: list[_Word], words: dict[str, str]) -> tuple[str, ...]:
    stems: list[str] = []
    for word in piece[:MOST_STEMS]:
        if word.stem not in words:
            break
        stems.append(word.stem)
    return tuple(stems)


def _prefix(text: str, everything: list[_Word], stems: list[str], analyzer: Analyzer) -> str:
    if not everything or text[-1].isspace() or text.endswith(_CLOSING):
        return ""
    last = everything[-1]
    if last.quoted or last.stem != stems[-1]:
        return ""
    folded = analyzer.folded(last.written)
    return folded if sum(map(str.isalpha, folded)) >= SHORTEST_PREFIX else ""
