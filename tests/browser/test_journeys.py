"""What people come for, done by them in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import as_member

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
REASON = "Your words about it stayed with me all week; I would like to hear the rest."
FOUND_MS = 5_000
TOO_LONG = "These are words that I would hate to lose. " * 200


def ask(page: Page, handle: str, reason: str = REASON) -> None:
    page.goto(f"/people/{handle}")
    page.get_by_label("Why would you like to be connected?").fill(reason)
    page.get_by_role("button", name=re.compile("^Ask .* to connect$")).click()
    expect(page.get_by_role("status").filter(has_text="Your ask is with")).to_be_visible()


def listed(page: Page, handle: str) -> Locator:
    return page.locator(f'#found article[data-member="{handle}"]')


def assert_gone(page: Page, handle: str, words: str) -> None:
    """Hold that a person is nowhere for whoever looks."""
    answer = page.goto(f"/people/{handle}")
    assert answer is not None
    assert answer.status == 404
    page.goto(f"/people?q={words}")
    expect(listed(page, handle)).to_have_count(0)


def assert_there(page: Page, handle: str, words: str) -> None:
    page.goto(f"/people?q={words}")
    expect(listed(page, handle)).to_be_visible()


@pytest.mark.parametrize(
    ("script", "asker", "asked", "words"),
    [(True, "tomasz", "rui", "cook"), (False, "yusuf", "mateus", "flinching")],
)
def test_two_people_find_each_other_and_connect(
    visit: Visit, script: bool, asker: str, asked: str, words: str
):
    one = visit(script=script)
    one.goto("/demo")
    one.locator(f'button[value="{asker}"]').click()
    one.goto(f"/people?q={words}")
    expect(listed(one, asked).locator("mark").first).to_have_text(re.compile(words, re.IGNORECASE))
    listed(one, asked).get_by_role("link").first.click()
    name = one.locator("h1").inner_text()
    ask(one, asked)

    other = visit(asked, script=script)
    expect(other.locator(".top .ribbon").last).to_be_visible()
    waiting = other.locator("article[data-ask]").filter(has_text=REASON)
    expect(waiting).to_be_visible()
    waiting.get_by_role("button", name="Yes, connect").click()
    if script:
        expect(other.get_by_text("You said yes.")).to_be_focused()
    other.goto(f"/people/{asker}")
    expect(other.get_by_text("You have been connected since")).to_be_visible()
    one.reload()
    expect(one.get_by_text("You have been connected since")).to_be_visible()
    one.goto("/connections")
    expect(one.get_by_role("link", name=name)).to_be_visible()


# What is new on each page: tokens against forged forms, and against sending twice.
NEW_EACH_TIME = re.compile(r'[\w-]{40,}\.[\w-]{6}\.[\w-]{27}|value="[0-9a-f]{32}"')


def as_shown(page: Page, *paths: str) -> list[str]:
    shown = []
    for path in paths:
        page.goto(path)
        shown.append(NEW_EACH_TIME.sub("", page.content()))
    return shown


def test_a_no_changes_nothing_for_whoever_asked_and_can_be_taken_back(visit: Visit, script: bool):
    asker, asked = ("nino", "wanjiru") if script else ("hery", "tariq")
    one = visit(asker)
    ask(one, asked)
    pages = ("/", "/asks", f"/people/{asked}", "/connections", "/people?q=water")
    before = as_shown(one, *pages)

    other = visit(asked, script=script)
    card = other.locator("article[data-ask]").filter(has_text="would like to stay in touch")
    card = card.filter(has_text=REASON)
    card.get_by_role("button", name="Not this time").click()
    if not script:
        other.goto("/asks")
    expect(other.get_by_text("You said not this time.", exact=False).first).to_be_visible()
    assert as_shown(one, *pages) == before

    other.get_by_role("button", name="Take that back").click()
    expect(card.get_by_role("button", name="Not this time")).to_be_visible()
    assert as_shown(one, *pages) == before


def caret(page: Page) -> tuple[str, int]:
    """Return which element has the focus, and where the caret stands in it."""
    state = page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]")
    return state[0], state[1]


def type_and_wait(page: Page, text: str, whole: str) -> None:
    """Type, and wait until the words as a whole were searched for."""
    searched = re.compile(r"[?&]q=" + r"(\+|%20)".join(whole.split()) + "(&|$)")
    with page.expect_response(searched):
        page.keyboard.type(text, delay=20)
    expect(page).to_have_url(searched)


def test_typing_searches_without_moving_the_caret_and_back_leads_back_to_it(visit: Visit):
    page = visit("salma")
    page.goto("/people")
    page.locator("#q").focus()
    type_and_wait(page, "nurses", "nurses")
    expect(listed(page, "lindiwe").locator("mark").first).to_be_visible()
    assert caret(page) == ("q", 6)
    page.keyboard.press("Home")
    type_and_wait(page, "night ", "night nurses")
    assert caret(page) == ("q", 6)
    listed(page, "lindiwe").get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text("Lindiwe Hart-Mabaso")
    page.go_back()
    expect(page.locator("#q")).to_have_value("night nurses")
    expect(listed(page, "lindiwe").locator("mark").first).to_be_visible()


def test_the_sheet_on_a_phone_narrows_the_words_that_were_typed(visit: Visit):
    page = visit("salma", width=390)
    page.goto("/people")
    page.locator("#q").focus()
    type_and_wait(page, "nurses", "nurses")
    page.get_by_role("button", name="Narrow").click()
    sheet = page.locator("#narrow")
    expect(sheet).to_be_visible()
    sheet.get_by_label("An interim role").check()
    sheet.get_by_role("button", name="Narrow").click()
    expect(page.locator("#q")).to_have_value("nurses")
    expect(page).to_have_url(re.compile("work=interim"))
    expect(listed(page, "lindiwe")).to_be_visible()
    expect(listed(page, "keiko")).to_have_count(0)
    page.locator(".chosen").get_by_role("link").click()
    expect(listed(page, "keiko")).to_be_visible()


def test_the_search_that_is_kept_is_the_one_that_was_typed(visit: Visit):
    page = visit("salma")
    page.goto("/people?q=water")
    page.locator("#q").fill("")
    page.locator("#q").focus()
    type_and_wait(page, "nurses", "nurses")
    page.get_by_role("button", name="Keep this search").first.click()
    expect(page.get_by_role("link", name="“nurses”", exact=True)).to_be_visible()


class Clicks:
    """Counts what a newcomer presses."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, found: Locator) -> None:
        self.count += 1
        found.click()


def invite(steward: Page, email: str) -> None:
    steward.goto("/steward")
    steward.get_by_label("Their email address").fill(email)
    steward.get_by_role("button", name="Hold the door open").click()
    expect(steward.get_by_text(f"The letter to {email} is on its way.")).to_be_visible()


def letter_link(page: Page, email: str) -> str:
    """Wait for the letter to an address, and return the link in it."""
    letter = page.locator("article").filter(has_text=f"To {email}")
    for _look in range(40):
        page.goto("/demo/letters")
        if letter.count():
            break
        page.wait_for_timeout(200)
    found = re.search(r"http://\S+/join/\S+", letter.first.inner_text())
    assert found is not None
    return found[0]


def test_a_newcomer_comes_in_by_invitation_and_is_found_by_their_words(visit: Visit, script: bool):
    email = f"newcomer-{'a' if script else 'b'}@bell.example"
    words = "belltower" if script else "lighthouse"
    invite(visit("dara"), email)
    newcomer, press = visit(script=script, width=390), Clicks()
    newcomer.goto(letter_link(newcomer, email))
    newcomer.get_by_label("What people call you").fill("Perpetua Bell")
    press(newcomer.get_by_role("button", name="Come in"))
    newcomer.locator("#purpose").fill(f"I keep the {words} ringing for whoever comes after me.")
    press(newcomer.get_by_role("button", name="Keep it and go on"))
    newcomer.get_by_label("What do you offer?").fill("An hour with the ropes.")
    press(newcomer.get_by_role("button", name="Keep them and go on"))
    press(newcomer.get_by_label("Any member"))
    press(newcomer.get_by_role("button", name="Keep it and go in"))
    expect(newcomer.get_by_text("You can be found now.")).to_be_visible()
    assert press.count == 5

    other = visit("ratna")
    for _look in range(FOUND_MS // 250):
        other.goto(f"/people?q={words}")
        if other.locator("#found article").count():
            break
        other.wait_for_timeout(250)
    expect(other.locator("#found mark").first).to_have_text(words)
    other.locator("#found article").get_by_role("link").first.click()
    expect(other.get_by_role("button", name="Ask Perpetua Bell to connect")).to_be_visible()


def opened(page: Page, part: str, *, script: bool = True) -> Locator:
    """Open the form of one part of the profile, and return the part."""
    section = page.locator(f"section#{part}")
    section.get_by_role("link", name=re.compile("^(Change it|Write it)")).click()
    expect(section.locator("textarea")).to_be_visible()
    if script:
        # The focus comes a moment after the form: what is typed before it goes elsewhere.
        expect(section.locator("textarea")).to_be_focused()
    return section


def test_saving_one_part_keeps_what_is_being_typed_in_another(visit: Visit):
    page = visit("litiana")
    page.goto("/me/profile")
    story, offers = opened(page, "story"), opened(page, "offers")
    story.locator("textarea").fill("Half a sentence that nobody has saved")
    offers.locator("textarea").fill("A map of who moves first.")
    offers.get_by_role("button", name="Save").click()
    said = page.locator("section#offers .notice")
    expect(said).to_contain_text("Saved.")
    expect(said).to_be_focused()
    expect(page.locator("section#offers .words")).to_have_text("A map of who moves first.")
    expect(story.locator("textarea")).to_have_value("Half a sentence that nobody has saved")


def test_words_that_are_too_long_are_kept_beside_a_linked_error(visit: Visit, script: bool):
    page = visit("litiana", script=script)
    page.goto("/me/profile")
    opened(page, "story", script=script).locator("textarea").fill(TOO_LONG)
    page.locator("section#story").get_by_role("button", name="Save").click()
    trouble = page.locator("section#story [role=alert]")
    expect(trouble).to_be_visible()
    expect(trouble).to_be_focused()
    field = page.locator("section#story textarea")
    assert field.input_value().strip() == TOO_LONG.strip()
    trouble.get_by_role("link").first.click()
    if script:
        expect(field).to_be_focused()
    assert page.locator(trouble.get_by_role("link").first.get_attribute("href")).count() == 1
    expect(field).to_have_attribute("aria-invalid", "true")


def test_one_press_pauses_and_one_brings_back(visit: Visit):
    page, other = visit("stelios"), visit("xochitl")
    assert_there(other, "stelios", "olive")
    page.goto("/me/participation")
    page.get_by_role("button", name="Pause everything").click()
    expect(page.get_by_text("Your lamp is out. Nobody is told.")).to_be_visible()
    assert_gone(other, "stelios", "olive")
    page.get_by_role("button", name="Light it again").click()
    expect(page.get_by_text("Your lamp is lit.").last).to_be_visible()
    assert_there(other, "stelios", "olive")


def test_a_block_takes_each_out_of_the_others_network(visit: Visit):
    one, other = visit("sabina"), visit("ratna")
    assert_there(other, "sabina", "oxygen")
    one.goto("/people/ratna")
    one.get_by_role("link", name="Block").click()
    one.get_by_role("button", name="Block Ratna Daeng Puji").click()
    expect(one.locator('article[data-member="ratna"]')).to_be_visible()
    assert_gone(other, "sabina", "oxygen")
    assert_gone(one, "ratna", "insurance")
    one.goto("/me/boundaries")
    one.get_by_role("button", name="Lift the block").click()
    assert_there(other, "sabina", "oxygen")


def tab_to(page: Page, wanted: Locator, *, most: int = 150) -> None:
    """Press Tab until this has the focus: there has to be a way."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab did not reach {wanted}")


def test_the_keyboard_alone_signs_in_searches_and_asks(visit: Visit):
    page = visit()
    page.goto("/demo")
    tab_to(page, page.get_by_role("button", name="Be Ewan Strachan"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    tab_to(page, page.get_by_role("link", name="People", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#q"))
    type_and_wait(page, "evening decide", "evening decide")
    tab_to(page, listed(page, "beatriz").get_by_role("link"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Why would you like to be connected?"))
    page.keyboard.type(REASON)
    tab_to(page, page.get_by_role("button", name="Ask Beatriz Quintela to connect"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your ask is with Beatriz Quintela.", exact=False)).to_be_visible()


def test_the_first_tab_offers_a_way_past_the_menu(visit: Visit, script: bool):
    page = visit("ewan", script=script)
    page.goto("/people")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()


def test_signing_out_ends_it_and_another_may_come_in(visit: Visit, script: bool):
    page = visit("winsome", script=script)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto("/asks")
    expect(page).to_have_url(re.compile("/signin$"))
    as_member(page, "rohan")
    expect(page.locator("h1")).to_contain_text("Rohan")
