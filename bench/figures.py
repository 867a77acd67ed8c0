"""What is measured, and how. Each function returns plain numbers in the unit its name ends with."""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event
from tqdm import tqdm

from bench.people import WORDS
from bench.server import Client
from network import create_app
from network.clock import utc_now
from network.config import read_settings
from network.db import db, transaction
from network.members.documents import all_documents
from network.members.models import Member
from network.members.services.accounts import start_sign_in
from network.search import backend
from network.search.query import parse

WARM_UP = 30
CLIENTS = 64
WRITE_FOR_S = 8.0
PAGES = (
    "/",
    "/people",
    "/people?q=housing+care",
    "/people?work=interim",
    "/people/m7",
    "/asks",
    "/connections",
    "/conversations",
    "/conversations/new",
    "/me/profile",
    "/me/participation",
    "/me/account",
    "/me/boundaries",
    "/me/profile/as/member",
    "/rules",
    "/who-sees-what",
    "/circles",
    "/circles?q=provide",
    "/circles/c1",  # inside
    "/circles/c2",  # outside
    "/learning",
    "/learning?q=provide",
    "/learning/sessions/s1",
    "/learning/sessions/s2",  # of the circle
    "/learning/calendar",
)


def times_ms(client: Client, paths: list[str], count: int) -> list[float]:
    """Ask for pages one at a time over a kept connection and return how long each took."""
    for number in range(WARM_UP):
        client.get(paths[number % len(paths)])
    taken = []
    for number in tqdm(range(count), desc=paths[0][:24], file=sys.stderr, disable=None):
        began = time.perf_counter()
        status, _ = client.get(paths[number % len(paths)])
        taken.append((time.perf_counter() - began) * 1000)
        if status != 200:  # noqa: PLR2004
            raise RuntimeError(f"{paths[number % len(paths)]} answered {status}")
    return taken


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@contextmanager
def opened(instance: Path) -> Iterator[object]:
    """Open the application of an instance folder in this process."""
    app = create_app(read_settings({**os.environ, "COMMONWEAL_INSTANCE": str(instance)}))
    with app.app_context():
        yield app


def raw_index_p95_ms(instance: Path) -> float:
    """Ask the index alone for its first ten hits, members' layer and connections' layer."""
    with opened(instance) as app:
        index, analyzer = backend.index(app), backend.analyzer(app)  # type: ignore[arg-type]
        taken = []
        for number in range(400):
            query = parse(WORDS[number % len(WORDS)], analyzer)
            began = time.perf_counter()
            index.find(query, marks=(), connected=range(20), day=0)[:10]
            taken.append((time.perf_counter() - began) * 1000)
    return percentile(taken[100:], 0.95)


def statements(instance: Path, handle: str) -> dict[str, int]:
    """Return how many SQL statements each page runs for one member."""
    counted: dict[str, int] = {}
    with opened(instance) as app:
        with transaction() as session:
            member = session.query(Member).filter_by(handle=handle).one()
            user = start_sign_in(session, member, device="bench", now=utc_now())
        ran: list[str] = []
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", lambda *a: ran.append(a[2]))
    # Outside of it, so that every request has a session of its own.
    client = app.test_client()  # type: ignore[attr-defined]
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = user.token, True
    client.get("/rules")
    for page in PAGES:
        ran.clear()
        if client.get(page).status_code == 200:  # noqa: PLR2004
            counted[page] = len(ran)
    return counted


def index_members_per_s(instance: Path) -> float:
    """Build the index anew and return how many people it takes in a second."""
    with opened(instance) as app:
        began = time.perf_counter()
        count = 0

        def documents() -> Iterator[object]:
            nonlocal count
            for document in all_documents(db.session):
                count += 1
                yield document

        backend.index(app).rebuild(documents())  # type: ignore[arg-type]
        return count / (time.perf_counter() - began)


def writes(port: int) -> tuple[float, int, float]:
    """Let 64 people keep searches at once; return writes per second, errors, and slowest / median
    client.
    """
    done = [0] * CLIENTS
    errors: list[int] = []
    clients = [Client(port) for _ in range(CLIENTS)]
    for number, client in enumerate(tqdm(clients, desc="64 enter", file=sys.stderr, disable=None)):
        client.enter(f"m{100 + number}")
    stop = time.perf_counter() + WRITE_FOR_S

    def write(number: int) -> None:
        while time.perf_counter() < stop:
            status = clients[number].post("/me/participation/room", _room(done[number]))
            if status == 303:  # noqa: PLR2004
                done[number] += 1
            else:
                errors.append(status)

    _together([lambda number=number: write(number) for number in range(CLIENTS)])
    return sum(done) / WRITE_FOR_S, len(errors), min(done) / statistics.median(done)


def _room(number: int) -> dict[str, str]:
    return {"half_days": str((0, 1, 3, 8)[number % 4]), "from_month": "", "when": f"Day {number}"}


def _together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def searchable_p99_s(port: int, tries: int = 30) -> float:
    """Write a purpose with a word of its own, and wait until another member finds it."""
    writer, reader = Client(port), Client(port)
    writer.enter("m50")
    reader.enter("m51")
    taken = []
    for number in tqdm(range(tries), desc="to be found", file=sys.stderr, disable=None):
        word = f"zebrafinch{number}"
        writer.post("/me/profile/purpose", {"body": f"I look after a {word}.", "audience": "3"})
        began = time.perf_counter()
        while time.perf_counter() - began < 20:  # noqa: PLR2004
            if b'data-member="m50"' in reader.get(f"/people?q={word}+")[1]:
                break
            time.sleep(0.02)
        taken.append(time.perf_counter() - began)
    return max(taken)


def first_visit_kb(port: int) -> float:
    """Return what the cover of the house weighs as it travels: page, styles, fonts, pictures."""
    client = Client(port)
    _, page = client.get("/")
    total = len(page)
    for path in _linked(page.decode()):
        _, content = client.get(path, {"Accept-Encoding": "gzip"})
        total += len(content)
        if path.partition("?")[0].endswith("ground.css"):
            for font in ("newsreader-latin-opsz-normal", "hanken-grotesk-latin-wght-normal"):
                _, letters = client.get(f"/static/vendor/fonts/{font}.woff2")
                total += len(letters)
            if b"@font-face" not in gzip.decompress(content):
                raise RuntimeError("the fonts are not where they are looked for")
    return total / 1024


def _linked(page: str) -> list[str]:
    return [piece.partition('"')[0] for piece in page.split('="') if piece.startswith("/static/")]


def html_kb_max(port: int) -> float:
    """Return the weight of the heaviest page, and say which it is."""
    client = Client(port)
    client.enter("m7")
    weight, page = max((len(client.get(page)[1]) / 1024, page) for page in PAGES)
    sys.stderr.write(f"The heaviest page is {page}.\n")
    return weight
