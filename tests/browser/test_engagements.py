"""People who talk find terms: versions and counters, a fresh sign-in, a yes of everybody."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_journeys import Visit
from tests.browser.test_organisations import begin_team, name_of, write
from tests.browser.walking import answer, press
from tests.faults.running import Running

pytestmark = pytest.mark.browser

PURPOSE = "That the sixth team begins with people who chose each other."
LEARN = "A seat at the meeting at which the pay is decided"
WHY = "I would rather hear how you decide than be paid a fifth day."
LINK = re.compile(r"http://\S+/signin/link/\S+")


def line(page: Page, which: str) -> Locator:
    """Return the fields of one line of terms: `Time, line 1`."""
    return page.get_by_role("group", name=which, exact=True)


def approach(visit: Visit, writer: Page, member: str, *, script: bool) -> Page:
    """Let an organisation approach a member who says yes; leave both in their conversation."""
    need = f"We would like {member} beside us while a sixth team begins."
    writer.goto(f"/people/{member}/approach")
    writer.get_by_role("button", name=re.compile("^Write for ")).click()
    expect(writer.get_by_text("You write for yourself.")).to_have_count(0)
    write(writer, need)
    at = writer.url
    reader = visit(member, script=script)
    answer(reader, need, "Yes, let us talk")
    writer.goto(at)
    writer.get_by_role("link", name="Go to the conversation").click()
    reader.goto(writer.url)
    return reader


def begin(page: Page, start: str) -> str:
    """Begin terms from the conversation that is open, in a template's words."""
    page.get_by_role("link", name="Find terms together").click()
    page.get_by_label(start).check()
    press(page, "Begin to write", to="/negotiations/new")
    page.wait_for_url("**/write")
    return page.url.removesuffix("/write")


def put(page: Page, number: int) -> None:
    press(page, f"Put version {number} on the table", to="/write")
    expect(page.get_by_text(f"Version {number} is on the table. The others")).to_be_visible()


def counter(page: Page, terms: str) -> None:
    """Open the form in which what lies on the table is changed."""
    page.goto(terms)
    page.get_by_role("link", name="Propose changes").click()
    page.wait_for_url("**/write")


def accept(page: Page, terms: str, number: int) -> None:
    page.goto(terms)
    page.get_by_role("link", name=f"Accept version {number}", exact=True).click()
    page.wait_for_url("**/accept")
    press(page, f"Accept version {number}", to="/accept")


def sign_in_lies_back(instance: Path, handle: str) -> None:
    """Let whoever is signed in have shown a day ago that it is them."""
    with closing(sqlite.connect(instance / "network.db", timeout=10)) as db, db:
        db.execute(
            "UPDATE sign_in SET fresh_at = strftime('%Y-%m-%d %H:%M:%f000', fresh_at, '-1 day')"
            " WHERE member_id = (SELECT id FROM member WHERE handle = ?)",
            [handle],
        )


def show_again_that_it_is_me(page: Page) -> None:
    """Ask for a link by letter, and follow it."""
    email = re.search(r"It goes to (\S+@\S+),", page.locator("main").inner_text())
    assert email is not None
    press(page, "Send me a link", to="/signin/again/link", status=200)
    letter = page.locator("article").filter(has_text=f"To {email[1]}").filter(has_text=LINK)
    for _look in range(40):
        page.goto("/demo/letters")
        if letter.count():
            break
        page.wait_for_timeout(200)
    found = LINK.search(letter.first.inner_text())
    assert found is not None
    page.goto(found[0])
    press(page, "Come in", to="/signin/link/")


def first_version(page: Page) -> None:
    """Write a template's words into terms of one's own."""
    page.get_by_label("Purpose", exact=True).fill(PURPOSE)
    line(page, "Time, line 1").get_by_label("Days", exact=True).fill("5")
    line(page, "Money, line 1").get_by_label("How much", exact=True).fill("4,000")


def learn_instead(page: Page) -> None:
    """Give a day back for something else, on a line that a press of a button adds."""
    line(page, "Time, line 1").get_by_label("Days", exact=True).fill("4")
    page.get_by_label("Why you write it so").fill(WHY)
    press(page, "Add a line of other value", to="/draft")
    added = line(page, "Other value, line 1")
    expect(added.get_by_label("Who gives")).to_be_focused()
    assert page.get_by_label("Why you write it so").input_value() == WHY
    offered = added.get_by_label("Who gives").locator("option").all_inner_texts()
    host = next(each for each in offered if each not in {"Choose", "You"})
    added.get_by_label("Who gives").select_option(label=host)
    added.get_by_label("Who receives").select_option(label="You")
    added.get_by_label("What it is", exact=True).select_option(label="learning")
    added.get_by_label("What is given").fill(LEARN)


@pytest.mark.parametrize(
    ("script", "speaks", "member"),
    [(True, "hanneke", "otgon"), (False, "ingvild", "ratna")],
    ids=["script", "no script"],
)
def test_an_organisation_and_a_member_agree_after_two_counters(
    visit: Visit, network: Running, script: bool, speaks: str, member: str
):
    host = visit(speaks, script=script)
    works = approach(visit, host, member, script=script)
    terms = begin(host, "A fractional role: some days a month, for a good while")
    first_version(host)
    put(host, 1)

    works.goto("/engagements")
    works.get_by_role("link", name="A fractional role").click()
    counter(works, works.url)
    learn_instead(works)
    put(works, 2)

    host.goto(terms)
    expect(host.get_by_text(WHY)).to_be_visible()
    expect(host.locator("ins").filter(has_text=re.compile(r"\b4\s*$"))).to_be_visible()
    counter(host, terms)
    line(host, "Money, line 1").get_by_label("How much", exact=True).fill("3,400")
    put(host, 3)

    sign_in_lies_back(network.instance, member)
    works.goto(terms)
    works.get_by_role("link", name="Accept version 3", exact=True).click()
    show_again_that_it_is_me(works)
    works.wait_for_url("**/versions/3/accept")
    press(works, "Accept version 3", to="/accept")
    expect(works.get_by_text("It is agreed: everybody has accepted")).to_be_visible()
    works.get_by_role("link", name="Read the whole agreement").click()
    for words in (PURPOSE, LEARN, "€3,400", name_of(visit(speaks), member)):
        expect(works.get_by_text(words).first).to_be_visible()
    expect(works.get_by_text("€4,000")).to_have_count(0)

    host.goto("/engagements")
    host.get_by_role("link", name="A fractional role").click()
    press(host, "It has begun", to="/begin")
    expect(host.get_by_text("The work began on")).to_be_visible()


PARTED = "Nine of us can berth a boat without being told how."
CLIENT = "oksana"


def a_team_of_two(visit: Visit, *, name: str) -> tuple[Page, str]:
    """Let a team of two take an approach; return its founder's page at the conversation of three,
    and the name of the client.
    """
    at = begin_team(visit, "neve", "illari", name)
    client = visit(CLIENT)
    client.goto(at)
    client.get_by_role("link", name="Write an approach").click()
    need = f"Our ferryman stops in May, and we would like {name} with whoever follows."
    write(client, need)
    approached = client.url
    for handle in ("neve", "illari"):
        answer(visit(handle), need, "Yes, let us talk")
    client.goto(approached)
    client.get_by_role("link", name="Go to the conversation").click()
    client.wait_for_url("**/conversations/*")
    founder = visit("neve")
    called = name_of(founder, CLIENT)
    founder.goto(client.url)
    return founder, called


def test_a_team_of_two_and_a_client_agree_once_the_shares_add_up(visit: Visit):
    page, client = a_team_of_two(visit, name="The two at the slipway")
    mate = name_of(visit("neve"), "illari")
    terms = begin(page, "A team that shares what it is given")
    page.get_by_label("Purpose", exact=True).fill(PARTED)
    for nth in (1, 2):
        given = line(page, f"Time, line {nth}")
        given.get_by_label("Who gives it").select_option(label=["You", mate][nth - 1])
        given.get_by_label("Days", exact=True).fill("12")
    money = line(page, "Money, line 1")
    money.get_by_label("Who gives", exact=True).select_option(label=client)
    money.get_by_label("Who receives").select_option(label="You")
    money.get_by_label("How much", exact=True).fill("9,000")
    money.get_by_label("Currency").fill("NOK")
    shared = money.get_by_text("Share it in a team")
    if not money.get_by_label(mate, exact=True).is_visible():
        shared.click()
    money.get_by_label("You", exact=True).fill("5,000")
    money.get_by_label(mate, exact=True).fill("3,000")
    money.get_by_label(client, exact=True).fill("")
    press(page, "Put version 1 on the table", to="/write", status=422)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(money.get_by_text("The shares do not add up to the whole.")).to_be_visible()
    assert page.get_by_label("Purpose", exact=True).input_value() == PARTED
    assert money.get_by_label(mate, exact=True).input_value() == "3,000"
    money.get_by_label(mate, exact=True).fill("4,000")
    put(page, 1)

    accept(visit("illari"), terms, 1)
    last = visit(CLIENT)
    accept(last, terms, 1)
    expect(last.get_by_text("It is agreed: everybody has accepted")).to_be_visible()
    page.goto(terms)
    page.get_by_role("link", name="Read the agreement").click()
    for words in (PARTED, "NOK\xa05,000", "NOK\xa04,000"):
        expect(page.get_by_text(words).first).to_be_visible()


def test_a_draft_keeps_itself_and_waits_for_its_writer(visit: Visit):
    page = visit("keiko")
    page.goto("/engagements")
    page.get_by_role("link", name="Thirty years of a harbour").click()
    counter(page, page.url)
    before, words = page.url, "He says that the drawer sticks. We would bring a second one."
    with page.expect_response(lambda got: got.url.endswith("/draft")) as kept:
        page.get_by_label("Why you write it so").press_sequentially(words)
    assert kept.value.status == 200
    expect(page.get_by_text("Kept as your draft on")).to_be_visible()
    page.goto("/")
    page.goto(before)
    expect(page.get_by_label("Why you write it so")).to_have_value(words)
    other = visit("ewan")
    other.goto(before)
    expect(other.get_by_label("Why you write it so")).to_have_value("")

    page.get_by_text("Set this draft aside").click()
    press(page, "Delete my draft", to="/set-aside")
    page.goto(before)
    expect(page.get_by_label("Why you write it so")).to_have_value("")
