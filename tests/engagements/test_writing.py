from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from network.db import reading, transaction
from network.engagements.forms_terms import fields_of
from network.engagements.models import Draft, Negotiation, Party, Version
from network.engagements.starting import Start
from network.engagements.terms import from_text
from network.members.models import Member, SignIn
from network.members.services.boundaries import block
from tests.conftest import NOON, post
from tests.engagements.pages import at, director, member, words
from tests.engagements.typed import read, typed

HTMX = {"HX-Request": "true"}


@pytest.fixture
def send(as_, table):
    """Send the form of terms as somebody: what their page holds, and what they type over it."""

    def do(handle, path="write", *, page=None, headers=None, **changed):
        held = typed(page or as_(handle).get(at(table, "write")).text)
        data = {**held, **{name.replace("__", "-"): value for name, value in changed.items()}}
        return post(as_(handle), at(table, path), data, headers=headers or {})

    return do


def written(table, number):
    with reading() as db:
        return from_text(db.get_one(Version, (table.id, number)).text)


def drafts():
    with reading() as db:
        return {each.party_id: each for each in db.scalars(select(Draft))}


@pytest.mark.parametrize(
    ("handle", "status"),
    [("ama", 200), ("bea", 200), ("dov", 404), ("", 303)],
)
def test_inv_36_only_parties_write_terms(table, visit, client, make_member, handle, status):
    make_member("dov")
    for path in (at(table, "write"), "/negotiations/nowhere/write"):
        page = visit(handle, path) if handle else client.get(path)
        assert page.status_code == (status if path == at(table, "write") or not handle else 404)


def test_a_first_version_is_typed_and_lies_on_the_table(table, send, visit):
    fields = fields_of(director(table), "en")
    assert send("ama", **{k.replace("-", "__"): v for k, v in fields.items()}).status_code == 303
    assert written(table, 1) == director(table)
    assert table.stands() == ("open", 1, 1)
    assert drafts() == {}


@pytest.mark.parametrize("start", Start)
def test_a_page_begins_from_each_template_in_words_that_can_be_sent(table, visit, start):
    page = visit("ama", at(table, f"write?start={start.value}"))
    assert page.status_code == 200
    assert "not legal advice" in page.text
    assert "You" in page.text


def test_a_counter_version_begins_from_the_one_on_the_table_and_keeps_its_lines(table, send):
    table.put("ama", 0, terms=director(table))
    sent = send("bea", cash__0__amount="4,250", why="Five days, so five sixths.")
    assert sent.status_code == 303
    before, after = written(table, 1), written(table, 2)
    assert after.cash[0].amount.minor == 425_000
    assert (after.times, after.others) == (before.times, before.others)
    assert after.cash[0].key == before.cash[0].key


def test_what_was_withdrawn_is_what_the_next_version_begins_from(table, visit):
    table.put("ama", 0, terms=director(table))
    table.do("withdraw", "ama", number=1)
    page = visit("ama", at(table, "write"))
    assert typed(page.text)["title"] == "A first director"
    assert "version 2" in words(page.text)


def test_a_mistake_comes_back_with_all_that_was_typed_and_is_kept(table, send, visit):
    table.put("ama", 0, terms=director(table))
    page = send("bea", cash__0__amount="a lot", scope="Other words.", valid_until="soon")
    assert page.status_code == 422
    assert 'href="#cash-0-amount"' in page.text
    assert "“a lot” is not an amount." in words(page.text)
    for found in (typed(page.text), typed(visit("bea", at(table, "write")).text)):
        assert found["cash-0-amount"] == "a lot"
        assert found["scope"] == "Other words."
        assert found["valid_until"] == "soon"
    assert table.stands() == ("open", 1, 1)


def test_a_line_is_added_without_script_and_the_page_comes_back_at_it(table, send, as_):
    table.put("ama", 0, terms=director(table))
    sent = send("bea", "draft", do="add-cash", scope="Half a thought")
    assert sent.headers["Location"].endswith("write?at=cash-1")
    page = read(as_("bea").get(sent.headers["Location"]).text)
    assert page.fields["scope"] == "Half a thought"
    assert page.fields["cash-1-currency"] == "EUR"
    assert page.focused == "cash-1-giver"
    assert page.order.index("cash-0-when") < page.order.index("cash-1-giver")


def test_a_line_is_taken_out_without_script_and_the_others_stay(table, send, as_):
    table.put("ama", 0, terms=director(table))
    sent = send("bea", "draft", do="out-cash-0", title="Without money")
    page = read(as_("bea").get(sent.headers["Location"]).text)
    assert page.focused == "add-cash"
    assert page.fields["title"] == "Without money"
    assert "cash-0-amount" not in page.fields
    assert page.fields["others-0-what"] == "A seat in its course."


def test_an_amount_is_parted_without_script(table, send, as_):
    table.put("ama", 0, terms=director(table))
    sent = send("bea", "draft", do="part-cash-0")
    found = typed(as_("bea").get(sent.headers["Location"]).text)
    shares = {found[f"cash-0-split-{n}-party"]: found[f"cash-0-split-{n}-amount"] for n in range(3)}
    keys = table.keys()
    assert shares == {keys["ama"]: "2,550", keys["cai"]: "2,550", keys["bea"]: ""}


def test_what_the_enter_key_presses_keeps_the_draft_and_nothing_else(table, visit):
    table.put("ama", 0, terms=director(table))
    page = read(visit("bea", at(table, "write")).text)
    assert page.buttons[0] == ("do", "keep")
    assert [value for _name, value in page.buttons[1:]] == [
        "out-times-0",
        "add-times",
        "part-cash-0",
        "out-cash-0",
        "add-cash",
        "out-others-0",
        "add-others",
        "",
        "keep",
    ]


def test_the_keyboard_goes_through_the_form_as_terms_are_read(table, visit):
    table.put("ama", 0, terms=director(table))
    order = read(visit("bea", at(table, "write")).text).order
    parts = ["purpose", "times-0-party", "cash-0-giver", "others-0-giver", "authority", "ending"]
    assert [name for name in order if name in parts] == parts
    assert order[-2:] == ["why", "valid_until"]


def test_a_newer_version_that_came_meanwhile_stops_it_and_keeps_every_word(table, send, visit):
    page = visit("bea", at(table, "write")).text
    table.put("ama", 0, terms=director(table))
    fields = fields_of(director(table, title="Bea’s own"), "en")
    late = send("bea", page=page, **{k.replace("-", "__"): v for k, v in fields.items()})
    assert late.status_code == 409
    assert typed(late.text)["title"] == "Bea’s own"
    assert "Version 1 came to the table while you were writing." in words(late.text)
    assert f'href="{at(table)}"' in late.text
    assert table.stands() == ("open", 1, 1)
    again = visit("bea", at(table, "write")).text
    assert typed(again)["title"] == "Bea’s own"
    assert ("came", "1") in read(again).buttons


def test_what_was_overtaken_is_put_in_its_place_once_that_was_read(table, send, visit):
    page = visit("bea", at(table, "write")).text
    table.put("ama", 0, terms=director(table))
    fields = fields_of(director(table, title="Bea’s own"), "en")
    changed = {k.replace("-", "__"): v for k, v in fields.items()}
    assert send("bea", page=page, **changed).status_code == 409
    assert send("bea", came="1").status_code == 303
    assert written(table, 2).title == "Bea’s own"
    assert table.stands() == ("open", 2, 2)


def test_what_came_after_what_was_read_stops_it_again(table, send, visit):
    page = visit("bea", at(table, "write")).text
    fields = {k.replace("-", "__"): v for k, v in fields_of(director(table), "en").items()}
    table.put("ama", 0, terms=director(table))
    send("bea", page=page, **fields)
    table.put("ama", 1, terms=director(table, title="Once more"))
    assert send("bea", came="1").status_code == 409
    assert table.stands() == ("open", 2, 2)


def test_inv_20_a_form_that_is_sent_twice_is_one_version(table, send, visit):
    page = visit("ama", at(table, "write")).text
    fields = {k.replace("-", "__"): v for k, v in fields_of(director(table), "en").items()}
    first = send("ama", page=page, **fields)
    assert send("ama", page=page, **fields).headers["Location"] == first.headers["Location"]
    assert table.stands() == ("open", 1, 1)


def test_other_words_from_a_second_tab_are_not_lost(table, send, visit):
    page = visit("ama", at(table, "write")).text
    fields = {k.replace("-", "__"): v for k, v in fields_of(director(table), "en").items()}
    send("ama", page=page, **fields)
    late = send("ama", page=page, **{**fields, "title": "From the other tab"})
    assert late.status_code == 409
    assert typed(late.text)["title"] == "From the other tab"
    assert written(table, 1).title == "A first director"


def test_who_has_not_shown_lately_that_it_is_them_does_so_first_and_loses_nothing(table, send, as_):
    as_("ama")
    with transaction() as db:
        db.execute(update(SignIn).values(fresh_at=NOON - timedelta(days=1)))
    fields = {k.replace("-", "__"): v for k, v in fields_of(director(table), "en").items()}
    sent = send("ama", **fields)
    assert sent.headers["Location"] == "/signin/again"
    assert table.stands() == ("open", 0, 0)
    with as_("ama").session_transaction() as cookie:
        assert cookie["next"] == at(table, "write")
    assert typed(as_("ama").get(at(table, "write")).text)["title"] == "A first director"


@pytest.mark.parametrize("path", ["write", "draft"])
def test_nothing_is_written_into_terms_that_are_over(table, send, visit, path):
    page = visit("bea", at(table, "write")).text
    table.do("close", "ama")
    answer = send("bea", path, page=page, scope="Words that are not lost")
    assert answer.status_code == 409
    assert "Words that are not lost" in answer.text
    assert drafts() == {}


def test_whoever_left_writes_nothing_more(table, send, visit):
    page = visit("cai", at(table, "write")).text
    table.do("leave", "cai")
    assert send("cai", "draft", page=page).status_code == 409
    assert "cai" not in {each.lower() for each in typed(visit("ama", at(table, "write")).text)}


def test_whoever_leaves_by_a_block_of_their_own_keeps_what_they_had_typed(table, send, visit):
    page = visit("bea", at(table, "write")).text
    with transaction() as db:
        bea = db.get_one(Member, member("bea").id)
        block(db, bea, blocked_id=member("ama").id, now=datetime.now(UTC))
    fields = fields_of(director(table), "en") | {"scope": "Words that are not lost"}
    answer = send("bea", page=page, **{k.replace("-", "__"): v for k, v in fields.items()})
    assert answer.status_code == 303
    left = visit("bea", answer.location)
    assert left.status_code == 200
    assert "Words that are not lost" in left.text


def test_whoever_may_not_sign_any_more_keeps_what_they_had_typed(table, send, visit):
    with transaction() as db:
        party = db.scalars(select(Party).where(Party.member_id == member("bea").id)).one()
        party.organisation_name = "An organisation that is gone"
    fields = fields_of(director(table), "en") | {"scope": "Words that are not lost"}
    answer = send("bea", **{k.replace("-", "__"): v for k, v in fields.items()})
    assert answer.status_code == 403
    assert "Words that are not lost" in answer.text
    assert typed(visit("bea", at(table, "write")).text)["scope"] == "Words that are not lost"


@pytest.mark.parametrize("path", ["write", "draft"])
@pytest.mark.parametrize("name", ["times-²-party", f"times-{'9' * 5000}-party", "cash-0-split-²-a"])
def test_a_name_that_no_page_has_is_let_lie(table, send, path, name):
    assert send("ama", path, **{name: "ama"}).status_code in {303, 422}


def test_somebody_whom_a_block_parts_from_the_writer_is_not_named_to_them(table, visit):
    with transaction() as db:
        bea = db.get_one(Member, member("bea").id)
        block(db, bea, blocked_id=member("ama").id, now=datetime.now(UTC))
    page = visit("ama", at(table, "write")).text
    assert "Bea Example" not in page
    assert "Cai Example" in page


@pytest.mark.parametrize("lines", [1, 40])
def test_the_form_asks_as_much_for_forty_lines_as_for_one(table, as_, ran, lines):
    terms = director(table)
    many = {
        name: tuple(
            type(line)(
                **{**{f: getattr(line, f) for f in line.__dataclass_fields__}, "key": f"k{n}"}
            )
            for n in range(lines)
        )
        for name in ("times", "cash", "others")
        for line in getattr(terms, name)
    }
    table.put("ama", 0, terms=director(table, **many))
    client = as_("bea")
    client.get(at(table, "write"))
    statements = ran(lambda: client.get(at(table, "write")))
    selects = [each for each in statements if each.startswith("SELECT")]
    assert len(selects) == 7


def test_nothing_of_it_is_kept_while_one_only_reads(table, visit):
    visit("bea", at(table, "write?start=team"))
    assert drafts() == {}
    with reading() as db:
        assert db.get_one(Negotiation, table.id).last == 0
        assert db.scalars(select(Party.left_at)).all() == [None] * 3
