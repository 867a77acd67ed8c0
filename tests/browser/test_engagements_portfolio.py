"""What somebody's months come to, before a yes and after it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_engagements import accept
from tests.browser.test_journeys import Visit
from tests.browser.walking import press

pytestmark = pytest.mark.browser

TERMS = "A first director for Veldhaven"
WITH = "Veldhaven"
ELSEWHERE = "Tallow Lane Library"


def months(page: Page) -> list[list[str]]:
    """Return the rows of the table that says what the chart shows."""
    if not page.get_by_role("region", name="Days a month by relationship").is_visible():
        page.get_by_text("The same as a table").click()
    rows = page.get_by_role("region", name="Days a month by relationship").locator("tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def balance(page: Page, path: str = "/portfolio") -> tuple[str, list[list[str]]]:
    page.goto(path)
    return page.locator(".lede").inner_text(), months(page)


def test_a_yes_fills_the_months_that_it_was_said_to_fill(visit: Visit):
    page = visit("ama")
    said, filled = balance(page)
    key = page.get_by_role("list", name="Key to the chart")
    expect(key.get_by_text(f"{WITH}, still on the table")).to_be_visible()
    page.get_by_role("link", name=f"Leave {WITH} out").click()
    page.wait_for_url("**/portfolio?without=*")
    less_said, less = page.locator(".lede").inner_text(), months(page)
    assert WITH in filled[0]
    assert WITH not in less[0]
    assert less_said != said

    page.goto("/engagements")
    page.get_by_role("link", name=TERMS).click()
    terms = page.url
    accept(page, terms, 3)
    expect(page.get_by_text("It is agreed: everybody has accepted")).to_be_visible()
    now_said, now = balance(page)
    assert now == filled
    assert now_said != said
    expect(key.get_by_text(WITH, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=f"Leave {WITH} out")).to_have_count(0)


def test_a_promise_is_found_before_a_yes(visit: Visit, script: bool):
    page = visit("ama", script=script)
    page.goto("/portfolio")
    page.get_by_label("Who would it be with?").fill("Another port, further south")
    press(page, "Check", to="/portfolio/check", status=200)
    found = page.locator("#check")
    expect(found.get_by_text("One promise to look at")).to_be_visible()
    expect(found.get_by_text("Ama tells us before she works for another port.")).to_be_visible()
    expect(page.get_by_label("Who would it be with?")).to_have_value("Another port, further south")


def test_work_elsewhere_counts_until_it_is_taken_out(visit: Visit, script: bool):
    page = visit("salma", script=script)
    page.goto("/portfolio/outside")
    page.get_by_label("Whom is it with?").fill(ELSEWHERE)
    page.get_by_label("How many days?").fill("three")
    press(page, "Keep this", to="/portfolio/outside", status=422)
    assert page.get_by_label("How many days?").input_value() == "three"
    page.get_by_label("How many days?").fill("3")
    press(page, "Keep this", to="/portfolio/outside")
    assert ELSEWHERE in months(page)[0]

    to_it = page.get_by_role("link", name=re.compile(f"^Change or take out.*{ELSEWHERE}"))
    to_it.click()
    press(page, "Take it out", to="/take-out")
    expect(page.get_by_text(f"{ELSEWHERE} is not counted any more.")).to_be_visible()
    expect(to_it).to_have_count(0)
