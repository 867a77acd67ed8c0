from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.members.kinds import Joining, Part
from network.members.models import Application, Invitation, Member, Network
from network.members.services import joining
from tests.conftest import MakeMember, post

HTMX = {"HX-Request": "true"}
ROUTES = [
    ("GET", "/steward"),
    ("POST", "/steward/applications/{key}/welcome"),
    ("POST", "/steward/applications/{key}/not-this-time"),
    ("POST", "/steward/invitations"),
    ("POST", "/steward/invitations/{key}/withdraw"),
    ("POST", "/steward/network"),
]


@pytest.fixture(autouse=True)
def frozen(now: datetime) -> Any:
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def steward(make_member: MakeMember) -> Member:
    return make_member("sofia", name="Sofia Steward", steward=True)


@pytest.fixture
def at_desk(steward: Member, sign_in: Callable[[Member], FlaskClient]) -> FlaskClient:
    return sign_in(steward)


@pytest.fixture
def application(app: Flask, now: datetime) -> Application:
    with transaction() as db:
        joining.apply(
            db,
            email="dee@dee.example",
            name="Dee Applicant",
            purpose="I mend what others throw away.",
            through="A friend",
            answers=[("What do you bring?", "Tools, and patience.")],
            now=now,
        )
        return db.scalars(select(Application)).one()


@pytest.fixture
def invitation(steward: Member, now: datetime) -> Invitation:
    with transaction() as db:
        return joining.invite(
            db,
            email="eli@eli.example",
            name="Eli",
            draft={Part.PURPOSE.value: "canary draft"},
            inviter=steward,
            now=now,
        )


def rows(kind: type) -> list[Any]:
    with reading() as db:
        return list(db.scalars(select(kind)))


def happened() -> list[str]:
    return [event.kind for event in rows(Event)]


@pytest.mark.parametrize("htmx", [{}, HTMX])
@pytest.mark.parametrize(("method", "url"), ROUTES)
@pytest.mark.parametrize("who", ["nobody", "a member"])
def test_to_everybody_else_there_is_no_desk(
    who: str,
    method: str,
    url: str,
    htmx: dict[str, str],
    client: FlaskClient,
    make_member: MakeMember,
    sign_in: Callable[[Member], FlaskClient],
    application: Application,
    invitation: Invitation,
) -> None:
    if who == "a member":
        client = sign_in(make_member("ama"))
    key = application.key if "applications" in url else invitation.key
    address, before = url.format(key=key), len(happened())
    answer = (
        client.get(address, headers=htmx)
        if method == "GET"
        else post(client, address, headers=htmx)
    )
    nothing = client.get("/steward-of-nothing", headers=htmx)
    assert answer.status_code == nothing.status_code == 404
    assert answer.text == nothing.text
    assert len(happened()) == before


def test_a_steward_reads_an_application_whole(
    at_desk: FlaskClient, application: Application
) -> None:
    page = at_desk.get("/steward")
    assert page.status_code == 200
    for words in (
        "Dee Applicant",
        "I mend what others",
        "What do you bring?",
        "Tools, and",
        "A friend",
    ):
        assert words in page.text


def test_yes_and_no_are_the_same_button(at_desk: FlaskClient, application: Application) -> None:
    article = at_desk.get("/steward").text.split("data-application")[1].split("</article>")[0]
    assert article.count('<button class="btn"') == article.count("<button") == 2


def test_an_empty_desk_says_what_is_so(at_desk: FlaskClient) -> None:
    page = at_desk.get("/steward").text
    assert "Nobody is at the door." in page
    assert "No door is held open just now." in page


def test_a_yes_invites_with_the_purpose_as_a_draft(
    at_desk: FlaskClient, application: Application, steward: Member
) -> None:
    answer = post(at_desk, f"/steward/applications/{application.key}/welcome", {"words": "unsent"})
    (invitation,) = rows(Invitation)
    assert answer.status_code == 303
    assert invitation.email == "dee@dee.example"
    assert invitation.draft == {"purpose": "I mend what others throw away."}
    assert invitation.invited_by == steward.id
    assert "data-application" not in at_desk.get("/steward").text


def test_a_no_deletes_every_word(at_desk: FlaskClient, application: Application) -> None:
    url = f"/steward/applications/{application.key}/not-this-time"
    assert post(at_desk, url, {"words": "Not in winter."}).status_code == 303
    assert rows(Application) == []
    told = [one for one in rows(Delivery) if one.carried]
    assert [one.carried["words"] for one in told] == ["Not in winter."]
    assert "dee@dee.example" not in str([event.data for event in rows(Event)])


@pytest.mark.parametrize("first", ["welcome", "not-this-time"])
@pytest.mark.parametrize("second", ["welcome", "not-this-time"])
def test_inv_20_an_answer_given_twice_is_the_first(
    at_desk: FlaskClient, application: Application, first: str, second: str
) -> None:
    post(at_desk, f"/steward/applications/{application.key}/{first}")
    after = happened()
    again = post(at_desk, f"/steward/applications/{application.key}/{second}")
    assert again.status_code == 303
    assert happened() == after
    assert "answered already" in at_desk.get("/steward").text


def test_a_sentence_that_is_too_long_comes_back(
    at_desk: FlaskClient, application: Application
) -> None:
    words = "Kindly. " * 200
    url = f"/steward/applications/{application.key}/not-this-time"
    answer = post(at_desk, url, {"words": words})
    assert answer.status_code == 422
    assert words.strip() in answer.text
    assert len(rows(Application)) == 1


def test_a_steward_invites_one_address(at_desk: FlaskClient, steward: Member) -> None:
    answer = post(at_desk, "/steward/invitations", {"email": " Fay@Fay.example ", "name": "Fay"})
    (invitation,) = rows(Invitation)
    assert answer.status_code == 303
    assert (invitation.email, invitation.name) == ("fay@fay.example", "Fay")
    assert invitation.invited_by == steward.id
    assert "fay@fay.example" in at_desk.get("/steward").text


@pytest.mark.parametrize(
    "email", ["", "fay", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example"]
)
def test_what_is_not_an_address_is_not_invited(at_desk: FlaskClient, email: str) -> None:
    answer = post(at_desk, "/steward/invitations", {"email": email, "name": "Kept"})
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text
    assert rows(Invitation) == []


def test_inviting_a_member_looks_like_inviting_anybody(
    at_desk: FlaskClient, make_member: MakeMember
) -> None:
    ama = make_member("ama")
    answer = post(at_desk, "/steward/invitations", {"email": ama.email})
    assert answer.status_code == 303
    assert ama.name not in at_desk.get("/steward").text


def test_a_draft_is_mentioned_and_never_shown(at_desk: FlaskClient, invitation: Invitation) -> None:
    page = at_desk.get("/steward").text
    assert "eli@eli.example" in page
    assert "Holds a draft that only they will see." in page
    assert "canary" not in page


def test_a_withdrawn_invitation_is_shut_and_its_draft_gone(
    at_desk: FlaskClient, invitation: Invitation
) -> None:
    url = f"/steward/invitations/{invitation.key}/withdraw"
    assert [post(at_desk, url).status_code for _twice in range(2)] == [303, 303]
    (kept,) = rows(Invitation)
    assert kept.withdrawn_at is not None
    assert kept.draft == {}
    assert happened().count("members:invitation:withdrawn") == 1
    assert "eli@eli.example" not in at_desk.get("/steward").text.split('id="live"')[0]


@pytest.mark.parametrize("action", ["applications/no-such/welcome", "invitations/no-such/withdraw"])
def test_a_key_that_never_was_changes_nothing(at_desk: FlaskClient, action: str) -> None:
    before = happened()
    assert post(at_desk, f"/steward/{action}").status_code in {303, 404}
    assert happened() == before


def test_open_invitations_turn_over_to_earlier_ones(
    at_desk: FlaskClient, steward: Member, now: datetime
) -> None:
    with transaction() as db:
        for number in range(35):
            joining.invite(db, email=f"p{number}@p.example", inviter=steward, now=now)
    page = at_desk.get("/steward").text
    earlier = page.split('href="/steward?before=')[1].split('"')[0].split("#")[0]
    rest = at_desk.get(f"/steward?before={earlier}").text
    assert ("p34@" in page, "p5@" in page, "p4@" in page) == (True, True, False)
    assert ("p5@" in rest, "p4@" in rest, "p0@" in rest) == (False, True, True)
    assert "?before=" not in rest


@pytest.mark.parametrize("before", ["", "no-such-key", "%00", "' OR 1=1"])
def test_a_place_that_is_none_is_harmless(
    at_desk: FlaskClient, invitation: Invitation, before: str
) -> None:
    assert at_desk.get("/steward", query_string={"before": before}).status_code == 200


SETTINGS = {
    "name": "Tidewater",
    "about": "People who mend.",
    "joining": "application",
    "questions": "What do you bring?\n\n  Who knows you? ",
}


def test_settings_are_seen_at_once(at_desk: FlaskClient, client: FlaskClient) -> None:
    assert "Saltmarsh" in client.get("/rules").text
    assert post(at_desk, "/steward/network", SETTINGS).status_code == 303
    page = client.get("/rules").text
    assert "Tidewater" in page
    assert "People who mend." in page
    assert "Saltmarsh" not in page


def test_settings_are_kept_and_written_down(at_desk: FlaskClient, steward: Member) -> None:
    post(at_desk, "/steward/network", SETTINGS)
    (network,) = rows(Network)
    assert network.joining is Joining.APPLICATION
    assert network.questions == "What do you bring?\nWho knows you?"
    (event,) = [each for each in rows(Event) if each.kind == "stewardship:network:set"]
    assert event.actor_id == steward.id


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"about": "x" * 601},
        {"joining": "auction"},
        {"joining": ""},
        {"questions": "?\n" * 7},
        {"questions": "x" * 201},
    ],
)
def test_settings_that_cannot_be_kept_come_back(
    at_desk: FlaskClient, changed: dict[str, str]
) -> None:
    answer = post(at_desk, "/steward/network", {**SETTINGS, "about": "My words.", **changed})
    assert answer.status_code == 422
    assert "about" in changed or "My words." in answer.text
    assert "Saltmarsh" in at_desk.get("/rules").text
    assert "stewardship:network:set" not in happened()


@pytest.mark.parametrize(("sent", "kept"), [({"one_organisation": "y"}, True), ({}, False)])
def test_a_network_may_be_one_organisations_own(
    at_desk: FlaskClient, sent: dict, kept: bool
) -> None:
    post(at_desk, "/steward/network", SETTINGS | ({} if sent else {"one_organisation": "y"}))
    post(at_desk, "/steward/network", {**SETTINGS, **sent})
    with reading() as db:
        assert db.get_one(Network, 1).one_organisation is kept
    switch = re.search(r'name="one_organisation"[^>]*>', at_desk.get("/steward").text)
    assert switch is not None
    assert ("checked" in switch[0]) is kept


def test_the_desk_names_no_member_but_who_invited(
    at_desk: FlaskClient, make_member: MakeMember, invitation: Invitation
) -> None:
    make_member("ama", name="Canary Member")
    page = at_desk.get("/steward").text
    assert "Canary" not in page
    assert "data-member" not in page


def test_the_desk_runs_few_statements_however_much_waits(
    at_desk: FlaskClient, steward: Member, statements: Callable, now: datetime
) -> None:
    def page() -> int:
        with statements() as run:
            at_desk.get("/steward")
        return len(run)

    page()  # the settings of the house are read once in five seconds
    few = page()
    with transaction() as db:
        for number in range(20):
            joining.invite(db, email=f"p{number}@p.example", inviter=steward, now=now)
    assert page() == few <= 12
