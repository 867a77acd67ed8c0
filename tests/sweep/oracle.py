"""What a viewer may see, written from DESIGN.md in plain Python: nothing of the application is
imported.

It reads the story of `canaries.py` and answers with the canaries that may reach a pair of eyes.
What
anybody saw must be among them; what is missing here may reach nobody.
"""

from __future__ import annotations

from typing import Any

from tests.sweep.oracle_circles import names_beside, of_circles, parted_from
from tests.sweep.oracle_organisations import (
    letter_outside,
    names_at_work,
    of_organisations,
    on_the_desk,
)
from tests.sweep.oracle_people import (  # noqa: F401  # the tests ask the oracle for all of it
    NOBODY,
    OUT,
    apart,
    connected,
    distance,
    exists_for,
    eyes_of,
    findable,
    found_by,
    readable,
    shielded,
)
from tests.sweep.oracle_terms import names_at_terms, of_terms


def may_see(story: Any, viewer: str, path: str = "") -> set[str]:
    """Return every canary that may reach this viewer, on the page at `path`."""
    viewer = eyes_of(story, viewer)
    seen: set[str] = set()
    for person in story.people.values():
        seen |= _of_person(story, viewer, person)
    seen |= of_organisations(story, viewer)
    if viewer == NOBODY:
        return seen
    me = story.people[viewer]
    seen |= _own(story, me)
    seen |= _between_people(story, viewer, path)
    seen |= of_circles(story, viewer) | names_beside(story, viewer, path)
    seen |= names_at_work(story, viewer, path)
    seen |= of_terms(story, viewer) | names_at_terms(story, viewer, path)
    if path.startswith("/portfolio"):
        seen |= _elsewhere(me)
    if path.startswith("/conversations"):
        for talk in story.talks:
            seen |= _of_talk(story, viewer, talk)
    if path.startswith("/me/boundaries"):
        seen |= _whom_i_blocked(story, viewer)
    if me.steward and path.startswith("/steward"):
        seen |= _at_the_door(story) | on_the_desk(story)
    return seen


def _between_people(story: Any, viewer: str, path: str) -> set[str]:
    """What people said to each other outside of conversations."""
    seen = {talk.title for talk in story.talks if viewer in talk.people}
    for tie in story.ties:
        seen |= _of_tie(story, viewer, tie)
    for ask in story.asks:
        seen |= _of_ask(story, viewer, ask, path)
    for vouch in story.vouches:
        seen |= of_vouch(story, viewer, vouch)
    for one in story.introductions:
        seen |= of_introduction(story, viewer, one)
    for asker, connector, target, words in story.carries():
        known = all(exists_for(story, viewer, each) for each in (asker, target))
        if viewer == asker or (viewer == connector and known):
            seen.add(words)
    return seen


def _of_person(story: Any, viewer: str, person: Any) -> set[str]:
    if not exists_for(story, viewer, person.label):
        return set()
    seen = {person.handle, person.name.lower(), person.pronouns, person.own("portrait")}
    for words in person.words:
        if readable(story, viewer, words):
            seen |= {words.first, words.second}
    for words in person.past:
        level = distance(story, viewer, person.label)
        if words.shown_to >= level and (person.history >= level or viewer == person.label):
            seen |= {words.first, words.second}
    return seen


def _own(story: Any, me: Any) -> set[str]:
    """What only its owner ever sees."""
    seen = {me.email.partition("@")[0], me.own("search"), me.own("device"), me.own("shield")}
    if me.label == story.draft_of:
        seen.add(me.own("draft"))
    for noted in story.notes:
        if noted.owner == me.label:
            seen |= {noted.note, noted.how_met}
    return seen


def _elsewhere(me: Any) -> set[str]:
    """What somebody counts of work elsewhere is theirs alone, on their own balance."""
    return {me.outside(what) for what in ("whom", "title", "others", "promise")}


def _of_tie(story: Any, viewer: str, tie: Any) -> set[str]:
    """A connection's reason is for the two while it holds; its writer keeps their own words."""
    if viewer == tie.asker:
        return {tie.reason}
    if viewer == tie.other and tie.live and exists_for(story, viewer, tie.asker):
        return {tie.reason}
    return set()


def _of_ask(story: Any, viewer: str, ask: Any, path: str) -> set[str]:
    """An ask is read by the two; whoever asked goes on seeing whom, though that person rests."""
    if viewer == ask.asker:
        seen = {ask.reason}
        if path.startswith("/asks") and not apart(story, viewer, ask.other):
            seen.add(story.people[ask.other].name.lower())
        return seen
    if viewer == ask.other and ask.state in {"waiting", "declined"}:
        return {ask.reason} if exists_for(story, viewer, ask.asker) else set()
    return set()


def of_vouch(story: Any, viewer: str, vouch: Any) -> set[str]:
    """Words about somebody: for the two, and where they are shown for members who may know of both.

    What was taken back is gone; where a block or the author's shield is between the two, only the
    author has their own words.
    """
    said = {vouch.words, vouch.context}
    if vouch.standing == "taken back":
        return set()
    if viewer == vouch.author:
        return said
    if apart(story, vouch.subject, vouch.author):
        return set()
    if viewer == vouch.subject:
        return said
    known = all(exists_for(story, viewer, each) for each in (vouch.author, vouch.subject))
    return said if known and vouch.standing == "shown" else set()


def of_introduction(story: Any, viewer: str, one: Any) -> set[str]:
    """The words of an introduction: for who wrote them, and for the two they were written to as
    long as each may know of the other and of the introducer. Made, the three keep them, save where
    the introducer is shielded from one.
    """
    if viewer == one.introducer:
        return {one.words}
    if viewer not in one.pair or shielded(story, one.introducer, viewer):
        return set()
    if len(one.yes) == 2:
        return {one.words}
    (other,) = (label for label in one.pair if label != viewer)
    known = all(exists_for(story, viewer, each) for each in (one.introducer, other))
    return {one.words} if known else set()


def _of_talk(story: Any, viewer: str, talk: Any) -> set[str]:
    """Whoever was there reads what was said, save what a shield hides from them; who said it they
    learn of people they are not apart from, resting or not.
    """
    if viewer not in talk.people:
        return set()
    seen = {talk.title, talk.said(viewer)} | ({talk.draft} if viewer == talk.people[0] else set())
    for label in talk.people:
        if not shielded(story, label, viewer):
            seen.add(talk.said(label))
        if not apart(story, viewer, label):
            seen |= {story.people[label].handle, story.people[label].name.lower()}
    return seen


def _whom_i_blocked(story: Any, viewer: str) -> set[str]:
    """Blocks are visible to their owner only, and only on the page that lifts them."""
    people = [story.people[other] for who, other in story.blocks if who == viewer]
    return {each for person in people for each in (person.handle, person.name.lower())}


def _at_the_door(story: Any) -> set[str]:
    """Stewards read who asks to join and whom they invited; drafts are for the invited alone."""
    seen = set()
    for one in story.door:
        seen |= {one.own("email"), one.own("name")}
        if one.how == "application":
            seen |= {one.own("purpose"), one.own("through"), one.own("answer")}
    return seen


def may_reach_the_invited(story: Any, one: Any) -> set[str]:
    """What the link in an invitation shows: the person's own, and the name of who invited."""
    inviters = {person.name.lower() for person in story.people.values() if person.steward}
    return {one.own("email"), one.own("name")} | inviters


def letter_to(story: Any, email: str) -> set[str]:
    """Return what a letter to this address may say. Stewards are told nothing of who is at the
    door.
    """
    for person in story.people.values():
        if person.email == email:
            if person.state in OUT:
                return set()
            return may_see(story, person.label, "/circles") | parted_from(story, person.label)
    for one in story.door:
        if one.email == email:
            return may_reach_the_invited(story, one)
    for referral in story.referrals:
        if not referral.member and referral.email == email:
            return letter_outside(story, referral)
    return set()
