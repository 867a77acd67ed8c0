"""Work that comes to people: an approach, a team that agrees, a need, and a no that is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journeys import Visit
from tests.browser.walking import answer

pytestmark = pytest.mark.browser

ANSWERS = [
    "A timetable that decides whether a family stays on an island.",
    "Not yet for everyone. We pay in fourteen days, and it was thirty-one.",
    "One sheet, and one person whom you would otherwise be in the way of.",
    "The crews change with the weather, and the office when somebody retires.",
    "Four of us have done it and would again. One would rather not.",
]
WHY = "She would ask the crews first, and write it down afterwards."
NO = "I owe my evenings elsewhere until the summer. Ask somebody with fewer rivers."


def write(page: Page, need: str) -> None:
    """Fill in the approach that is open in a page, and send it."""
    page.locator("input[name=work]").first.check()
    page.get_by_label("What do you need help with?").fill(need)
    page.get_by_label("Which of their words made you write?").fill("“So that nobody is tired.”")
    page.get_by_label("Roughly how much time?").fill("two days a month")
    page.get_by_label("What could you give in return?").fill("to be found together")
    page.get_by_label("When would it begin?").fill("in March")
    page.get_by_label("Whom would they work with").fill("With me. After a yes I would come to you.")
    page.get_by_role("button", name=re.compile("^Send to ")).click()
    expect(page.get_by_text("Your words are with").first).to_be_visible()


def name_of(page: Page, handle: str) -> str:
    page.goto(f"/people/{handle}")
    return page.locator("h1").inner_text()


def answer_five_questions(page: Page, name: str) -> str:
    page.goto("/organisations")
    page.get_by_role("link", name=name).click()
    at = page.url
    page.get_by_role("link", name=re.compile("^Answer (them again|the five questions)")).click()
    for field, words in zip(page.locator("#write textarea").all(), ANSWERS, strict=True):
        field.fill(words)
    page.get_by_role("button", name="Let these answers stand").click()
    expect(page.get_by_text("Your answers stand.")).to_be_visible()
    return at


def pass_on(page: Page, name: str, words: str) -> None:
    """Pass the approach that is open in a page on to somebody whom its reader knows."""
    page.get_by_role("link", name="Pass it on").first.click()
    page.get_by_label("Whom do you think of?").select_option(label=name)
    page.get_by_label("Why this person").fill(words)
    page.get_by_label("Nothing", exact=True).check()
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("They are asked.")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "asked", "words", "knows"),
    [(True, "anjali", "handover", "keiko"), (False, "yusuf", "roster", "dilnoza")],
)
def test_an_organisation_writes_to_a_member_who_passes_it_on(
    visit: Visit, script: bool, asked: str, words: str, knows: str
):
    need = f"We would like {asked} beside us while three boats become five."
    writer = visit("oskar", script=script)
    at = answer_five_questions(writer, "Merrow Ferries")
    writer.goto(f"{at}/people?q={words}")
    found = writer.locator(f'#found article[data-member="{asked}"]')
    found.get_by_role("link", name=re.compile("^Write to ")).click()
    write(writer, need)

    reader = visit(asked, script=script)
    known = name_of(reader, knows)
    reader.goto("/asks")
    ask = reader.locator("article[data-ask]").filter(has_text=need)
    ask.get_by_role("link", name="Read all of it").click()
    reader.locator("#five summary").click()
    for each in ANSWERS:
        expect(reader.get_by_text(each)).to_be_visible()
    pass_on(reader, known, WHY)

    answer(visit(knows, script=script), WHY, "Yes, ask them")
    answer(writer, WHY, "Yes, let us talk")
    writer.goto("/referrals")
    writer.locator("article[data-referral]").filter(has_text=known).get_by_role(
        "link", name="Go to your conversation"
    ).click()
    expect(writer.get_by_text(known).first).to_be_visible()


def begin_team(visit: Visit, founder: str, other: str, name: str) -> str:
    page = visit(founder)
    page.goto("/circles/new/team")
    page.get_by_label("Its name").fill(name)
    page.get_by_label("What it is for").fill("We stay for the six weeks in which somebody leaves.")
    page.get_by_label("The team may be approached with work").check()
    page.get_by_label("When each of us agrees to talk").check()
    page.get_by_role("button", name="Begin the circle").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    at = page.url.partition("#")[0].partition("?")[0]
    page.goto(f"{at}/invite")
    page.get_by_label("Or somebody else").fill(other)
    page.get_by_label("Your words to them").fill("The two of us have done this twice already.")
    page.get_by_role("button", name="Ask them in").click()
    expect(page.get_by_text("Your words are with").first).to_be_visible()
    answer(visit(other), name, "Yes, come in")
    return at


def test_an_approach_to_a_team_of_two_opens_when_both_have_said_yes(visit: Visit):
    at = begin_team(visit, "temperance", "winsome", "The two of the second year")
    writer = visit("stelios")
    writer.goto(at)
    writer.get_by_role("link", name="Write an approach").click()
    need = "Our oldest grower leaves in April, with thirty years in his head."
    write(writer, need)
    approach = writer.url

    talk = writer.get_by_role("link", name="Go to the conversation")
    for handle, opened in (("temperance", 0), ("winsome", 1)):
        answer(visit(handle), need, "Yes, let us talk")
        writer.goto(approach)
        expect(talk).to_have_count(opened)
    talk.click()
    expect(writer.get_by_text(need)).to_be_visible()


def test_a_need_that_is_shown_to_a_connection_becomes_a_conversation(visit: Visit):
    title, reason = "A night round with one nurse", "I did seventeen winters of them, and liked it."
    holds, reads = visit("salma"), visit("tariq")
    holds.goto("/needs/new")
    holds.get_by_label("In one line").fill(title)
    holds.get_by_label("What you need help with").fill("One nurse and one telephone, from ten on.")
    holds.get_by_label("Your connections").check()
    holds.get_by_role("button", name="Write it down").click()
    expect(holds.get_by_text("It is written, and open for ninety days.")).to_be_visible()

    stranger = visit("stelios").goto(holds.url)
    assert stranger is not None
    assert stranger.status == 404
    reads.goto("/needs")
    reads.get_by_role("link", name=title).click()
    reads.get_by_label("Why the two of you should talk").fill(reason)
    reads.get_by_role("button", name="Let us talk").click()
    expect(reads.get_by_text("It is with whoever wrote the need")).to_be_visible()
    answer(holds, reason, "Yes, let us talk")
    reads.reload()
    reads.get_by_role("link", name="To the conversation").click()
    expect(reads.get_by_text(reason).first).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "told"), [("tomasz", True), ("rui", False)], ids=["a no that is told", "a quiet no"]
)
def test_a_no_reaches_the_writer_only_where_it_was_told(visit: Visit, asked: str, told: bool):
    need = f"I would like {asked} to read one page with me, and to be rude about it."
    writer = visit("mateus")
    writer.goto(f"/people/{asked}/approach")
    write(writer, need)
    approach = writer.url
    waits = writer.get_by_text("It waits. It is open until")
    expect(waits).to_be_visible()

    reader = visit(asked)
    if told:
        reader.goto("/asks")
        ask = reader.locator("article[data-ask]").filter(has_text=need)
        ask.get_by_role("link", name="Tell them no").click()
        reader.get_by_label("Words to go with it, if you like").fill(NO)
        reader.get_by_role("button", name="Tell them no").click()
        expect(reader.get_by_text("You told them no on")).to_be_visible()
    else:
        answer(reader, need, "Not this time")
    writer.goto(approach)
    expect(writer.get_by_text(NO)).to_have_count(int(told))
    expect(waits).to_have_count(int(not told))
