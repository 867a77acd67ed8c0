"""What of a document is written into which field: what its connections find only once."""

from network.search.documents import Document, Layer
from network.search.terms import Analyzer
from network.search.whoosh_files import Entry

LONGEST_TEXT = 100_000  # characters of a layer that can be found


def entry_of(document: Document, analyzer: Analyzer) -> Entry:
    """Return the document's fields: the stems of its texts in order, and its marks."""
    members, connections = document.members, document.connections
    return {
        "id": document.id,
        "purpose": _stems(members.purpose, analyzer),
        "themes": _stems(members.themes, analyzer),
        "words": _stems(members.words, analyzer),
        "marks": _marks(members.marks),
        "more_purpose": _more(connections.purpose, members.purpose, analyzer),
        "more_themes": _more(connections.themes, members.themes, analyzer),
        "more_words": _more(connections.words, members.words, analyzer),
        "more_marks": _marks(connections.marks - members.marks),
    }


def document_of(entry: Entry) -> Document:
    """Return the document as it is kept: stems for text, and for connections only what is more."""
    layers = [
        Layer(
            purpose=str(entry[f"{prefix}purpose"]),
            themes=str(entry[f"{prefix}themes"]),
            words=str(entry[f"{prefix}words"]),
            marks=frozenset(filter(None, str(entry[f"{prefix}marks"]).split("\n"))),
        )
        for prefix in ("", "more_")
    ]
    return Document(id=int(entry["id"]), members=layers[0], connections=layers[1])


def _stems(text: str, analyzer: Analyzer) -> str:
    return " ".join(analyzer.stems(text[:LONGEST_TEXT]))


def _more(text: str, known: str, analyzer: Analyzer) -> str:
    """Return the stems of the lines that are new to the known text; a phrase stays in a line."""
    known_lines = set(known.splitlines())
    lines = (line for line in text[:LONGEST_TEXT].splitlines() if line not in known_lines)
    return " \n ".join(filter(None, (" ".join(analyzer.stems(line)) for line in lines)))


def _marks(marks: frozenset[str]) -> str:
    return "\n".join(sorted(marks))
