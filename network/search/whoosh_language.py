"""What Whoosh knows of languages: word endings, words too common to tell, and near spellings."""

from collections.abc import Callable

from whoosh.lang import NoStemmer, NoStopWords, stemmer_for_language, stopwords_for_language
from whoosh.support.levenshtein import damerau_levenshtein

# The Arabic stemmer keeps the word at hand in itself and cannot be shared by threads.
_WITHOUT_STEMMER = {"ar"}


def stemmer(language: str) -> Callable[[str], str]:
    """Return what cuts the endings off words of the language; nothing where none is known."""
    if language in _WITHOUT_STEMMER:
        return str
    try:
        found: Callable[[str], str] = stemmer_for_language(language)
    except NoStemmer:
        return str
    return found


def stop_words(language: str) -> frozenset[str]:
    try:
        found: frozenset[str] = stopwords_for_language(language)
    except NoStopWords:
        return frozenset()
    return found


def edits_between(one: str, other: str) -> int:
    """Return how many letters are added, lost, changed or swapped between the two."""
    edits: int = damerau_levenshtein(one, other)
    return edits
