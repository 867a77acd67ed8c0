"""Unknown, hidden and forbidden answer alike, to the byte: on every address that names a person or
a thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from sqlalchemy import func, select
from werkzeug.routing import Rule

from network.asks.models import Ask
from network.circles.models import Circle
from network.conversations.models import Conversation, Message, Participant
from network.db import reading
from network.engagements.models import (
    Engagement,
    Negotiation,
    OutsideWork,
    Party,
    Showing,
)
from network.engagements.models import (
    Testimony as Words,
)
from network.learning.models import (
    Commitment,
    GreenRoom,
    HarvestEntry,
    LearningNeed,
    LearningSession,
    Round,
)
from network.members.models import Application, Invitation, SavedSearch, Shield, SignIn
from network.organisations.kinds import AskOf
from network.organisations.models import AlumniRelation, Approach, Representative, WorkNeed
from network.referrals.models import Referral
from network.relationships.models import Introduction, Vouch
from tests.sweep import oracle
from tests.sweep.canaries import OWNERS
from tests.sweep.crawl import (
    HTMX,
    KEYS,
    TOKEN,
    UNKNOWN,
    WITHIN,
    answer,
    arguments,
    difference,
    filled,
    rules,
)
from tests.sweep.oracle_circles import knows, knows_session
from tests.sweep.oracle_organisations import holds, is_shown
from tests.sweep.seed import World, dump

pytestmark = pytest.mark.usefixtures("that_day")

# Who hides from whom, by what: each hidden person is looked for at every address that names people.
HIDDEN = [
    ("", "stranger"),  # nothing on the web
    ("", "paused"),
    *[("stranger", label) for label in ("paused", "leaving", "suspended", "departed")],
    ("connection", "departed"),
    ("connection", "suspended"),
    *[("blocked", owner) for owner in OWNERS[1:3]],
    *[("blocker", owner) for owner in OWNERS[1:3]],
    *[(viewer, owner) for viewer in ("shielded_domain", "shielded_name") for owner in OWNERS[1:3]],
]


def knocks(
    world: World, viewer: str, rule: Rule, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, object]]:
    """Yield what a viewer gets at these addresses, by every method they take, with and without
    htmx.
    """
    for path in filled(rule, values):
        for method in sorted(rule.methods - {"OPTIONS"}):
            for headers in ({}, HTMX):
                data = {
                    "csrf_token": world.token(viewer),
                    "reason": "A reason that is long enough.",
                }
                sent = {"data": data} if method == "POST" else {}
                got = answer(world.client(viewer), method, path, headers=headers, **sent)
                yield f"{method} {path} {headers}", got


def cannot_be_told(
    world: World, viewer: str, rule: Rule, values: Mapping[str, Sequence[str]]
) -> None:
    """What is at these addresses is answered like nothing, to the byte."""
    nobodys = [got for _, got in knocks(world, viewer, rule, {"number": ["1"]})]
    for number, (what, got) in enumerate(knocks(world, viewer, rule, values)):
        assert difference(got, nobodys[number % len(nobodys)]) == [], what


@pytest.mark.parametrize(("viewer", "hidden"), HIDDEN)
def test_inv_03_09_10_somebody_hidden_cannot_be_told_from_nobody(
    own: World, viewer: str, hidden: str
) -> None:
    assert not oracle.exists_for(own.story, viewer, hidden)
    before, handle = dump(own), own.story.people[hidden].handle
    naming = [r for r in own.app.url_map.iter_rules() if arguments(r) == ["handle"]]
    assert len(naming) > 5
    for rule in naming:
        if viewer == "blocker" and rule.endpoint == "boundaries.lift_block":
            continue  # it is theirs to lift: the page that lists their own blocks leads there
        cannot_be_told(own, viewer, rule, {"handle": [handle]})
    assert dump(own) == before


def test_the_hidden_are_not_told_by_the_page_that_looks_through_their_eyes(own: World) -> None:
    for viewer, hidden in HIDDEN:
        if viewer:
            client, handle = own.client(viewer), own.story.people[hidden].handle
            got = client.get("/me/profile/as/member", query_string={"typed": handle})
            end = client.get(got.headers["Location"])
            assert TOKEN.sub(b"", end.data) == TOKEN.sub(
                b"", client.get(f"/me/profile/as/member/{UNKNOWN}").data
            )


def not_theirs(world: World, viewer: str) -> dict[str, list[str]]:
    """Return, for each argument, keys of things that this viewer may not open, or not change."""
    me, circles = world.ids[viewer], hidden_circles(world, viewer)
    with world.app.app_context(), reading() as db:
        there = select(Participant.conversation_id).where(Participant.member_id == me)
        house = select(Circle.id).where(Circle.slug.in_(circles))
        sessions = LearningSession.key.in_(hidden_sessions(world, viewer))
        spoken = select(Representative.organisation_id).where(
            Representative.member_id == me, Representative.state == "active"
        )
        signed = select(Party.negotiation_id).where(
            (Party.member_id == me) | Party.organisation_id.in_(spoken)
        )
        worked = select(Negotiation.engagement_id).where(
            Negotiation.id.in_(signed), Negotiation.engagement_id.is_not(None)
        )
        written = select(Ask.thing_id).where(
            Ask.kind.in_((AskOf.APPROACH, AskOf.TEAM_APPROACH)), Ask.addressee_id == me
        )
        which = {
            AlumniRelation: (AlumniRelation.member_id != me)
            & AlumniRelation.organisation_id.not_in(spoken),
            Approach: (Approach.writer_id != me)
            & Approach.id.not_in(written)
            & func.coalesce(Approach.organisation_id, 0).not_in(spoken),
            WorkNeed: WorkNeed.key.in_(hidden_needs(world, viewer)),
            Referral: (Referral.referrer_id != me)
            & (func.coalesce(Referral.member_id, 0) != me)
            & (Referral.holder_id != me),
            Negotiation: Negotiation.id.not_in(signed),
            Engagement: Engagement.id.not_in(worked),
            Words: Words.engagement_id.not_in(worked),
            Showing: Showing.engagement_id.not_in(worked),
            OutsideWork: OutsideWork.member_id != me,
            SavedSearch: SavedSearch.member_id != me,
            Shield: Shield.member_id != me,
            SignIn: SignIn.member_id != me,
            Ask: (Ask.asker_id != me) & (Ask.addressee_id != me),
            Vouch: (Vouch.author_id != me) & (Vouch.subject_id != me),
            Conversation: Conversation.id.not_in(there),
            Introduction: Introduction.introducer_id != me,
            Invitation: Invitation.id > 0,
            Application: Application.id > 0,
            LearningNeed: (LearningNeed.member_id != me) & (LearningNeed.state == "let_go"),
            GreenRoom: GreenRoom.asker_id == world.ids["leaving"],
            HarvestEntry: (HarvestEntry.author_id != me) & (HarvestEntry.written_by_id != me),
            Commitment: Commitment.member_id != me,
            Round: Round.session_id.in_(select(LearningSession.id).where(sessions)),
        }
        keys = {column.class_: name for name, column in KEYS.items()}
        found = {
            keys[model]: list(
                db.scalars(select(model.key).where(not_mine).order_by(model.id).limit(2))
            )
            for model, not_mine in which.items()
        }
        talks = select(Conversation.key, Message.key).join(
            Message, Message.conversation_id == Conversation.id
        )
        hidden = {
            name: WITHIN[name].where(Circle.id.in_(house)) for name in WITHIN if "slug" in name
        }
        hidden["organisation/representative"] = WITHIN["organisation/representative"].where(
            Representative.organisation_id.not_in(spoken), Representative.member_id != me
        )
        hidden["session/seat"] = WITHIN["session/seat"].where(sessions)
        hidden["conversations/message_key"] = talks.where(Conversation.id.not_in(there)).limit(2)
        hidden["negotiation/number"] = WITHIN["negotiation/number"].where(
            Negotiation.id.not_in(signed)
        )
        hidden |= {
            name: WITHIN[name].where(Engagement.id.not_in(worked))
            for name in WITHIN
            if name.startswith("engagement/")
        }
        for name, statement in hidden.items():
            found[name] = ["/".join(map(str, row)) for row in db.execute(statement)]
    return {**found, "slug": circles, "session": hidden_sessions(world, viewer)}


def hidden_circles(world: World, viewer: str) -> list[str]:
    """Return the addresses of the circles of which this viewer may not know."""
    told = [each for each in world.story.circles if not knows(each, viewer)]
    return [world.things[f"circle {each.label}"] for each in told]


def hidden_needs(world: World, viewer: str) -> list[str]:
    """Return the addresses of the needs that this viewer neither holds nor is shown."""
    story = world.story
    seen = [e for e in story.work_needs if holds(story, viewer, e) or is_shown(story, viewer, e)]
    return [world.things[f"need {each.label}"] for each in story.work_needs if each not in seen]


def hidden_sessions(world: World, viewer: str) -> list[str]:
    """Return the addresses of the sessions of which this viewer may not know."""
    told = [each for each in world.story.sessions if not knows_session(world.story, viewer, each)]
    return [world.things[f"session {each.label}"] for each in told]


def keyed_rules(world: World) -> list[Rule]:
    """Return the routes that name a thing, and no person alone."""
    named = {*KEYS, *WITHIN} - {"handle"}
    return [r for r in world.app.url_map.iter_rules() if "/".join(arguments(r)) in named]


def test_no_argument_that_names_a_thing_is_forgotten(own: World) -> None:
    theirs = not_theirs(own, "stranger")
    free = {"handle", "token", "who", "profile", "form", "organisation"}
    named = {"/".join(arguments(rule)) for rule in own.app.url_map.iter_rules()} - {""}
    assert named - free - {"filename", "/".join([])} == set(theirs)
    assert all(theirs.values()), theirs


@pytest.mark.parametrize("viewer", ["stranger", "lapsed", "shielded_name"])
def test_inv_18_57_anothers_thing_is_answered_like_nothing_and_nothing_changes(
    own: World, viewer: str
) -> None:
    before, theirs = dump(own), not_theirs(own, viewer)
    assert len(keyed_rules(own)) > 80
    for rule in keyed_rules(own):
        cannot_be_told(own, viewer, rule, theirs)
    assert dump(own) == before


@pytest.mark.parametrize(
    ("path", "viewer"),
    [("/signin", ""), ("/signin/link", ""), ("/join", ""), ("/me/account/address", "stranger")],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_no_way_in_tells_whether_an_address_is_known(
    own: World, path: str, viewer: str, headers: dict[str, str]
) -> None:
    known = [own.story.people[label].email for label in ("owner1", "resting", "suspended")]
    known += [one.email for one in own.story.door]

    def got(email: str) -> tuple[object, ...]:
        data = {"csrf_token": own.token(viewer), "email": email, "password": "not the right one"}
        data |= {"name": "Somebody", "purpose": "I help.", "through": "", "answer_1": ""}
        status, sent, body = answer(own.client(viewer), "POST", path, headers=headers, data=data)
        return status, sent, body.replace(email.encode(), b"somebody")

    nobody = got("nobody.at.all@outside.example")
    assert nobody[0] in {200, 204, 303, 422}
    for email in known:
        assert difference(got(email), nobody) == [], email


def test_the_stewards_room_is_not_there_for_anybody_else(fresh: World) -> None:
    for viewer in ("", "stranger", "suspended_viewer"):
        for method in ("GET", "HEAD"):
            for headers in ({}, HTMX):
                nothing = answer(fresh.client(viewer), method, "/no/such/room", headers=headers)
                for rule in rules(fresh.app, method):
                    if rule.rule.startswith("/steward"):
                        got = answer(fresh.client(viewer), method, rule.rule, headers=headers)
                        assert difference(got, nothing) == []
