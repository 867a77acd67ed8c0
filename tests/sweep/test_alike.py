"""Unknown, hidden and forbidden answer alike, to the byte: on every address that names a person or
a thing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from network.asks.models import Ask
from network.columns import Base
from network.conversations.models import Conversation, Message, Participant
from network.db import reading
from network.members.models import Application, Invitation, SavedSearch, Shield, SignIn
from network.relationships.models import Introduction, Vouch
from tests.sweep import oracle
from tests.sweep.canaries import OWNERS
from tests.sweep.crawl import HTMX, TOKEN, UNKNOWN, answer, difference, filled, rules
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


def knocks(world: World, viewer: str, rule: Rule, **values: str) -> Iterator[tuple[str, object]]:
    """Yield what a viewer gets at one address, by every method it takes, with and without htmx."""
    (path,) = filled(rule, {name: [value] for name, value in values.items()})
    for method in sorted(rule.methods - {"OPTIONS"}):
        for headers in ({}, HTMX):
            data = {"csrf_token": world.token(viewer), "reason": "A reason that is long enough."}
            sent = {"data": data} if method == "POST" else {}
            got = answer(world.client(viewer), method, path, headers=headers, **sent)
            yield f"{method} {path} {headers}", got


@pytest.mark.parametrize(("viewer", "hidden"), HIDDEN)
def test_inv_03_09_10_somebody_hidden_cannot_be_told_from_nobody(
    own: World, viewer: str, hidden: str
) -> None:
    assert not oracle.exists_for(own.story, viewer, hidden)
    before, handle = dump(own), own.story.people[hidden].handle
    naming = [r for r in own.app.url_map.iter_rules() if "handle" in r.arguments]
    assert len(naming) > 5
    for rule in naming:
        if viewer == "blocker" and rule.endpoint == "boundaries.lift_block":
            continue  # it is theirs to lift: the page that lists their own blocks leads there
        theirs = knocks(own, viewer, rule, handle=handle)
        nobodys = knocks(own, viewer, rule, handle=UNKNOWN)
        for (what, got), (_, expected) in zip(theirs, nobodys, strict=True):
            assert difference(got, expected) == [], what
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


def others_keys(world: World, viewer: str) -> dict[str, str]:
    """Return a key of each kind of thing that is not this viewer's."""
    me = world.ids[viewer]
    with world.app.app_context(), reading() as db:
        owned = {model: model.member_id != me for model in (SavedSearch, Shield, SignIn)}
        owned[Ask] = (Ask.asker_id != me) & (Ask.addressee_id != me)
        owned[Vouch] = (Vouch.author_id != me) & (Vouch.subject_id != me)
        there = select(Participant.conversation_id).where(Participant.member_id == me)
        owned[Conversation] = Conversation.id.not_in(there)
        owned[Message] = Message.conversation_id.not_in(there)
        owned[Introduction] = Introduction.introducer_id != me
        owned |= {Invitation: Invitation.id > 0, Application: Application.id > 0}
        return {
            model.__tablename__: db.scalars(select(model.key).where(not_mine).limit(1)).one()
            for model, not_mine in owned.items()
        }


def test_no_table_with_keys_is_forgotten() -> None:
    keyed = {table.name for table in Base.metadata.sorted_tables if "key" in table.columns}
    assert keyed == {
        *("saved_search", "shield", "sign_in", "ask", "invitation", "application", "vouch"),
        *("conversation", "message", "introduction"),
        *("connection", "report"),  # no address bears the key of one
    }


def keyed_rules(world: World) -> list[Rule]:
    return [rule for rule in world.app.url_map.iter_rules() if "key" in rule.arguments]


def test_anothers_key_gets_the_answer_of_a_key_that_is_not_there(own: World) -> None:
    for name, key in others_keys(own, "stranger").items():
        for rule in keyed_rules(own):
            theirs, nobodys = (
                list(knocks(own, "stranger", rule, key=each)) for each in (key, UNKNOWN)
            )
            for (what, got), (_, expected) in zip(theirs, nobodys, strict=True):
                assert difference(got, expected) == [], f"{name}: {what}"


def test_inv_18_anothers_key_changes_nothing_and_leaves_no_line_in_the_log(own: World) -> None:
    before, keys = dump(own), others_keys(own, "stranger")
    assert len(keyed_rules(own)) > 8
    for rule in keyed_rules(own):
        for name, key in keys.items():
            tried = [what for what, _ in knocks(own, "stranger", rule, key=key)]
            assert dump(own) == before, f"{tried} with the key of a {name}"


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
