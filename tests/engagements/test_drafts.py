from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.db import reading, transaction
from network.engagements.forms_terms import fields_of
from network.engagements.models import Draft, Party
from network.engagements.services import drafting
from network.errors import Invalid, NotFound
from network.members.models import Member
from tests.conftest import NOON, post
from tests.engagements.pages import at, director, member, words
from tests.engagements.typed import typed

HTMX = {"HX-Request": "true", "HX-Trigger": "write"}


def party_of(db, table, handle):
    found = select(Party).join(Member, Member.id == Party.member_id)
    return db.scalars(found.where(Party.negotiation_id == table.id, Member.handle == handle)).one()


def keep(table, handle, fields, *, as_handle="", **more):
    with transaction() as db:
        party = party_of(db, table, handle)
        actor = db.get_one(Member, member(as_handle or handle).id)
        drafting.keep(db, party, actor=actor, fields=fields, **{"over": 0, "now": NOON, **more})


def kept():
    with reading() as db:
        rows = db.execute(
            select(Member.handle, Draft)
            .join(Party, Party.id == Draft.party_id)
            .join(Member, Member.id == Party.member_id)
        )
        return {handle: (draft.over, draft.fields) for handle, draft in rows}


def test_each_party_has_one_draft_and_the_latest_counts(table):
    keep(table, "ama", {"title": "First"})
    keep(table, "ama", {"title": "Second"}, over=1, now=NOON + timedelta(hours=1))
    keep(table, "bea", {"title": "Bea’s"})
    assert kept() == {"ama": (1, '{"title": "Second"}'), "bea": (0, '{"title": "Bea’s"}')}


@pytest.mark.parametrize(
    ("touch", "words"),
    [(drafting.set_aside, {}), (drafting.keep, {"fields": {}, "over": 0, "now": NOON})],
    ids=["set aside", "keep"],
)
def test_nobody_touches_the_draft_of_another(table, touch, words):
    keep(table, "ama", {"title": "Mine"})
    with transaction() as db:
        party, bea = party_of(db, table, "ama"), db.get_one(Member, member("bea").id)
        with pytest.raises(NotFound):
            touch(db, party, actor=bea, **words)
    assert kept() == {"ama": (0, '{"title": "Mine"}')}


def test_a_draft_that_comes_after_it_was_put_on_the_table_does_not_come_back(table):
    table.put("ama", 0, submission="the same form")
    keep(table, "ama", {"title": "Late"}, submission="the same form")
    assert kept() == {}
    keep(table, "ama", {"title": "Another"}, submission="another form")
    assert list(kept()) == ["ama"]


def test_more_than_terms_can_hold_is_refused_in_words(table):
    with pytest.raises(Invalid, match="more than terms can hold"):
        keep(table, "ama", {"scope": "x" * 200_000})


def test_a_draft_survives_its_author_signing_out(table, as_, sign_in):
    post(as_("ama"), at(table, "draft"), {"title": "Half a thought", "over": "0"})
    post(as_("ama"), "/signout")
    assert as_("ama").get(at(table, "write")).status_code == 303
    page = sign_in(member("ama")).get(at(table, "write"))
    assert typed(page.text)["title"] == "Half a thought"
    assert "Kept as your draft on" in words(page.text)


@pytest.mark.parametrize(("handle", "status"), [("bea", 200), ("dov", 404)])
def test_inv_36_a_draft_is_shown_to_its_author_alone(table, as_, make_member, handle, status):
    make_member("dov")
    post(as_("ama"), at(table, "draft"), {"title": "Only mine"})
    for path in (at(table, "write"), at(table)):
        page = as_(handle).get(path)
        assert page.status_code == status
        assert "Only mine" not in page.text
        assert "Kept as your draft" not in page.text


def test_while_one_types_the_draft_is_kept_and_only_its_line_comes_back(table, as_):
    sent = post(as_("ama"), at(table, "draft"), {"title": "Half"}, headers=HTMX)
    assert sent.status_code == 200
    assert sent.text.strip().startswith('<p class="meta" id="kept">Kept as your draft on')
    assert list(kept()) == ["ama"]


def test_who_keeps_it_for_later_is_told_that_nobody_else_sees_it(table, as_):
    sent = post(as_("ama"), at(table, "draft"), {"do": "keep", "title": "Half"})
    assert sent.headers["Location"] == at(table, "write")
    assert "Only you see it." in as_("ama").get(at(table, "write")).text


def test_what_is_put_on_the_table_is_a_draft_no_more_and_the_others_keep_theirs(table, as_):
    post(as_("bea"), at(table, "draft"), {"title": "Bea’s"})
    data = {**fields_of(director(table), "en"), "over": "0", "submission": "s"}
    assert post(as_("ama"), at(table, "write"), data).status_code == 303
    assert list(kept()) == ["bea"]


def test_a_draft_is_set_aside_once_or_twice(table, as_):
    post(as_("ama"), at(table, "draft"), {"title": "Half"})
    page = as_("ama").get(at(table, "write"))
    assert "Your words here are deleted." in words(page.text)
    for _each in range(2):
        sent = post(as_("ama"), at(table, "draft", "set-aside"))
        assert sent.headers["Location"] == at(table)
        assert kept() == {}
    page = as_("ama").get(at(table, "write"))
    assert "Set this draft aside" not in page.text


def test_two_tabs_of_one_person_keep_the_last_that_was_typed(table, as_):
    tab = typed(as_("ama").get(at(table, "write")).text)
    post(as_("ama"), at(table, "draft"), {**tab, "title": "One tab"}, headers=HTMX)
    post(as_("ama"), at(table, "draft"), {**tab, "title": "Other tab"}, headers=HTMX)
    assert typed(as_("ama").get(at(table, "write")).text)["title"] == "Other tab"


def test_a_draft_outlives_its_terms_and_can_be_read(table, as_):
    keep(table, "bea", {"title": "First", "purpose": "An evening for the two keen teams."})
    table.do("close", "ama")
    assert "Your draft is still here" in as_("bea").get(at(table)).text
    assert "Your draft is still here" not in as_("cai").get(at(table)).text
    found = as_("bea").get(at(table, "write"))
    assert found.status_code == 200
    assert "An evening for the two keen teams." in found.text
    assert as_("cai").get(at(table, "write")).status_code == 409
    post(as_("bea"), at(table, "draft/set-aside"), {})
    assert kept() == {}
    assert as_("bea").get(at(table, "write")).status_code == 409
