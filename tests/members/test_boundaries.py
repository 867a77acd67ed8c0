from __future__ import annotations

import pytest
from sqlalchemy import func, select

from network.db import reading, transaction
from network.errors import Invalid
from network.members.models import Block, Shield
from network.members.services import boundaries
from tests.conftest import plain, post

HTMX = {"HX-Request": "true"}

# The token of a form is signed with the second in which it was made.


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


def shields_of(member):
    with reading() as db:
        return list(db.scalars(select(Shield.mark).where(Shield.member_id == member.id)))


def blocks():
    with reading() as db:
        return db.scalar(select(func.count()).select_from(Block))


@pytest.mark.parametrize(
    ("against", "mark"),
    [
        ("Halvorsen Group", "halvorsen group"),
        ("halvorsen.example", "@halvorsen.example"),
        ("@Halvorsen.Example", "@halvorsen.example"),
        ("boss@halvorsen.example", "@halvorsen.example"),
        ("Nordanvik Ömsorg AB", "nordanvik omsorg ab"),
        ("東京_%電力", "東京 電力"),
    ],
)
def test_a_shield_is_compared_with_what_was_meant(ama, hers, against, mark):
    assert post(hers, "/me/boundaries/shields", {"against": against}).status_code == 303
    assert shields_of(ama) == [mark]
    assert "The shield is up. Nobody learns of it." in hers.get("/me/participation").text


@pytest.mark.parametrize("against", ["", " ", "a", "%", "%%%", "__", "\\\\\\", "_ %", "x" * 121])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_a_shield_against_nothing_is_not_raised(ama, hers, against, headers):
    answer = post(hers, "/me/boundaries/shields", {"against": against}, headers=headers)
    assert answer.status_code == 422
    assert "another look" in answer.text
    assert shields_of(ama) == []


def test_raising_a_shield_twice_is_once(ama, hers):
    for against in ("halvorsen.example", "@halvorsen.example"):
        post(hers, "/me/boundaries/shields", {"against": against})
    assert shields_of(ama) == ["@halvorsen.example"]


def test_there_are_only_so_many_shields(ama, db, now):
    ama = db.merge(ama)
    for number in range(boundaries.MOST_SHIELDS):
        boundaries.raise_shield(db, ama, against=f"org{number}.example", now=now)
    with pytest.raises(Invalid):
        boundaries.raise_shield(db, ama, against="one-more.example", now=now)


def test_with_htmx_the_shields_come_back_alone(hers):
    answer = post(hers, "/me/boundaries/shields", {"against": "halvorsen.example"}, headers=HTMX)
    assert answer.text.lstrip().startswith("<section")
    assert "anyone with a verified address at halvorsen.example" in answer.text
    assert "The shield is up. Nobody learns of it." in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_only_its_owner_lowers_a_shield(ama, hers, make_member, sign_in, headers):
    rui = make_member("rui")
    post(hers, "/me/boundaries/shields", {"against": "halvorsen.example"})
    with reading() as db:
        key = db.scalar(select(Shield.key))
    post(sign_in(rui), f"/me/boundaries/shields/{key}/lower", headers=headers)
    assert shields_of(ama) == ["@halvorsen.example"]
    for _twice in range(2):
        answer = post(hers, f"/me/boundaries/shields/{key}/lower", headers=headers)
        assert answer.status_code == (200 if headers else 303)
    assert shields_of(ama) == []


@pytest.mark.parametrize(
    ("against", "email", "roles"),
    [
        ("halvorsen.example", "ola@halvorsen.example", ""),
        ("halvorsen.example", "ola@north.halvorsen.example", ""),
        ("Nordanvik", "ola@ola.example", "Head of care, Nordanvik AB"),
    ],
    ids=["its end", "a part of it", "its name"],
)
def test_inv_10_behind_a_shield_there_is_nobody(
    ama, hers, make_member, sign_in, against, email, roles
):
    ola = make_member("ola", email=email, roles=roles)
    with transaction() as db:
        db.merge(ola)
    eyes = sign_in(ola)
    unknown = eyes.get("/people/nobody-by-that-name")
    assert eyes.get("/people/ama").status_code == 200
    post(hers, "/me/boundaries/shields", {"against": against})
    hidden = eyes.get("/people/ama")
    assert (hidden.status_code, plain(hidden)) == (404, plain(unknown))
    assert hers.get("/people/ola").status_code == 200


def test_naming_an_organisation_later_meets_the_shield_from_then_on(
    ama, hers, make_member, sign_in
):
    eyes = sign_in(make_member("ola"))
    post(hers, "/me/boundaries/shields", {"against": "Nordanvik"})
    assert eyes.get("/people/ama").status_code == 200
    post(eyes, "/me/profile/roles", {"body": "Head of care, Nordanvik", "audience": "1"})
    assert eyes.get("/people/ama").status_code == 404


def test_inv_09_11_a_block_is_seen_and_lifted_by_its_owner_alone(
    ama, hers, make_member, sign_in, now
):
    ola = make_member("ola", name="Ola Stranger")
    with transaction() as db:
        boundaries.block(db, db.merge(ama), blocked_id=ola.id, now=now)
    theirs = sign_in(ola)
    assert 'data-member="ola"' in hers.get("/me/boundaries").text
    assert 'data-member="ama"' not in theirs.get("/me/boundaries").text
    post(theirs, "/me/boundaries/ama/lift")
    assert blocks() == 1
    for _twice in range(2):
        assert post(hers, "/me/boundaries/ola/lift").status_code == 303
    assert blocks() == 0
    assert theirs.get("/people/ama").status_code == 200


def test_lifting_says_the_same_of_people_who_are_not_there(hers, make_member):
    make_member("rui")
    answers = [post(hers, f"/me/boundaries/{who}/lift") for who in ("rui", "no-such-person")]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, "/me/boundaries")
    }


def test_without_blocks_the_page_says_where_the_way_is(hers):
    assert "You have blocked nobody." in hers.get("/me/boundaries").text
