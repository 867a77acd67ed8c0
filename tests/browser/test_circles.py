"""A circle from its first word to its first meeting: four people are asked in, and come."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journeys import Visit
from tests.browser.walking import answer

pytestmark = pytest.mark.browser

PURPOSE = "Five of us say every week, out loud, what we would like to be able to do by the spring."
WORDS = "You once said that you would like to write again. This is the place for it."
WILL = "Write the first page, and read it to somebody."


def begin(page: Page, name: str) -> str:
    page.goto("/circles")
    page.get_by_role("link", name="Begin a circle").click()
    page.get_by_role("link", name=re.compile("Working Out Loud")).click()
    page.get_by_label("Its name").fill(name)
    page.get_by_label("What it is for").fill(PURPOSE)
    page.get_by_role("button", name="Begin the circle").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return page.url


def ask_in(page: Page, at: str, handle: str) -> None:
    page.goto(f"{at}/invite")
    page.get_by_label("Or somebody else").fill(handle)
    page.get_by_label("Your words to them").fill(WORDS)
    page.get_by_role("button", name="Ask them in").click()
    expect(page.get_by_text("Your words are with").first).to_be_visible()


@pytest.mark.parametrize(
    ("script", "founder", "others"),
    [
        (True, "ewan", ("lindiwe", "mateus", "beatriz", "anjali")),
        (False, "yusuf", ("salma", "tomasz", "rui", "vesna")),
    ],
)
def test_a_working_out_loud_circle_brings_four_people_in(
    visit: Visit, script: bool, founder: str, others: tuple[str, ...]
):
    name = f"Out loud with {founder}"
    first = visit(founder, script=script)
    at = begin(first, name)
    for each in others:
        ask_in(first, at, each)
        answer(visit(each, script=script), name, "Yes, come in")

    first.goto(f"{at}/life")
    first.get_by_role("button", name="Begin", exact=True).click()
    expect(first.get_by_text("It has begun.")).to_be_visible()
    expect(first.locator("#people .folk > li")).to_have_count(5)

    last = visit(others[0], script=script)
    last.goto(at)
    last.get_by_label("I will").fill(WILL)
    last.get_by_role("button", name="Say so").click()
    expect(last.get_by_text(WILL).first).to_be_visible()
    first.goto(at)
    expect(first.get_by_text(WILL).first).to_be_visible()

    stranger = visit("stelios", script=script)
    stranger.goto(at)
    expect(stranger.get_by_text(PURPOSE)).to_be_visible()
    expect(stranger.get_by_text(WILL)).to_have_count(0)
    expect(stranger.get_by_text("People come in when somebody who facilitates")).to_be_visible()
