"""Every page, for each viewer: nothing scrolls sideways, is forbidden, or is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page

from network import create_app
from tests.browser.walking import NARROW_PX, STARTS, in_the_dark, look_at, shape, sideways
from tests.conftest import settings_for

pytestmark = pytest.mark.browser

# For machines, and pictures.
NOT_PAGES = {
    "/health/live",
    "/health/ready",
    "/static/<path:filename>",
    "/people/<handle>/portrait",
    "/learning/sessions/<session>.ics",
    "/calendar/<token>.ics",
    *(
        f"/negotiations/<negotiation>/{what}.{kind}"
        for what in ("agreement", "versions")
        for kind in ("html", "json")
    ),
    "/portfolio/ends.ics",
}
KNOWN_AS = {"/me/profile/as/<who>": "/me/profile/as/member"}


def test_no_page_scrolls_sideways_at_320_px_and_the_browser_never_complains(
    visit: Callable[..., Page], pages: set[str]
):
    kinds: set[str] = set()
    for who in STARTS:
        page = visit(who.partition(",")[0], width=NARROW_PX)
        page.goto("/")
        seen = look_at(page, who, sideways, in_the_dark)
        assert seen.troubles == []
        kinds |= {kind.partition("?")[0] for kind in seen.kinds}
    assert pages - kinds == set()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The address of each kind of page, from the routes: a new one has to be walked too."""
    # The browser's own loop runs in this thread, and the application will not start beside one.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(pages_of, tmp_path_factory.mktemp("pages")).result()


def pages_of(folder: Path) -> set[str]:
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'network.db'}"))
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return {shape(KNOWN_AS.get(rule, rule)) for rule in rules - NOT_PAGES}
