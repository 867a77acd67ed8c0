from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from network.db import reading
from network.errors import Invalid
from network.events.models import Event
from network.members import queries
from network.members.models import SavedSearch
from network.members.services import searches
from tests.conftest import post

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def theirs(make_member, sign_in):
    return sign_in(make_member("rui"))


def kept():
    with reading() as db:
        return list(db.scalars(select(SavedSearch.terms).order_by(SavedSearch.id)))


def key_of_one():
    with reading() as db:
        return db.scalar(select(SavedSearch.key))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_a_search_is_kept_with_what_narrows_it_and_leads_back_to_it(hers, headers):
    terms = {"terms": "q=night+wards&work=interim&work=board&from=20&nonsense=1"}
    answer = post(hers, "/people/kept", terms, headers=headers)
    assert kept() == ["q=night+wards&work=interim&work=board"]
    back = answer.headers["HX-Redirect"] if headers else answer.location
    assert (answer.status_code, back) == (
        204 if headers else 303,
        "/people?q=night+wards&work=interim&work=board",
    )
    page = hers.get("/people").text
    assert "Kept. Only you see it." in page
    assert "“night wards”, an interim role, a board seat" in page


def test_keeping_twice_is_once(hers):
    for _twice in range(2):
        assert post(hers, "/people/kept", {"terms": "q=night"}).status_code == 303
    assert kept() == ["q=night"]


def test_two_people_may_keep_the_same_search_and_see_only_their_own(hers, theirs):
    for client in (hers, theirs):
        post(client, "/people/kept", {"terms": "q=night"})
    post(theirs, "/people/kept", {"terms": "q=kilns"})
    assert kept() == ["q=night", "q=night", "q=kilns"]
    assert "“kilns”" in theirs.get("/people").text
    assert "“kilns”" not in hers.get("/people").text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_only_its_owner_lets_a_search_go_and_twice_is_harmless(hers, theirs, headers):
    post(hers, "/people/kept", {"terms": "q=night"})
    key, expected = key_of_one(), 204 if headers else 303
    others = post(theirs, f"/people/kept/{key}/forget", headers=headers)
    unknown = post(theirs, "/people/kept/no-such-key/forget", headers=headers)
    assert (others.status_code, kept()) == (unknown.status_code, ["q=night"])
    for _twice in range(2):
        answer = post(hers, f"/people/kept/{key}/forget", headers=headers)
        assert (answer.status_code, kept()) == (expected, [])
    assert "Let go." in hers.get("/people").text


@pytest.mark.parametrize("terms", ["", "from=3", "nonsense=1", "q=", "q=+++", "&&=&", "q"])
def test_a_search_for_nothing_is_not_kept(hers, terms):
    assert post(hers, "/people/kept", {"terms": terms}).status_code == 303
    assert kept() == []


@pytest.mark.parametrize(
    "terms", ["q=" + "x" * 5000, "q=" + "%F0%9F%8F%A0" * 400, "place=x" * 300, "work=a&" * 500]
)
def test_a_search_longer_than_can_be_kept_is_cut_and_can_be_opened(hers, terms):
    answer = post(hers, "/people/kept", {"terms": terms})
    assert answer.status_code == 303
    (words,) = kept()
    assert len(words) <= 1000
    assert hers.get(answer.location).status_code == 200
    assert hers.get(f"/people?{words}").status_code == 200


def test_fifty_are_the_most_and_the_next_is_refused_with_a_reason(ama, hers, db, now):
    mine = db.merge(ama)
    for number in range(searches.MOST_KEPT):
        searches.keep_search(db, mine, terms=f"q=word{number}", now=now)
    searches.keep_search(db, mine, terms="q=word3", now=now)
    with pytest.raises(Invalid, match="50"):
        searches.keep_search(db, mine, terms="q=one-more", now=now)
    db.commit()
    answer = post(hers, "/people/kept", {"terms": "q=one-more"})
    assert answer.status_code == 422
    assert "50 kept searches are the most; let one go first." in answer.text


def test_the_newest_stand_first(ama, db, now):
    from datetime import timedelta  # noqa: PLC0415

    mine = db.merge(ama)
    for hours, terms in enumerate(["q=old", "q=new"]):
        searches.keep_search(db, mine, terms=terms, now=now + timedelta(hours=hours))
    db.flush()
    assert [each.terms for each in queries.saved_searches(db, mine)] == ["q=new", "q=old"]


def test_what_was_looked_for_stands_in_no_log(hers):
    post(hers, "/people/kept", {"terms": "q=night"})
    post(hers, f"/people/kept/{key_of_one()}/forget")
    with reading() as db:
        logged = db.scalars(select(Event).where(Event.kind.like("members:search:%"))).all()
        assert [(each.kind, each.data) for each in logged] == [
            ("members:search:kept", {}),
            ("members:search:forgotten", {}),
        ]


def test_letting_go_what_is_not_there_is_not_logged(hers):
    post(hers, "/people/kept/no-such-key/forget")
    with reading() as db:
        count = select(func.count(Event.id)).where(Event.kind == "members:search:forgotten")
        assert db.scalar(count) == 0


def test_signed_out_nobody_keeps_anything(client):
    assert post(client, "/people/kept", {"terms": "q=night"}).location == "/signin"
    assert kept() == []


def test_every_way_to_a_kept_search_works_without_script(hers):
    post(hers, "/people/kept", {"terms": "q=night&place=Porto"})
    page = hers.get("/people?q=kilns").text
    assert '<a href="/people?q=night&amp;place=Porto">“night”, Porto</a>' in page
    assert re.search(r'action="/people/kept" method="post"', page)
    assert f'action="/people/kept/{key_of_one()}/forget" method="post"' in page
