from __future__ import annotations

import re

import pytest

from network.db import transaction
from network.members.kinds import Audience, Part
from network.members.models import Connection
from network.members.services import boundaries, participation, profiles
from tests.conftest import DRAWN, plain, post

OWN = {
    Part.PURPOSE: (Audience.WEB, "Words for anyone."),
    Part.OFFERS: (Audience.MEMBERS, "Words for members."),
    Part.CONTACT: (Audience.CONNECTIONS, "Words for connections."),
    Part.STORY: (Audience.ME, "Words for me."),
}
EVERYTHING = [words for _level, words in OWN.values()]
NOT_HERE = "They see nothing of you"

# The token of a form is signed with the second in which it was made.


REACH = re.compile(r'<p><a class="btn" href="#reach">[^<]*</a></p>\n')


@pytest.fixture
def ama(make_member, now):
    member = make_member("ama", purpose="")
    with transaction() as db:
        mine = db.merge(member)
        for part, (audience, words) in OWN.items():
            profiles.save(db, mine, part, body=words, audience=audience, now=now)
    return member


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


def connect(one, other, now):
    low, high = sorted((one.id, other.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))


def seen(hers, path):
    answer = hers.get(f"/me/profile/as/{path}")
    assert answer.status_code == 200
    return [words for words in EVERYTHING if words in answer.text]


@pytest.mark.parametrize(
    ("who", "most"), [("web", 1), ("member", 2), ("connection", 3)], ids=["web", "member", "tie"]
)
def test_each_sees_what_is_for_them(hers, who, most):
    assert seen(hers, who) == EVERYTHING[:most]


def test_somebody_named_sees_as_they_do(ama, hers, make_member, now):
    rui, dara = make_member("rui"), make_member("dara")
    connect(ama, dara, now)
    assert seen(hers, "member/rui") == EVERYTHING[:2]
    assert seen(hers, "member/dara") == EVERYTHING[:3]
    assert rui.handle not in hers.get("/me/profile/as/web").text
    assert '<option value="dara"' in hers.get("/me/profile/as/web").text


def test_what_is_shown_is_what_they_get(ama, hers, make_member, sign_in):
    theirs = sign_in(make_member("rui")).get("/people/ama").text
    ours = hers.get("/me/profile/as/member/rui").text
    article = '<article class="doc" data-member="ama"'
    theirs = REACH.sub("", theirs)  # whoever looks at themselves is not offered to ask
    cut = [page.split(article)[1].split("</article>")[0] for page in (theirs, ours)]
    assert cut[0] == cut[1]


def test_inv_10_a_shield_tells_nobody_where_another_works(ama, hers, make_member, now):
    make_member("ola", email="ola@halvorsen.example")
    before = hers.get("/me/profile/as/member/ola").text, hers.get("/people/ola").text
    with transaction() as db:
        boundaries.raise_shield(db, db.merge(ama), against="halvorsen.example", now=now)
    after = hers.get("/me/profile/as/member/ola").text, hers.get("/people/ola").text
    masked = [[DRAWN.sub("", page) for page in pages] for pages in (before, after)]
    assert masked[0] == masked[1]


@pytest.mark.parametrize("unseen", ["nobody", "blocked", "blocking", "shielding", "paused"])
def test_whom_one_cannot_see_one_cannot_name(ama, hers, make_member, now, unseen):
    ola = make_member("ola")
    with transaction() as db:
        mine, theirs = db.merge(ama), db.merge(ola)
        match unseen:
            case "blocked":
                boundaries.block(db, mine, blocked_id=theirs.id, now=now)
            case "blocking":
                boundaries.block(db, theirs, blocked_id=mine.id, now=now)
            case "shielding":
                boundaries.raise_shield(db, theirs, against="ama.example", now=now)
            case "paused":
                participation.pause(db, theirs, until=None, now=now)
    unknown = hers.get("/me/profile/as/member/no-such-person")
    handle = "no-one" if unseen == "nobody" else "ola"
    answer = hers.get(f"/me/profile/as/member/{handle}")
    assert (answer.status_code, plain(answer)) == (404, plain(unknown))


@pytest.mark.parametrize(
    ("who", "there"), [("web", False), ("member", False), ("connection", True)]
)
def test_while_the_lamp_is_out_connections_still_see(ama, hers, now, who, there):
    with transaction() as db:
        participation.pause(db, db.merge(ama), until=None, now=now)
    page = hers.get(f"/me/profile/as/{who}").text
    assert (NOT_HERE in page) is not there


def test_with_nothing_on_the_web_one_is_not_on_the_web(make_member, sign_in):
    page = sign_in(make_member("rui")).get("/me/profile/as/web").text
    assert NOT_HERE in page
    assert "Nothing is on the web unless you choose so." in page


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("?handle=rui", "/me/profile/as/member/rui"),
        ("?handle=&typed=@rui", "/me/profile/as/member/rui"),
        ("?handle=dara&typed=rui", "/me/profile/as/member/rui"),
    ],
)
def test_a_person_is_chosen_or_typed(hers, query, target):
    answer = hers.get(f"/me/profile/as/member{query}")
    assert (answer.status_code, answer.location) == (303, target)


def test_other_eyes_are_not_on_offer(hers, client):
    assert hers.get("/me/profile/as/god").status_code == 404
    assert client.get("/me/profile/as/web").status_code == 303
    assert client.get("/me/profile/as/member/ama").status_code == 303


def test_looking_through_others_eyes_writes_nothing(ama, hers, make_member):
    make_member("rui")
    before = plain(hers.get("/me/profile/as/member/rui"))
    assert post(hers, "/me/profile/as/member/rui").status_code == 404
    assert plain(hers.get("/me/profile/as/member/rui")) == before
