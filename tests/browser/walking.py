"""Walking through the pages of the network as somebody: along its links, a few of each kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import ConsoleMessage, Page

MOST_OF_A_KIND = 2
NO_TOKEN = "no-token-that-anybody-was-given"
# Where the walks begin, by who walks: pages of each sort, and those that no link leads to.
STARTS = {
    "": [
        "/",
        "/join",
        "/join/asked",
        f"/join/{NO_TOKEN}",
        "/signin",
        f"/signin/link/{NO_TOKEN}",
        f"/me/account/address/{NO_TOKEN}",
        "/people/ama",
        "/nothing/here",
    ],
    "ama": [
        "/",
        "/people/ifeoma",  # connected
        "/people/anjali",  # has asked
        "/people/rui",  # may be asked
        "/people/keiko",  # may not
        "/people/ama",
        "/people/nobody-here",
        "/people/ifeoma/end",
        "/people/ifeoma/note",
        "/people/ifeoma/vouch",
        "/people/ifeoma/vouches",
        "/people/rui/introduction?through=ifeoma",
        "/people?q=care+homes",
        "/people?q=xylophone+tuning",
        "/people?q=care&work=advisory&place=Porto",
        "/me/profile/as/member/ifeoma",
        "/signin/again",
        "/welcome/purpose",
        "/welcome/words",
        "/welcome/reach",
    ],
    "dara": ["/", "/steward", "/steward/organisations"],
    # In a circle; and somebody who facilitates one and hosts its meetings.
    "ama, gathering": [
        "/circles",
        "/circles?q=numbers",
        "/circles?q=xylophone+tuning",
        "/circles/new/team",
        "/circles/no-such-circle",
        "/learning",
        "/learning?q=handing+over",
        "/learning/calendar",
        "/learning/needs/new",
        "/green-rooms/new",
        "/me/calendar",
    ],
    "anjali, gathering": ["/circles", "/learning"],
    # To a team that may be approached.
    "oskar, gathering": ["/circles?q=six+weeks"],
    # Somebody who speaks for an organisation, and people to whom such write.
    "oskar, at work": [
        "/organisations",
        "/organisations?q=boats",
        "/organisations?q=xylophone",
        "/organisations/new",
        "/organisations/no-such-organisation",
        f"/organisations/verify/{NO_TOKEN}",
        "/approaches",
        "/needs",
        "/needs/new",
        "/referrals",
        f"/referrals/answer/{NO_TOKEN}",
    ],
    "ama, at work": ["/asks", "/organisations", "/approaches", "/needs", "/referrals"],
    "anjali, at work": ["/asks", "/needs", "/referrals"],
    # Parties of terms on the table and of work in every state: who begins terms and has a balance,
    # who is to check in, whose work has not begun, and who writes words about it when it is over.
    "ama, agreeing": [
        "/engagements",
        "/conversations",
        "/portfolio",
        "/negotiations/no-such-terms",
    ],
    "oskar, agreeing": ["/engagements", "/portfolio"],
    "rui, agreeing": ["/engagements", "/portfolio"],
    "vesna, agreeing": ["/engagements", "/portfolio/outside"],
}
# Where those walk who gather, are at work, or agree on it, and nobody else.
ROOMS = {
    "gathering": re.compile(r"^/(circles|learning|green-rooms|me/calendar)\b"),
    "at work": re.compile(r"^/(organisations|approaches|needs|referrals)\b"),
    "agreeing": re.compile(r"^/(negotiations|engagements|testimony|showing|portfolio)\b"),
}
# Pages of no room from which others lead into one.
HALLS = {"agreeing": re.compile(r"^/conversations/[\w-]+$")}
# Pages that only a form leads to which was not taken, after the page that it stands on.
BEYOND_A_FORM = {
    "/learning/sessions/<session>": ("/harvest", "/commitments", "/rounds"),
    "/engagements/<engagement>": ("/handover",),
}
SHAPES = [
    (r"^/circles/new/[^/]+", "/circles/new/<form>"),
    (r"^/circles/(?!new\b)[^/]+", "/circles/<slug>"),
    (r"/people/[^/]+$", "/people/<handle>"),
    (r"/notes/(?!new$)[^/]+", "/notes/<note>"),
    (r"/decisions/(?!new$)[^/]+", "/decisions/<decision>"),
    (r"/sessions/(?!new$)[^/.]+", "/sessions/<session>"),
    (r"/needs/(?!new$)[^/]+", "/needs/<need>"),
    (r"^/organisations/verify/[^/]+", "/organisations/verify/<token>"),
    (r"^/organisations/(?!new$|verify/)[^/]+", "/organisations/<organisation>"),
    (r"/representatives/[^/]+", "/representatives/<representative>"),
    (r"^/approaches/[^/]+", "/approaches/<approach>"),
    (r"^/referrals/answer/[^/]+", "/referrals/answer/<token>"),
    (r"^/referrals/(?!answer/)[^/]+", "/referrals/<referral>"),
    (r"^/green-rooms/(?!new$)[^/]+", "/green-rooms/<room>"),
    (r"^/negotiations/(?!new$)[^/]+", "/negotiations/<negotiation>"),
    (r"/versions/[^/.]+", "/versions/<int:number>"),
    (r"^/engagements/[^/]+", "/engagements/<engagement>"),
    (r"/check-in/[^/]+", "/check-in/<int:number>"),
    (r"/left/(?!new$)[^/]+", "/left/<entry>"),
    (r"^/testimony/[^/]+", "/testimony/<testimony>"),
    (r"^/portfolio/outside/[^/]+", "/portfolio/outside/<work>"),
]


def answer(page: Page, about: str, button: str) -> None:
    """Answer what is asked under Asks, and wait until the answer has been taken."""
    page.goto("/asks")
    card = page.locator("article[data-ask]").filter(has_text=about)
    with page.expect_response(lambda got: "/answer" in got.url and got.status < 400):
        card.get_by_role("button", name=button).click()


def press(page: Page, button: str | re.Pattern[str], *, to: str, status: int = 303) -> None:
    """Press what sends a form to an address, and wait until that has been answered."""
    with page.expect_response(
        lambda got: got.request.method == "POST" and to in got.url
    ) as answered:
        page.get_by_role("button", name=button, exact=True).click()
    assert answered.value.status == status
    page.wait_for_load_state()


NARROW_PX = 320
# What a page holds beyond the edge of its window, outside of what may scroll by itself.
BEYOND = """() => {
  const width = document.documentElement.clientWidth
  const wide = [...document.body.querySelectorAll("*")].filter(element =>
    element.getBoundingClientRect().right > width + 1 &&
    !element.closest(".scroll, svg, .vh, [popover]") && element.checkVisibility())
  const shown = wide.map(element => element.outerHTML.slice(0, 80))
  return [document.scrollingElement.scrollWidth > width, shown]
}"""
LINKS = "links => links.map(link => link.href)"


@dataclass
class Seen:
    """What went wrong on the pages of one walk, each with the page where it did."""

    kinds: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)


def shape(path: str) -> str:
    """Return what kind of page this is: without the names of people, and of words searched for."""
    parts = urlsplit(path)
    kind = re.sub(r"^(/people|/me/profile/as/member)/[^/]+", r"\1/<handle>", parts.path)
    kind = re.sub(r"^(/join|/signin/link|/me/account/address)/[^/]{12,}$", r"\1/<token>", kind)
    kind = re.sub(r"^/me/profile/\w+$", "/me/profile/<key>", kind)
    kind = re.sub(r"^/conversations/(?!new$)[^/]+", "/conversations/<key>", kind)
    kind = re.sub(r"^/introductions/(?!new$)[^/]+", "/introductions/<key>", kind)
    kind = re.sub(r"/messages/[^/]+", "/messages/<message_key>", kind)
    if room_of(kind):
        for pattern, plain in SHAPES:
            kind = re.sub(pattern, plain, kind)
    names = sorted({name for name, _value in parse_qsl(parts.query)})
    return f"{kind}?{'&'.join(names)}" if names else kind


def room_of(path: str) -> str:
    """Return in which room a page stands, or "" where everybody walks."""
    return next((room for room, there in ROOMS.items() if there.match(path)), "")


def is_in(path: str, room: str) -> bool:
    """Return whether a page is walked by those of a room: it is in it, or leads there."""
    hall = HALLS.get(room)
    return room_of(path) == room or (hall is not None and bool(hall.match(path)))


def walk(
    page: Page, starts: Iterable[str], *, room: str = "", most: int = MOST_OF_A_KIND
) -> Iterator[str]:
    """Open the starts, and what they lead to: at most so many pages of a kind."""
    home = page.url.split("/", 3)[:3]
    waiting, met = list(starts), set(starts)
    kinds = Counter(map(shape, waiting))
    while waiting:
        path = waiting.pop(0)
        page.goto(path)
        yield path
        beyond = BEYOND_A_FORM.get(shape(path), ())
        waiting += [path + each for each in beyond if kinds[shape(path + each)] == 0]
        kinds.update(shape(path + each) for each in beyond)
        for link in page.locator("a[href]:not([download])").evaluate_all(LINKS):
            found = urlsplit(link)
            there = f"{found.path}?{found.query}" if found.query else found.path
            kind = shape(there)
            ours = link.split("/", 3)[:3] == home and is_in(there, room)
            if ours and there not in met and kinds[kind] < most:
                met.add(there)
                kinds[kind] += 1
                waiting.append(there)


def listen(page: Page, troubles: list[str]) -> None:
    """Write down what the browser complains of: errors of script, and what the policy forbade."""

    def heard(message: ConsoleMessage) -> None:
        # Of a page that answers 404 or 422 on purpose the browser says so; the test knows.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            troubles.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))


def sideways(page: Page) -> list[str]:
    """Return what makes a page scroll sideways in a window as narrow as can be."""
    scrolls, wide = page.evaluate(BEYOND)
    return [f"{page.url}: {each}" for each in wide or (["it scrolls"] if scrolls else [])]


def in_the_dark(page: Page) -> list[str]:
    """Show the page in dark colours and again in light ones; the browser complains by itself."""
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    return []


Look = Callable[[Page], list[str]]


def look_at(page: Page, who: str, *looks: Look) -> Seen:
    """Walk as somebody of `STARTS`, and return what the looks found and the browser said."""
    seen = Seen()
    listen(page, seen.troubles)
    for path in walk(page, STARTS[who], room=who.partition(", ")[2]):
        seen.kinds.add(shape(path))
        for look in looks:
            seen.troubles += look(page)
    return seen
