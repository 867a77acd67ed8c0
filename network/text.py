"""People's words: cleaned on the way in, folded to compare, Markdown made safe on the way out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

# Control, zero-width and direction-overriding characters; line feeds and tabs stay.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
BLANK_LINES = re.compile(r"\n{3,}")
NOT_WORD = re.compile(r"[^a-z0-9]+")

# No pictures and no references: what cannot be shown stays as it was written.
_markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "reference"])
TAGS = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "a", "br", "code", "pre", "s"}


def clean(text: str | None) -> str:
    """Return the text without what cannot be seen, with plain line ends and no blank edges."""
    plain = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    return BLANK_LINES.sub("\n\n", INVISIBLE.sub("", plain)).strip()


def clean_line(text: str | None) -> str:
    """Return the text as one line."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """Return the text for comparing: no accents, no case, only letters and digits parted by one
    space.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return NOT_WORD.sub(" ", plain).strip() or " ".join(plain.split())


def lines(text: str) -> list[str]:
    """Return the non-empty lines of a list that is kept one entry a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of plain words."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


@lru_cache(maxsize=256)
def rendered(markdown: str) -> Markup:
    """Return Markdown as HTML that cannot do anything: the one sanitiser of the network."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(html)  # noqa: S704  # nh3 has just cleaned it


def initials(name: str) -> str:
    """Return the one or two letters that stand for a name where there is no portrait."""
    words = [word for word in clean_line(name).split() if word[0].isalnum()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(name: str) -> str:
    """Return one of the four tints of a face: given by the name, so that a person keeps theirs."""
    return ("", "two", "three", "four")[sum(map(ord, name)) % 4]
