from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from network.db import transaction
from network.members.kinds import Audience, Part, WhoMayAsk
from network.members.models import Member, Participation, Section
from network.members.services import boundaries
from network.organisations.models import Organisation
from tests.conftest import post
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401
from tests.organisations.conftest import MERROW, act, keep_organisation, place_of
from tests.organisations.speaking import REASON, WORDS, state_of

PAGE = f"/organisations/{MERROW}"
PLAN = {"name": "Tidal Post", "purpose": "We carry letters between the islands.", "submission": "a"}


def unverified(db, it):
    it.organisation.verified_by = it.organisation.verified_at = None


def steward(name):
    return lambda _db, it: setattr(getattr(it, name), "steward", True)


def key_of(name):
    return act(lambda db, it: place_of(db, getattr(it, name)).key)


@pytest.mark.parametrize(
    ("path", "speaks", "other"),
    [
        ("/organisations", 200, 200),
        ("/organisations/new", 200, 200),
        (PAGE, 200, 200),
        (f"{PAGE}/edit", 200, 404),
        (f"{PAGE}/verify", 200, 404),
        (f"{PAGE}/representatives", 200, 404),
        (f"{PAGE}/claim", 303, 200),
        ("/organisations/nowhere", 404, 404),
        ("/organisations/verify/made-up", 404, 404),
        ("/steward/organisations", 404, 404),
    ],
)
def test_who_reads_which_page(merrow, sign_in, path, speaks, other):
    assert sign_in(merrow.oskar).get(path).status_code == speaks
    assert sign_in(merrow.eli).get(path).status_code == other


@pytest.mark.parametrize("path", ["edit", "verify", "verify/steward", "representatives", "role"])
def test_whoever_does_not_speak_for_it_changes_nothing(merrow, sign_in, path):
    sent = {**PLAN, "email": "a@b.example", "words": WORDS, "handle": "ama", "role": "owner"}
    assert post(sign_in(merrow.eli), f"{PAGE}/{path}", sent).status_code == 404
    assert act(lambda _db, it: (it.organisation.name, it.organisation.asks_steward)) == (
        "Merrow Ferries",
        "",
    )


@pytest.mark.parametrize(
    ("verified", "answered", "status"), [(True, True, 200), (False, True, 404), (True, False, 404)]
)
def test_the_web_reads_what_is_verified_and_answered(
    app, make_organisation, verified, answered, status
):
    made = make_organisation("Tidal Post", verified=verified, answered=answered)
    assert app.test_client().get(f"/organisations/{made.slug}").status_code == status


def test_inv_10_the_page_names_only_whom_the_reader_may_know_of(merrow, sign_in, app):
    act(
        lambda db, it: boundaries.raise_shield(
            db, it.siun, against="eli.example", now=it.ama.joined_at
        )
    )
    assert "Siun Example" in sign_in(merrow.ama).get(PAGE).text
    page = sign_in(merrow.eli).get(PAGE).text
    assert ("Oskar Example" in page, "Siun Example" in page) == (True, False)
    assert "Oskar Example" not in app.test_client().get(PAGE).text


def test_the_web_reads_the_names_of_those_who_show_themselves_to_it(merrow, app):
    def show(db, it):
        purpose = db.get_one(Section, (it.oskar.id, Part.PURPOSE))
        purpose.audience = purpose.shown_to = int(Audience.WEB)

    act(show)
    page = app.test_client().get(PAGE).text
    assert ("Oskar Example" in page, "Siun Example" in page) == (True, False)


def test_from_nothing_to_a_page(merrow, sign_in):
    client = sign_in(merrow.ama)
    for _twice in range(2):
        answer = post(client, "/organisations/new", {**PLAN, "role": "post"})
        assert answer.status_code == 303
    with transaction() as db:
        made = db.scalars(select(Organisation).where(Organisation.name == "Tidal Post")).one()
    page = client.get(f"/organisations/{made.slug}").text
    assert '<blockquote class="purpose hero"' in page
    assert "Nobody has checked yet" in page
    assert "You speak for" in client.get("/organisations").text
    assert "Tidal Post" not in sign_in(merrow.eli).get("/organisations").text


@pytest.mark.parametrize("path", ["/organisations/new", f"{PAGE}/edit"])
def test_a_form_that_is_refused_keeps_what_was_written(merrow, sign_in, path):
    answer = post(sign_in(merrow.oskar), path, {**PLAN, "purpose": "Boats."})
    assert answer.status_code == 422
    assert "Boats." in answer.text


def test_a_role_that_is_too_long_is_kept_on_the_page_of_its_people(merrow, sign_in):
    answer = post(sign_in(merrow.oskar), f"{PAGE}/role", {"role": "r" * 121})
    assert answer.status_code == 422
    assert "r" * 121 in answer.text
    assert "Siun Example" in answer.text


def test_the_page_says_other_things(merrow, sign_in):
    client = sign_in(merrow.oskar)
    post(client, f"{PAGE}/edit", PLAN)
    post(client, f"{PAGE}/role", {"role": "head of post"})
    page = client.get(PAGE).text
    assert ("Tidal Post" in page, "head of post" in page) == (True, True)
    assert "Nobody has checked yet" in page


def test_somebody_is_asked_says_yes_and_is_ended(merrow, sign_in):
    act(
        lambda db, it: setattr(
            db.get_one(Participation, it.ama.id), "who_may_invite", WhoMayAsk.ANYONE
        )
    )
    oskar, ama = sign_in(merrow.oskar), sign_in(merrow.ama)
    post(oskar, f"{PAGE}/representatives", {"handle": "ama", "words": WORDS, "submission": "b"})
    assert "asked on" in oskar.get(PAGE).text
    inbox = ama.get("/asks").text
    assert WORDS in inbox
    ask = re.search(r'data-ask="([^"]+)"', inbox)[1]
    read = re.search(r'name="read" value="([^"]+)"', inbox)[1]
    post(ama, f"/asks/{ask}/answer", {"answer": "yes", "read": read})
    assert ama.get(f"{PAGE}/edit").status_code == 200
    ending = f"{PAGE}/representatives/{key_of('ama')}/end"
    assert sign_in(merrow.eli).get(ending).status_code == 404
    assert oskar.get(ending).status_code == 200
    post(oskar, ending)
    assert ama.get(f"{PAGE}/edit").status_code == 404


@pytest.mark.parametrize("chosen", ["nobody-here", "oskar", ""])
def test_whoever_is_not_there_is_chosen_anew(merrow, sign_in, chosen):
    sent = {"handle": chosen, "words": WORDS, "submission": "b"}
    assert post(sign_in(merrow.oskar), f"{PAGE}/representatives", sent).status_code == 422


def test_a_claim_is_read_and_taken_back(merrow, sign_in):
    eli = sign_in(merrow.eli)
    assert post(eli, f"{PAGE}/claim", {"words": "Me."}).status_code == 422
    assert post(eli, f"{PAGE}/claim", {"words": REASON, "role": "mate"}).status_code == 303
    assert REASON in eli.get(PAGE).text
    assert REASON in sign_in(merrow.oskar).get("/asks").text
    assert REASON not in sign_in(merrow.ama).get(PAGE).text
    assert "Eli Example" in sign_in(merrow.siun).get(PAGE).text
    taking = f"{PAGE}/representatives/{key_of('eli')}/take-back"
    assert post(sign_in(merrow.ama), taking).status_code == 404
    post(eli, taking)
    assert act(lambda db, it: state_of(db, it, "eli")) == "ended"
    assert REASON not in sign_in(merrow.oskar).get("/asks").text


# Verifying


def test_the_letter_reaches_the_address_and_its_link_works_once(merrow, sign_in, letters):  # noqa: F811
    act(unverified)
    oskar, siun = sign_in(merrow.oskar), sign_in(merrow.siun)
    post(oskar, f"{PAGE}/verify", {"email": "hello@merrow.example"})
    (letter,) = [each for each in letters() if each["To"] == "hello@merrow.example"]
    link = re.search(r"http\S+/organisations/verify/\S+", letter.get_body().get_content())[0]
    path = urlsplit(link).path
    assert "Merrow" not in letter["Subject"]
    assert siun.get(path).status_code == 404
    assert oskar.get(path).status_code == 200
    assert post(oskar, path).status_code == 303
    assert "merrow.example" in oskar.get(PAGE).text
    assert "hello@merrow.example" not in oskar.get(PAGE).text
    assert oskar.get(path).status_code == 404
    assert post(oskar, path).status_code == 409


def test_free_mail_is_refused_kindly(merrow, sign_in):
    act(unverified)
    answer = post(sign_in(merrow.oskar), f"{PAGE}/verify", {"email": "merrow@gmail.com"})
    assert answer.status_code == 422
    assert "Anybody can have an address at gmail.com" in answer.text


def test_a_steward_reads_the_words_and_verifies(merrow, sign_in):
    act(unverified)
    act(steward("bo"))
    act(steward("siun"))
    post(sign_in(merrow.oskar), f"{PAGE}/verify/steward", {"words": REASON})
    bo, desk = sign_in(merrow.bo), "/steward/organisations"
    page = bo.get(desk).text
    assert REASON in page
    assert "another steward decides" in sign_in(merrow.siun).get(desk).text
    read = re.search(r'name="read" value="([^"]+)"', page)[1]
    answering = f"{desk}/{MERROW}"
    assert post(sign_in(merrow.siun), answering, {"answer": "yes", "read": read}).status_code == 403
    assert post(sign_in(merrow.eli), answering, {"answer": "yes", "read": read}).status_code == 404
    assert post(bo, answering, {"answer": "no", "read": read}).status_code == 422
    assert post(bo, answering, {"answer": "yes", "read": read}).status_code == 303
    assert "A steward looked" in bo.get(PAGE).text
    assert "Nothing waits" in bo.get(desk).text


def test_a_steward_answers_a_claim_where_nobody_speaks(merrow, sign_in):
    act(steward("bo"))
    for each in ("siun", "oskar"):
        client = sign_in(getattr(merrow, each))
        post(client, f"{PAGE}/representatives/{key_of(each)}/end")
    post(sign_in(merrow.eli), f"{PAGE}/claim", {"words": REASON})
    bo = sign_in(merrow.bo)
    assert REASON in bo.get("/steward/organisations").text
    answering = f"/steward/organisations/{MERROW}/claims/{key_of('eli')}"
    assert post(bo, answering, {"answer": "no", "words": ""}).status_code == 422
    assert post(bo, answering, {"answer": "yes"}).status_code == 303
    assert sign_in(merrow.eli).get(f"{PAGE}/edit").status_code == 200


# Finding


@pytest.mark.parametrize(
    ("typed", "found"), [("islands", True), ("ferries", True), ("bees", False)]
)
def test_members_find_what_is_verified_by_its_words(merrow, sign_in, typed, found):
    page = sign_in(merrow.eli).get(f"/organisations?q={typed}").text
    assert (f'data-organisation="{MERROW}"' in page) is found


def test_what_is_not_verified_is_found_by_those_alone_who_speak_for_it(merrow, sign_in):
    act(unverified)
    for name, found in (("oskar", True), ("eli", False)):
        for path in ("/organisations", "/organisations?q=islands"):
            page = sign_in(getattr(merrow, name)).get(path).text
            assert (f'data-organisation="{MERROW}"' in page) is found


@pytest.mark.parametrize(("path", "most"), [(PAGE, 12), ("/organisations", 12)])
def test_the_pages_run_as_many_statements_however_many_there_are(
    merrow, sign_in, ran, now, path, most
):
    client = sign_in(merrow.oskar)
    client.get(path)
    before = len(ran(lambda: client.get(path)))
    with transaction() as db:
        oskar = db.get_one(Member, merrow.oskar.id)
        for each in range(8):
            keep_organisation(db, now, name=f"House {each}", slug=f"h-{each}", speakers=[oskar])
    assert len(ran(lambda: client.get(path))) == before <= most
