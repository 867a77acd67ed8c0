"""Two people write to each other: with script while they type, without it by loading again."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from playwright.sync_api import Page, expect

from tests.faults.running import Running

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
SEEN_MS = 5_000
STATE = """() => {
  const field = document.activeElement
  return [field.id, field.value, field.selectionStart]
}"""
PLACE = "element => Math.round(element.getBoundingClientRect().top)"


def write(page: Page, words: str) -> None:
    page.locator("#body").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".msg").last).to_contain_text(words)


def begin(page: Page, handle: str, words: str) -> str:
    """Write to somebody, as the first or not; return where the two of them write."""
    page.goto(f"/conversations/new?to={handle}")
    page.locator("textarea[name=body]").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".msg").last).to_contain_text(words.partition("*")[0])
    return page.url.partition("#")[0]


def test_words_arrive_while_the_other_types_and_nothing_moves(visit: Visit):
    ama, ifeoma = visit("ama"), visit("ifeoma")
    there = begin(ama, "ifeoma", "The quay at six, if the rain stops.")
    for number in range(8):
        write(ama, f"Another thing, the {number}th.\n\nWith a second paragraph.")
    ifeoma.goto(there)
    field = ifeoma.locator("#body")
    field.press_sequentially("I would rather walk", delay=5)
    for _step in range(4):
        ifeoma.keyboard.press("ArrowLeft")
    before = ifeoma.evaluate(STATE)
    assert before == ["body", "I would rather walk", 15]
    place = field.evaluate(PLACE)
    write(ama, "I am already here.")
    expect(ifeoma.locator("#latest")).to_contain_text("I am already here.", timeout=SEEN_MS)
    assert ifeoma.evaluate(STATE) == before
    assert field.evaluate(PLACE) == place
    ifeoma.keyboard.type("slowly ")
    expect(field).to_have_value("I would rather slowly walk")
    ifeoma.get_by_role("button", name="Send", exact=True).click()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    expect(ama.locator("#latest")).to_contain_text("I would rather", timeout=SEEN_MS)
    ama.reload()
    expect(ama.locator(".msg").last).to_contain_text("I would rather")


def test_what_is_read_further_up_stays_in_its_place_when_words_arrive(visit: Visit):
    dara, ama = visit("dara"), visit("ama")
    there = begin(dara, "ama", "A first word.")
    for number in range(12):
        write(dara, f"Paragraph {number}.\n\nIt goes on for a while.\n\nAnd ends.")
    ama.goto(there)
    read = ama.locator(".msg").nth(4)
    read.scroll_into_view_if_needed()
    ama.wait_for_timeout(200)
    place = read.evaluate(PLACE)
    write(dara, "And one more.")
    expect(ama.locator("#latest")).to_contain_text("And one more.", timeout=SEEN_MS)
    assert read.evaluate(PLACE) == place


def many(instance: Path, key: str, count: int) -> None:
    """Put many messages before the newest ones of a conversation, as if they had been written."""
    with contextlib.closing(sqlite.connect(instance / "network.db", timeout=10)) as file, file:
        (number, turn), author = (
            file.execute("SELECT id, turn FROM conversation WHERE key = ?", (key,)).fetchone(),
            file.execute("SELECT id FROM member WHERE handle = 'salma'").fetchone()[0],
        )
        file.executemany(
            "INSERT INTO message (key, conversation_id, turn, author_id, body, sent_at, submission)"
            " VALUES (?, ?, ?, ?, ?, '2026-11-01 10:00:00.000000', ?)",
            [
                (f"m{key[:6]}{each}", number, turn + each, author, f"Number {each}.", f"m{each}")
                for each in range(1, count + 1)
            ],
        )
        file.execute("UPDATE conversation SET turn = turn + ? WHERE id = ?", (count, number))


def test_earlier_words_come_above_without_moving_what_is_read(visit: Visit, network: Running):
    page = visit("ama")
    there = begin(page, "salma", "Before all of it.")
    many(network.instance, there.rpartition("/")[2], 130)
    page.goto(there)
    expect(page.locator(".msg")).to_have_count(50)
    link = page.get_by_role("link", name="Earlier words")
    link.scroll_into_view_if_needed()
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(300)
    first = page.locator(".msg", has_text="Number 81.")
    place = first.evaluate(PLACE)
    link.click()
    expect(page.locator(".msg")).to_have_count(100)
    page.wait_for_timeout(300)
    assert abs(first.evaluate(PLACE) - place) <= 2
    page.get_by_role("link", name="Earlier words").click()
    expect(page.locator(".msg", has_text="Before all of it.")).to_be_visible()
    assert page.locator(".msg").count() > 130


def test_without_script_a_letter_is_written_kept_read_and_taken_back(visit: Visit):
    one, other = visit("ama", script=False, width=390), visit("aroha", script=False)
    there = begin(one, "aroha", "A letter on paper, and *ink*.")
    other.goto("/conversations")
    expect(other.get_by_text("There are words here that you have not read.")).to_be_visible()
    other.get_by_role("link", name="Ama Lindgren").click()
    expect(other.locator(".msg em").last).to_have_text("ink")
    other.get_by_role("button", name="I have read this").click()
    expect(other.get_by_role("button", name="I have read this")).to_have_count(0)
    other.locator("#body").fill("An answer, not **finished**")
    other.get_by_role("button", name="Keep for later").click()
    other.goto(there)
    expect(other.locator("#body")).to_have_value("An answer, not **finished**")
    other.get_by_role("button", name="Read it over first").click()
    expect(other.locator(".looked strong")).to_have_text("finished")
    write(other, "An answer.")
    one.goto(there)
    expect(one.locator(".msg").last).to_contain_text("An answer.")
    mine = one.locator(".msg").filter(has_text="A letter on")
    mine.get_by_text("Take back").click()
    mine.get_by_role("button", name="Take these words back").click()
    expect(one.get_by_text("You took these words back.")).to_be_visible()
    other.reload()
    expect(other.get_by_text("These words were taken back.")).to_be_visible()
    expect(other.locator("#body")).to_have_value(re.compile("^$"))
