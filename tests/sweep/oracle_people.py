"""Who may know of whom, and what of them, written from DESIGN.md 2.1 in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ONLY_ME, CONNECTIONS, MEMBERS, WEB = 1, 2, 3, 4
NOBODY = ""  # somebody who is not signed in
OUT = ("suspended", "departed")
RESTING = ("paused", "leaving")


def eyes_of(story: Any, viewer: str) -> str:
    """Whose eyes these really are: a suspended or departed member is somebody not signed in."""
    if viewer and story.people[viewer].state in OUT:
        return NOBODY
    return viewer


def connected(story: Any, one: str, other: str) -> bool:
    return any(tie.live and {tie.asker, tie.other} == {one, other} for tie in story.ties)


def blocked(story: Any, one: str, other: str) -> bool:
    """A block works both ways."""
    return (one, other) in story.blocks or (other, one) in story.blocks


def shielded(story: Any, owner: str, viewer: str) -> bool:
    """A shield meets the end of a verified address, or a name among current roles: one's own, or
    those of an organisation that one speaks for.
    """
    seen = story.people[viewer]
    met = {seen.role, seen.domain, *_parents(seen.domain)}
    for organisation in story.organisations:
        if viewer in organisation.speakers:
            met |= {organisation.name, organisation.domain, *_parents(organisation.domain)}
    return any(whose == owner and against in met - {""} for whose, against in story.shields)


def _parents(domain: str) -> Iterator[str]:
    while "." in domain:
        domain = domain.partition(".")[2]
        yield domain


def apart(story: Any, viewer: str, owner: str) -> bool:
    """Whether the viewer may not even know that the owner is there, pause or no pause."""
    if story.people[owner].state in OUT:
        return True
    return blocked(story, viewer, owner) or shielded(story, owner, viewer)


def exists_for(story: Any, viewer: str, owner: str) -> bool:
    """May this viewer know that this member exists?"""
    person = story.people[owner]
    if viewer == NOBODY:
        shows = any(words.shown_to == WEB for words in person.words)
        return person.state == "member" and shows
    if viewer == owner:
        return person.state not in OUT
    if apart(story, viewer, owner):
        return False
    if person.state in RESTING:
        return connected(story, viewer, owner)
    return True


def findable(story: Any, viewer: str, owner: str) -> bool:
    """May this viewer come upon the member in a search, a list, a suggestion?"""
    awake = story.people[owner].state == "member"
    return viewer not in {NOBODY, owner} and awake and exists_for(story, viewer, owner)


def distance(story: Any, viewer: str, owner: str) -> int:
    """Return the level that words must be shown to, at least, for this viewer."""
    if viewer == NOBODY:
        return WEB
    if viewer == owner:
        return ONLY_ME
    return CONNECTIONS if connected(story, viewer, owner) else MEMBERS


def readable(story: Any, viewer: str, words: Any) -> bool:
    """May this viewer read these words of a profile?"""
    if not exists_for(story, viewer, words.owner):
        return False
    return bool(words.shown_to >= distance(story, viewer, words.owner))


def found_by(story: Any, viewer: str, words: Any, searched: frozenset[str]) -> bool:
    """Does a search for these words find their owner?"""
    if words.part not in searched or not findable(story, viewer, words.owner):
        return False
    return readable(story, viewer, words)
