"""What can be found of a thing, by audience: its text, never the thing itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """What one audience may find of a thing.

    Words hold purpose and themes too. Parts that are not one sentence stand on lines of their own:
    no quoted phrase is found across two lines that one audience sees and the other does not.
    """

    purpose: str = ""
    words: str = ""
    marks: frozenset[str] = frozenset()  # exact facts: "kind=interim", "theme=care work"
    themes: str = ""  # what it says it is about: of two purposes with the words, the nearer one


@dataclass(frozen=True, slots=True)
class Document:
    """A thing under its id; its connections find what members find, and more."""

    id: int
    members: Layer
    connections: Layer
