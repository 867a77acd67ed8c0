"""axe finds nothing wrong with any page, for any viewer, light and dark, on a phone and a table."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_journeys import invite, letter_link
from tests.browser.walking import STARTS, look_at

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
PHONE, TABLE = (390, 844), (1280, 900)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the colours decide; the rest of a page is the same in the dark.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
RUN = """async ([rules, tags]) => {
  const runOnly = rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags}
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"], elementRef: false})
  const shown = node => node.target.join(" ") + " " + node.html.slice(0, 90)
  return found.violations.map(rule =>
    `${rule.id}: ${rule.nodes.slice(0, 3).map(shown).join(" | ")}`)
}"""
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def axe() -> str:
    """The checks, as they are fetched with the front end's other files."""
    if not AXE.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{AXE} is missing: make assets")
    return AXE.read_text()


@pytest.fixture
def violations(axe: str) -> Callable[[Page], list[str]]:
    def look(page: Page) -> list[str]:
        page.evaluate(axe)
        found = []
        for scheme, size in [
            ("light", TABLE),
            ("light", PHONE),
            ("dark", PHONE),
            ("dark", TABLE),
        ]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": size[0], "height": size[1]})
            rules = OF_COLOUR if scheme == "dark" else []
            where = f"{page.url} {scheme} {size[0]}: "
            found += [where + each for each in page.evaluate(RUN, [rules, TAGS])]
        page.emulate_media(color_scheme="light")
        return found

    return look


@pytest.mark.parametrize("who", STARTS, ids=lambda who: who or "signed out")
def test_axe_finds_nothing_on_any_page(visit: Visit, violations, who: str):
    page = visit(who.partition(",")[0])
    page.goto("/")
    assert look_at(page, who, violations).troubles == []


def test_axe_finds_what_it_should(visit: Visit, violations):
    page = visit()
    page.goto("/signin")
    page.locator("label[for=email]").first.evaluate("label => label.remove()")
    assert [found for found in violations(page) if "label: " in found]


def test_axe_finds_nothing_on_the_way_of_a_newcomer(visit: Visit, violations):
    invite(visit("dara"), "axe@bell.example")
    page = visit()
    page.goto(letter_link(page, "axe@bell.example"))
    found = violations(page)
    with page.expect_navigation():
        send(page, "Come in", name="Perpetua Axe")
    for button, fields in [
        (
            "Keep it and go on",
            {"purpose": "I listen to how pages sound to somebody who hears them."},
        ),
        ("Keep them and go on", {}),
        ("Keep it and go in", {}),
    ]:
        found += violations(page)
        with page.expect_navigation():
            send(page, button, **fields)
    found += violations(page)
    assert found == []


@pytest.mark.parametrize(
    ("handle", "path", "button", "fields"),
    [
        ("", "/signin", "Send me a link", {"email": "nonsense"}),
        ("", "/join", "Send it to the stewards", {"email": "nonsense", "name": "", "purpose": ""}),
        ("ama", "/people/rui", "Ask Rui Carvalhal to connect", {"reason": "Short."}),
        ("ama", "/me/profile/story", "Save Your story", {"body": "long " * 5000}),
        ("ama", "/me/profile", "Save name and pronouns", {"name": ""}),
        ("ama", "/me/participation", "Save the room you have", {"when": "long " * 500}),
        ("ama", "/me/account", "Change the address", {"email": "nonsense"}),
        ("ama", "/welcome/purpose", "Keep it and go on", {"purpose": ""}),
        ("dara", "/steward", "Hold the door open", {"email": "nonsense"}),
    ],
)
def test_axe_finds_nothing_on_a_form_that_was_not_taken(
    visit: Visit, violations, handle: str, path: str, button: str, fields: dict[str, str]
):
    page = visit(handle, script=True)
    page.goto(path)
    with page.expect_response(lambda answer: answer.status == 422):
        send(page, button, **fields)
    page.locator("[role=alert]").first.wait_for()
    assert violations(page) == []


def test_axe_finds_nothing_on_a_page_that_gives_back_what_was_written(visit: Visit, violations):
    page = visit("ama")
    page.goto("/people/rui")
    page.locator("form[action$='/connect']").evaluate(
        "form => form.action = '/people/keiko/connect'"
    )
    with page.expect_response(lambda answer: answer.status == 403):
        send(page, "Ask Rui Carvalhal to connect", reason="I would like to hear how you hand over.")
    page.get_by_text("I would like to hear how you hand over.").wait_for()
    assert violations(page) == []


def send(page: Page, button: str, **fields: str) -> None:
    """Fill in a form and send it, whatever the browser itself thinks of what stands in it."""
    pressed = page.get_by_role("button", name=button, exact=True)
    form = page.locator("form").filter(has=pressed)
    form.evaluate("form => form.noValidate = true")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    pressed.click()
