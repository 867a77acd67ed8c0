from __future__ import annotations

import pytest
from sqlalchemy import select

from network.clock import utc_now
from network.db import reading, transaction
from network.members import tokens
from network.members.access import profile_for
from network.members.kinds import Audience, Part, WhoMayAsk
from network.members.models import Invitation, Member, Participation, Section
from network.members.services import joining
from network.members.visibility import THE_WEB, Viewer
from tests.conftest import post

PURPOSE = "I help small harbours plan for higher water."
DRAFT = {"purpose": PURPOSE, "offers": "Hard meetings", "themes": "water\nharbours"}


@pytest.fixture
def newcomer(app, client):
    """Somebody who has just used an invitation that holds a draft."""
    with transaction() as session:
        invitation = joining.invite(
            session, email="rui@tide.example", name="Rui Tavares", draft=DRAFT, now=utc_now()
        )
        token = tokens.invitation_token(app.config["SECRET_KEY"], invitation)
    post(client, f"/join/{token}", {"name": "Rui Tavares", "time_zone": "Europe/Lisbon"})
    return client


def said(part: Part) -> Section | None:
    with reading() as session:
        return session.scalar(select(Section).where(Section.part == part, Section.body != ""))


def test_from_invitation_to_a_purpose_that_others_find(newcomer, make_member):
    dara = make_member("dara", purpose="")
    newcomer.get("/welcome/purpose")
    steps = [
        ("/welcome/purpose", {"purpose": PURPOSE, "audience": "3"}),
        ("/welcome/words", {"offers": "Hard meetings", "place": "Aveiro"}),
        ("/welcome/reach", {"who": "shared", "work": ["peer", "board"]}),
    ]
    answers = [post(newcomer, url, data) for url, data in steps]
    assert [answer.location for answer in answers] == ["/welcome/words", "/welcome/reach", "/"]
    with newcomer.session_transaction() as cookie:
        assert cookie["_flashes"] == [("message", "You can be found now.")]
    with reading() as session:
        seen = profile_for(session, Viewer.of(dara), "rui-tavares", now=utc_now())
        assert (seen.words("purpose"), seen.words("place")) == (PURPOSE, "Aveiro")
        kept = session.get(Participation, seen.member.id)
        assert (kept.who_may_connect, kept.work) == (WhoMayAsk.SHARED, ["board", "peer"])


def test_each_step_counts_in_words_and_says_who_sees_it(newcomer):
    for address, number in [
        ("purpose", "First of three"),
        ("words", "Second of three"),
        ("reach", "Third of three"),
    ]:
        shown = newcomer.get(f"/welcome/{address}").text
        assert number in shown
        assert "Leave this for later" in shown
        assert "Members read" in shown
        assert "at any time" in shown


def test_a_draft_is_offered_and_nothing_of_it_is_kept_until_it_is_saved(newcomer):
    assert PURPOSE in newcomer.get("/welcome/purpose").text
    shown = newcomer.get("/welcome/words").text
    assert "Hard meetings" in shown
    assert "water\nharbours" in shown
    assert said(Part.PURPOSE) is None
    assert said(Part.OFFERS) is None


def test_a_draft_is_forgotten_at_the_end_of_the_path(newcomer, db):
    post(newcomer, "/welcome/reach", {"who": "anyone"})
    assert db.scalars(select(Invitation.draft)).one() == {}
    assert PURPOSE not in newcomer.get("/welcome/purpose").text


def test_nobody_is_shown_the_draft_of_somebody_else(newcomer, make_member, sign_in):
    ama = make_member("ama")
    with transaction() as session:
        session.get(Member, ama.id).email = "rui@tide.example.com"
    assert "Hard meetings" not in sign_in(ama).get("/welcome/words").text


@pytest.mark.parametrize("audience", list(Audience))
def test_the_purpose_is_shown_to_those_who_were_chosen(newcomer, make_member, audience):
    ama = make_member("ama", purpose="")
    data = {"purpose": PURPOSE, "audience": str(int(audience))}
    assert post(newcomer, "/welcome/purpose", data).status_code == 303
    assert said(Part.PURPOSE).shown_to == audience
    with reading() as session:
        seen = profile_for(session, Viewer.of(ama), "rui-tavares", now=utc_now())
        assert (seen.words("purpose") == PURPOSE) is (audience >= Audience.MEMBERS)
        if audience is Audience.WEB:
            web = profile_for(session, THE_WEB, "rui-tavares", now=utc_now())
            assert web.words("purpose") == PURPOSE


def test_without_a_purpose_nobody_is_told_that_they_can_be_found(newcomer):
    post(newcomer, "/welcome/purpose", {"purpose": PURPOSE, "audience": "1"})
    post(newcomer, "/welcome/reach", {"who": "anyone"})
    with newcomer.session_transaction() as cookie:
        assert "once members can read your purpose" in cookie["_flashes"][0][1]


def test_going_back_changes_the_words_and_keeps_the_ones_before(newcomer):
    post(newcomer, "/welcome/purpose", {"purpose": "A first try.", "audience": "2"})
    post(newcomer, "/welcome/purpose", {"purpose": PURPOSE, "audience": "3"})
    section = said(Part.PURPOSE)
    assert (section.body, section.shown_to) == (PURPOSE, Audience.MEMBERS)
    assert PURPOSE in newcomer.get("/welcome/purpose").text


def test_words_left_empty_say_nothing_and_take_back_what_was_said(newcomer):
    post(newcomer, "/welcome/words", {"offers": "Hard meetings"})
    assert said(Part.OFFERS).body == "Hard meetings"
    assert said(Part.PLACE) is None
    post(newcomer, "/welcome/words", {"offers": ""})
    assert said(Part.OFFERS) is None


@pytest.mark.parametrize(
    ("url", "data", "says"),
    [
        ("purpose", {"purpose": "", "audience": "3"}, "leave this for later"),
        ("purpose", {"purpose": "x" * 601, "audience": "3"}, "600 is the most"),
        ("purpose", {"purpose": PURPOSE, "audience": "5"}, "Choose one of these."),
        ("purpose", {"purpose": PURPOSE, "audience": "members"}, "Choose one of these."),
        ("purpose", {"purpose": PURPOSE}, "Choose one of these."),
        ("words", {"offers": PURPOSE, "themes": "a\nb\nc\nd\ne\nf"}, "5 is the most here"),
        ("words", {"offers": PURPOSE, "place": "x" * 121}, "120 is the most"),
        ("reach", {"who": "everybody"}, "Choose one of these."),
        ("reach", {"who": "anyone", "work": ["spying"]}, "Choose one of these."),
        ("reach", {}, "Choose one of these."),
    ],
)
def test_what_does_not_fit_is_said_and_the_words_are_kept(newcomer, url, data, says):
    answer = post(newcomer, f"/welcome/{url}", data)
    assert answer.status_code == 422
    assert says in answer.text
    assert said(Part.OFFERS) is None
    if PURPOSE in data.values():
        assert PURPOSE in answer.text


@pytest.mark.parametrize("step", ["purpose", "words", "reach"])
def test_the_steps_are_for_members_alone(client, step):
    assert client.get(f"/welcome/{step}").location == "/signin"
    assert post(client, f"/welcome/{step}", {"purpose": PURPOSE}).location == "/signin"
