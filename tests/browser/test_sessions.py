"""A session that fills: somebody leaves, the first in line takes the offer, and it is harvested."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from network.clock import utc_now
from tests.browser.test_journeys import Visit
from tests.browser.walking import answer
from tests.faults.running import Running

pytestmark = pytest.mark.browser

ROOM = "https://room.example/handing-over"
LEARNED = "I wrote down the four moments I get nervous, and that was the handover."


def host(page: Page, title: str) -> str:
    page.goto("/learning/sessions/new")
    page.get_by_label("What is it called?").fill(title)
    page.get_by_label("What will you do together?").fill("We hand over what only we know.")
    page.get_by_role("button", name="Go on").click()
    day = (utc_now() + timedelta(days=9)).date().isoformat()
    page.get_by_label("Which day?").fill(day)
    page.get_by_label("At what time does it begin?").fill("10:00")
    page.get_by_label("On whose clocks?").select_option("Europe/Lisbon")
    page.get_by_label("Where is it").fill(ROOM)
    page.get_by_label("Room for how many").first.fill("1")
    page.get_by_role("button", name="Put it on the calendar").click()
    expect(page.get_by_text("It stands.")).to_be_visible()
    return page.url.partition("#")[0]


def take(page: Page, at: str, button: str, said: str) -> None:
    page.goto(at)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(said).first).to_be_visible()


def it_is_over(network: Running, key: str) -> None:
    """Let the session have been: a browser does not wait nine days."""
    engine = create_engine(f"sqlite:///{network.instance / 'network.db'}")
    began = utc_now() - timedelta(hours=3)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE learning_session SET starts_at = :a, ends_at = :b WHERE key = :key"),
            {
                "a": began.replace(tzinfo=None).isoformat(sep=" "),
                "b": (began + timedelta(hours=1)).replace(tzinfo=None).isoformat(sep=" "),
                "key": key,
            },
        )
    engine.dispose()


@pytest.mark.parametrize(
    ("script", "leads", "goes", "waits"),
    [(True, "keiko", "mateus", "beatriz"), (False, "dara", "ewan", "lindiwe")],
)
def test_a_session_fills_somebody_leaves_and_the_first_in_line_takes_the_offer(
    visit: Visit, network: Running, script: bool, leads: str, goes: str, waits: str
):
    title = f"Handing over with {leads}"
    hosting = visit(leads, script=script)
    at = host(hosting, title)
    going, waiting = visit(goes, script=script), visit(waits, script=script)
    take(going, at, "Take a place", "A place is yours.")
    expect(going.get_by_text(ROOM)).to_be_visible()
    take(waiting, at, "Stand in line", "You are in line.")
    expect(waiting.get_by_text(ROOM)).to_have_count(0)

    take(going, at, "I can’t come", "Given back.")
    answer(waiting, title, "Yes, I come")
    waiting.goto(at)
    expect(waiting.get_by_text(ROOM)).to_be_visible()
    going.goto(at)
    expect(going.get_by_role("button", name="Stand in line")).to_be_visible()

    it_is_over(network, at.rpartition("/")[2])
    waiting.goto(at)
    waiting.locator("#harvest textarea").fill(LEARNED)
    waiting.locator("#harvest").get_by_role("button", name="Keep it").click()
    expect(waiting.get_by_text(LEARNED).first).to_be_visible()
    hosting.goto(at)
    expect(hosting.get_by_text(LEARNED).first).to_be_visible()


def test_a_calendar_address_is_shown_once_and_shows_what_its_owner_has(visit: Visit):
    page = visit("ama")
    page.goto("/me/calendar")
    page.get_by_role("button", name=re.compile("^Make")).click()
    address = page.get_by_label("Copy it now").input_value()
    path = "/calendar/" + address.rpartition("/calendar/")[2]
    answer = page.context.request.get(path)
    assert answer.ok
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.goto("/me/calendar")
    expect(page.get_by_text("You have an address.")).to_be_visible()
    assert address not in page.content()
