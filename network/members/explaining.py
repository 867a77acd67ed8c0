"""Why somebody is found: what of their visible words fits, quoted and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from network.members.kinds import LISTS, SEARCHED, Part
from network.members.models import Member, Section
from network.search.fitting import matching, say
from network.search.query import Query
from network.search.terms import Analyzer, mark, sentence_around

# The last band in which no word is missing.
ALL_WORDS = 2

Runs = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is here: their own words, in this part, with what matched marked."""

    part: str
    matched: tuple[str, ...]
    runs: Runs


@dataclass(slots=True)
class Found:
    """Somebody found, as this viewer may see them."""

    member: Member
    is_connection: bool
    sections: dict[str, Section]
    band: int = 0
    quote: Runs = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    work: Sequence[str] = ()
    matched: frozenset[str] = frozenset()
    # For each part, which stems of its words fit which wanted one.
    held: dict[str, dict[str, str]] = field(default_factory=dict)

    def words(self, part: str) -> str:
        """Return the words of a part, or nothing."""
        section = self.sections.get(part)
        return section.body if section is not None else ""


def fits(found: Found, query: Query, analyzer: Analyzer) -> bool:
    """Whether somebody's visible words fit, and how closely: their band and what matched."""
    if not query:
        return bool(found.words(Part.PURPOSE))
    stems = set(query.stems)
    held = {
        part.value: matching(found.words(part), query, analyzer)
        for part in SEARCHED
        if found.words(part)
    }
    everywhere = {stem for fitting in held.values() for stem in fitting.values()}
    found.matched = frozenset(everywhere)
    missing = len(stems - everywhere)
    texts = [found.words(part) for part in SEARCHED]
    if missing > len(stems) // 2 or not say(texts, query.phrases, analyzer):
        return False
    in_purpose = stems <= set(held.get(Part.PURPOSE.value, {}).values())
    found.band = (0 if held.get(Part.THEMES.value) else 1) if in_purpose else 2 + missing
    found.held = held
    return True


def explain(found: Found, analyzer: Analyzer) -> None:
    """Quote the purpose, marked, and one sentence of each other part that adds a word."""
    held = found.held
    told: set[str] = set()
    purpose = found.words(Part.PURPOSE)
    if purpose:
        in_purpose = held.get(Part.PURPOSE.value, {})
        found.quote = mark(purpose, set(in_purpose), analyzer)
        told |= set(in_purpose.values())
        if told:
            found.reasons.append(Reason(Part.PURPOSE.value, _matched(found.quote), []))
    for part in SEARCHED:
        adds = {stem for stem, wanted in held.get(part.value, {}).items() if wanted not in told}
        if adds:
            words = found.words(part)
            runs = mark(sentence_around(words, adds, analyzer), adds, analyzer)
            told_in_full = part in LISTS or part is Part.PLACE
            found.reasons.append(Reason(part.value, _matched(runs), [] if told_in_full else runs))
            told |= {held[part.value][stem] for stem in adds}


def _matched(runs: Runs) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.lower() for piece, hit in runs if hit))
