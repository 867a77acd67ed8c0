"""Work that was agreed on ends well: said by both, handed over, and put in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journeys import Visit
from tests.browser.test_organisations import name_of
from tests.browser.walking import press

pytestmark = pytest.mark.browser

LEFT = (
    "The list hangs behind the door. Whoever comes next writes below it, and crosses out nothing."
)
SEEN = "You wrote down what I said, and then asked whether I had meant it. I had not."
HEARD = "You waited until I had heard it by myself. It took a week, and you waited."
REPLY = "It took me longer than a week to learn to wait."


def at_work(page: Page, title: str) -> str:
    """Open the work of this name; return its address."""
    page.goto("/engagements")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    return page.url


def hand_over(page: Page) -> None:
    page.get_by_role("link", name="Write a handover").click()
    page.get_by_label("Title").fill("Where the list hangs")
    page.locator("textarea[name=words]").fill(LEFT)
    press(page, "Leave it behind", to="/left/new")
    expect(page.get_by_text(LEFT)).to_be_visible()


TESTIFY = re.compile("^Write to .* about it")


def put_in_words(page: Page, work: str, words: str) -> None:
    page.goto(work)
    page.get_by_role("link", name=TESTIFY).click()
    page.locator("textarea[name=words]").fill(words)
    press(page, re.compile("^Keep these words for "), to="/testimony")
    page.goto(work)
    expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize(
    ("script", "title", "one", "other", "begins"),
    [
        (True, "Listening to pumps", "otis", "wanjiru", False),
        (False, "A page about a cupboard", "ifeoma", "rui", True),
    ],
    ids=["script", "no script"],
)
def test_what_both_call_complete_is_handed_over_and_put_in_words(
    visit: Visit, script: bool, title: str, one: str, other: str, begins: bool
):
    mine, theirs = visit(one, script=script), visit(other, script=script)
    my_name = name_of(mine, one)
    work = at_work(mine, title)
    if begins:
        press(mine, "It has begun", to="/begin")
    press(mine, "It is complete", to="/complete")
    expect(mine.get_by_text("You said that it is complete.")).to_be_visible()
    theirs.goto(work)
    expect(theirs.get_by_text(re.compile(f"{my_name} said on .* complete"))).to_be_visible()
    press(theirs, "It is complete", to="/complete")
    expect(theirs.get_by_text("Everybody said that it is complete.")).to_be_visible()

    hand_over(theirs)
    mine.goto(work)
    expect(mine.get_by_text(LEFT)).to_be_visible()

    put_in_words(mine, work, SEEN)
    theirs.goto(work)
    expect(theirs.get_by_text(SEEN)).to_have_count(0)
    expect(theirs.get_by_role("link", name=TESTIFY)).to_be_visible()
    put_in_words(theirs, work, HEARD)
    expect(theirs.get_by_text(SEEN)).to_be_visible()
    mine.goto(work)
    expect(mine.get_by_text(HEARD)).to_be_visible()

    mine.get_by_role("link", name=re.compile("^Answer, once")).click()
    mine.locator("textarea[name=words]").fill(REPLY)
    press(mine, "Answer", to="/reply")
    theirs.goto(work)
    expect(theirs.get_by_text(REPLY)).to_be_visible()

    reader = visit("tomasz", script=script)
    shown = f"/people/{one}"
    reader.goto(shown)
    expect(reader.get_by_text(HEARD)).to_have_count(0)
    press(mine, re.compile("^Let members read it on your page"), to="/show")
    reader.goto(shown)
    for words in (HEARD, REPLY):
        expect(reader.locator("#after-work").get_by_text(words)).to_be_visible()
    expect(reader.get_by_text(SEEN)).to_have_count(0)
