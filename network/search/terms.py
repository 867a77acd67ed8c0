"""Cuts text into terms: the one analyzer for index, query, marks and resemblance."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from network.search.whoosh_language import stemmer, stop_words

LONGEST = 64  # characters of a term
_LONGEST_RAW = 4 * LONGEST  # a word piled with accents is read no further than this
_CACHED_WORDS = 2**15

# Accents and vowel signs belong to the letter before them; soft hyphens, zero-width and
# bidirectional marks are nothing at all. None of them ends a word.
_ACCENTS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
)
_NOTHING = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# Scripts written without spaces: each character is a term, so that any part can be found.
_ALONE = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0ec0-\u0ec6\u1000-\u102a\u1780-\u17b3"
    "\u3005-\u3007\u3040-\u3096\u309d-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_APOSTROPHES = "'\u2019\u02bc\uff07"
_PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
_PLAIN |= {"þ": "th", "ð": "d", "ё": "е", "\u0640": ""}
_FOLDS = str.maketrans(_PLAIN | dict.fromkeys(_APOSTROPHES, "'"))
_DROPPED = re.compile(rf"[{_NOTHING}\s]+")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_OTHER_CODES = {"nb": "no", "nn": "no"}
_ELIDING = {"fr", "it", "ca"}  # l'économie is two words

# The last full stop of "e.g." ends nothing.
_SENTENCE_END = re.compile(r"(?<!\.\w)[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+|[\r\n\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it is compared, and where it stands in the text."""

    stem: str
    start: int
    end: int


class Analyzer:
    """Turns text of one language into terms; safe to share between threads."""

    def __init__(self, language: str = "en") -> None:
        code = language.replace("_", "-").partition("-")[0].lower()
        self.language = _OTHER_CODES.get(code, code)
        self._word = _word_pattern(apostrophes="" if code in _ELIDING else _APOSTROPHES)
        self._suffixes = stemmer(self.language)
        self._stem = lru_cache(_CACHED_WORDS)(self._stem_of)
        self._common = frozenset(self._stem(word) for word in stop_words(self.language))

    def terms(self, text: str) -> list[Term]:
        """Return the terms of the text in order, common words included."""
        found = ((self._stem(word.group()[:_LONGEST_RAW]), word) for word in self._words(text))
        return [Term(stem, word.start(), word.end()) for stem, word in found if stem]

    def stems(self, text: str) -> list[str]:
        """Return the stems of the text in order, repetitions and common words included."""
        stem = self._stem
        found = (stem(word.group()[:_LONGEST_RAW]) for word in self._words(text))
        return [each for each in found if each]

    def is_common(self, stem: str) -> bool:
        """Tell whether the stem is one of the words that every text has."""
        return stem in self._common

    def folded(self, word: str) -> str:
        """Return the word in lower case without accents, at most 64 characters, unstemmed."""
        word = word[:_LONGEST_RAW].casefold()
        if not word.isascii():
            word = _without_accents(_DROPPED.sub("", word)).translate(_FOLDS)
        if _INITIALS.fullmatch(word):
            word = word.replace(".", "")  # U.K. is UK
        return word[:LONGEST]

    def _words(self, text: str) -> Iterable[re.Match[str]]:
        return self._word.finditer(text)

    def _stem_of(self, word: str) -> str:
        folded = self.folded(word)
        if folded.isalpha() or "'" in folded:
            folded = self._suffixes(folded).replace("'", "")
        return folded


def mark(text: str, stems: set[str], analyzer: Analyzer) -> list[tuple[str, bool]]:
    """Cut the text into (piece, matched?) runs that together are the text."""
    runs: list[tuple[int, int]] = []
    for term in analyzer.terms(text):
        if term.stem not in stems:
            continue
        if runs and not text[runs[-1][1] : term.start].strip():
            runs[-1] = (runs[-1][0], term.end)
        else:
            runs.append((term.start, term.end))
    return _pieces(text, runs)


def sentence_around(text: str, stems: set[str], analyzer: Analyzer, limit: int = 280) -> str:
    """Return the whole sentences, at most limit characters, with the most of the stems.

    The earliest wins a tie; nothing matched gives "". A longer sentence is cut around its
    first match.
    """
    spans = _sentences(text)
    held = [stems.intersection(analyzer.stems(text[start:end])) for start, end in spans]
    best, most = (0, 0), 0
    for first in (number for number, some in enumerate(held) if some):
        start, together = spans[first][0], set[str]()
        for last in range(first, len(spans)):
            end = spans[last][1]
            if together and end - start > limit:
                break
            together |= held[last]
            if len(together) > most:
                best, most = (start, end), len(together)
    sentence = text[best[0] : best[1]]
    return sentence if len(sentence) <= limit else _cut(sentence, stems, analyzer, limit=limit)


def _pieces(text: str, runs: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces, done = [], 0
    for start, end in runs:
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    pieces.append((text[done:], False))
    return [(piece, matched) for piece, matched in pieces if piece]


def _sentences(text: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    spans = []
    for start, end in zip([0, *ends], [*ends, len(text)], strict=True):
        piece = text[start:end]
        if stripped := piece.strip():
            begin = start + piece.index(stripped)
            spans.append((begin, begin + len(stripped)))
    return spans


def _cut(sentence: str, stems: set[str], analyzer: Analyzer, *, limit: int) -> str:
    """Return the words around the first match, and … for what is left out."""
    terms = analyzer.terms(sentence)
    matched = next(term for term in terms if term.stem in stems)
    room = limit - len("…  …")
    start = next(term.start for term in terms if term.start >= matched.start - room // 3)
    if len(sentence) <= start + room:
        end = len(sentence)
    else:
        ends = [term.end for term in terms if matched.end <= term.end <= start + room]
        end = max(ends, default=start + room)  # the match itself may be too long
    before = "… " if start > terms[0].start else ""
    return before + sentence[start:end] + (" …" if end < len(sentence) else "")


def _without_accents(word: str) -> str:
    kept: list[str] = []
    base = ""
    for char in unicodedata.normalize("NFKD", word):
        if not unicodedata.combining(char):
            base = char
        elif _takes_accents(base):
            continue
        kept.append(char)
    return _DROPPED.sub("", unicodedata.normalize("NFC", "".join(kept)))


def _takes_accents(letter: str) -> bool:
    """Tell whether marks on the letter are accents: not where й and и, か and が differ."""
    return letter < "\u0700" and not "\u0400" <= letter < "\u0530"


@lru_cache
def _word_pattern(*, apostrophes: str) -> re.Pattern[str]:
    letter = rf"[^\W_{_ALONE}]"
    run = rf"(?:{letter}++[{_ACCENTS}{_NOTHING}]*+)++"
    alone = rf"[{_ALONE}][{_ACCENTS}{_NOTHING}]*+"
    # C++, C#, F#, but not the sign in LGBTQ+ or 50+.
    signed = r"(?<!\w)[^\W\d_]{1,2}(?:\+\+|\#|\+(?!\w))"
    leading_dot = r"(?:(?<![\w.])\.(?=[^\W\d_]))?+"  # .NET
    # A full stop stands inside node.js and 2.0, but ends a sentence in "at night.We care".
    dot = r"(?:(?<![a-zß-ÿ\d])\.|\.(?![A-ZÀ-Þ][a-zß-ÿ]))"
    joint = rf"(?:[{apostrophes}]|{dot})" if apostrophes else dot
    return re.compile(rf"{alone}|{signed}|{leading_dot}{run}(?:{joint}{run})*+")
