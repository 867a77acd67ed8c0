from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.faults.running import Running, running, write_demo

WAIT_MS = 10_000
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo network, served by its own command: one for each process of tests."""
    instance = write_demo(tmp_path_factory.mktemp("browser") / "instance")
    with running(instance) as network:
        yield network


@pytest.fixture(scope="module")
def browser(browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """Chromium, for one module: while it runs, its event loop runs in this thread, and tests of the
    application itself would stumble over that.
    """
    if not CHROMIUM.exists():
        said = f"{CHROMIUM} is missing: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_type_launch_args)
        yield browser
        browser.close()


@pytest.fixture(params=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the pages' script runs: what takes this fixture is tested with it and without."""
    return request.param == "script"


@pytest.fixture
def visit(browser: Browser, network: Running) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own: `visit("ama", width=390)`; nobody's, without a handle."""
    contexts = []

    def open_page(handle: str = "", *, script: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=network.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        if handle:
            as_member(page, handle)
        return page

    yield open_page
    for context in contexts:
        context.close()


def as_member(page: Page, handle: str) -> None:
    """Be somebody of the demo network, through its door."""
    page.goto("/demo")
    page.locator(f'button[value="{handle}"]').click()
    page.wait_for_url("**/")
