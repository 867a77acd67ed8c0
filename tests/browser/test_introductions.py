"""Meeting through somebody: asked for, carried, answered twice, and a conversation of three."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journeys import Visit

pytestmark = pytest.mark.browser

BLURB = "I keep a small archive of how shared kitchens end, and she has closed one well."
WHY = "To go on from there with you."
OURS = "Here is what I meant by closing one well."


def be_a_way(page: Page) -> None:
    page.goto("/me/participation")
    page.get_by_label("My connections may see whom I could introduce them to").check()
    page.locator("#ways").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()


def waiting(page: Page) -> None:
    page.goto("/asks")
    expect(page.get_by_text(BLURB).first).to_be_visible()


@pytest.mark.parametrize(
    ("script", "asker", "connector", "target"),
    [(True, "tariq", "salma", "mariama"), (False, "oksana", "vesna", "razvan")],
)
def test_somebody_is_introduced_and_connects(
    visit: Visit, script: bool, asker: str, connector: str, target: str
):
    between = visit(connector, script=script)
    be_a_way(between)

    one = visit(asker, script=script)
    one.goto(f"/people/{target}")
    one.locator(f'a[href*="through={connector}"]').first.click()
    one.get_by_role("textbox", name="Your words").fill(BLURB)
    one.get_by_role("button", name=re.compile("^Ask ")).click()
    expect(one.get_by_text("Your words are with")).to_be_visible()

    waiting(between)
    card = between.locator("article[data-ask]").filter(has_text=BLURB)
    card.get_by_role("button", name="Yes, pass it on").click()
    expect(between.get_by_text("You pass the words on").first).to_be_visible()

    other = visit(target, script=script)
    waiting(other)
    letter = other.locator("article[data-ask]").filter(has_text=BLURB)
    letter.get_by_role("button", name="Yes, introduce us").click()
    expect(other.get_by_text(re.compile("have been introduced|You said yes")).first).to_be_visible()
    other.goto("/introductions")
    other.get_by_role("link", name="Go to your conversation").first.click()
    expect(other.get_by_text(BLURB).first).to_be_visible()
    other.locator("textarea").first.fill(OURS)
    other.get_by_role("button", name="Send").click()

    one.goto("/introductions")
    one.get_by_role("link", name="Go to your conversation").first.click()
    expect(one.get_by_text(OURS)).to_be_visible()
    one.get_by_role("link", name=re.compile("^Ask .* to connect$")).first.click()
    one.get_by_label("Why would you like to be connected?").fill(WHY)
    one.locator("#reach").get_by_role("button", name=re.compile("^Ask .* to connect$")).click()
    expect(one.get_by_text("Your ask is with").first).to_be_visible()
    other.goto("/asks")
    letter = other.locator("article[data-ask]").filter(has_text=WHY)
    letter.get_by_role("button", name="Yes, connect").click()
    expect(other.get_by_text("You said yes. You and").first).to_be_visible()
    other.goto(f"/people/{asker}")
    expect(other.get_by_text("You have been connected since")).to_be_visible()
    expect(other.get_by_text(re.compile("introduced you")).first).to_be_visible()


def test_an_introduction_that_one_does_not_want_is_not_made_by_anybody(visit: Visit):
    between, one, other = visit("yusuf"), visit("nour"), visit("stelios")
    between.goto("/introductions/new")
    between.get_by_label("One of them").select_option("nour")
    between.get_by_label("The other").select_option("stelios")
    between.get_by_label("Your words to both").fill(BLURB)
    between.get_by_role("button", name="Ask them both").click()
    expect(between.get_by_text("Both are asked")).to_be_visible()
    shown = between.locator("main").inner_text()

    waiting(one)
    card = one.locator("article[data-ask]").filter(has_text=BLURB)
    card.get_by_role("button", name="Yes, introduce us").click()
    expect(one.get_by_text("You said yes to meeting").first).to_be_focused()
    waiting(other)
    card = other.locator("article[data-ask]").filter(has_text=BLURB)
    card.get_by_text("Not now, ask me again").click()
    card.get_by_role("button", name="in three months").click()
    expect(other.get_by_text("Not now. You are shown it again on").first).to_be_focused()

    between.goto("/introductions")
    assert between.locator("main").inner_text() == shown
    one.goto("/introductions")
    expect(one.get_by_text("You said yes. It is open until").first).to_be_visible()
