"""`python -m bench`: build a network of 10,000 (or, with --large, 100,000) and measure it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote_plus

from bench import agreements, figures, gatherings, threads, ways
from bench.people import WORDS, statements_file
from bench.server import Client, Server, command, free_port

SEARCHES = [f"/people?q={quote_plus(words)}" for words in WORDS]


def report(
    name: str, value: float, unit: str, budget: float | None, *, least: bool = False
) -> None:
    """Print one figure; `least` says that the budget is the least and not the most."""
    ok = None if budget is None else (value >= budget if least else value <= budget)
    line = {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "ok": ok}
    print(json.dumps(line), flush=True)


def build(folder: Path, purposes: Path, members: int) -> Path:
    """Write a network of so many members and return its instance folder."""
    instance = folder / f"of-{members}"
    command(instance, "demo", "--purposes", str(purposes), "--members", str(members))
    return instance


def serve(instance: Path) -> Server:
    """Return `commonweal serve` on a free port of the loopback interface."""
    port = free_port()
    return Server(
        [sys.executable, "-m", "network.cli", "serve", "--port", str(port)], port, instance
    )


def search(server: Server, size: str, p50: float, p95: float, count: int) -> None:
    """Measure the search page, one request at a time."""
    client = Client(server.port)
    client.enter("m7")
    taken = figures.times_ms(client, SEARCHES, count)
    report(f"search_page_p50_ms_{size}", figures.percentile(taken, 0.5), "ms", p50)
    report(f"search_page_p95_ms_{size}", figures.percentile(taken, 0.95), "ms", p95)


def measure(folder: Path, purposes: Path) -> None:
    """Measure a network of 10,000."""
    instance = build(folder, purposes, 10_000)
    there = threads.write_threads(instance)
    gathered = gatherings.write(instance, purposes, 10_000, circles=300, sessions=5_000)
    agreed = agreements.write(instance)
    with serve(instance) as server:
        report("start_s", server.start_s, "s", 3)
        search(server, "10k", 15, 40, 500)
        pages(server, folder)
        conversations(server, there)
        circles_and_sessions(server, gathered)
        terms_and_balance(server, instance, agreed)
        report("first_visit_kb", figures.first_visit_kb(server.port), "KB", 200)
        report("html_kb_max", figures.html_kb_max(server.port), "KB", 30)
        report("searchable_p99_s", figures.searchable_p99_s(server.port), "s", 5)
        per_s, errors, fairness = figures.writes(server.port)
        report("writes_per_s", per_s, "1/s", 250, least=True)
        report("write_errors", errors, "", 0)
        report("write_fairness", fairness, "", 0.25, least=True)
        places(server, instance, gathered)
        report("rss_mb_serve", server.memory_mb(), "MB", 250)
    report("search_raw_index_p95_ms_10k", figures.raw_index_p95_ms(instance), "ms", None)
    report("index_members_per_s", figures.index_members_per_s(instance), "1/s", 600, least=True)
    many = figures.statements(instance, "m7")
    small = build(folder, purposes, 10)
    gatherings.write(small, purposes, 10, circles=3, sessions=60)
    few = figures.statements(small, "m7")
    report("statements_max", max(*many.values(), *few.values()), "", 12)
    report("statements_growth", max(many[page] - few.get(page, many[page]) for page in many), "", 0)
    report("warm_paths_page_ms_100k", ways.page_ms(folder), "ms", 20)


def pages(server: Server, folder: Path) -> None:
    """Measure the other pages, and Today against a bare page of equal bytes in the same minute."""
    client = Client(server.port)
    client.enter("m7")
    today = figures.times_ms(client, ["/"], 300)
    size = len(client.get("/")[1])
    report("page_p95_ms_today", figures.percentile(today, 0.95), "ms", 25)
    member = figures.times_ms(client, [f"/people/m{number}" for number in range(20, 60)], 300)
    report("page_p95_ms_member", figures.percentile(member, 0.95), "ms", 25)
    port = free_port()
    with Server(
        [sys.executable, "-m", "bench.bare", str(port), str(size)], port, folder, "/"
    ) as bare:
        hello = figures.times_ms(Client(bare.port), ["/"], 300)
    ratio = figures.percentile(today, 0.5) / figures.percentile(hello, 0.5)
    report("hello_page_ratio", ratio, "x", 5)


def conversations(server: Server, there: dict[str, str]) -> None:
    """Measure a thread of ten and one of 10,000 messages, a message, and a poll without news."""
    long = threads.open_p95_ms(server.port, there["long"])
    report("thread_open_p95_ms_10k_messages", long, "ms", 40)
    short = threads.open_p95_ms(server.port, there["short"])
    report("thread_open_p95_ms_10_messages", short, "ms", None)
    report("poll_idle_ms", threads.poll_idle_ms(server.port, there["long"]), "ms", 5)
    report("message_post_p95_ms", threads.post_p95_ms(server.port, there), "ms", 25)


def circles_and_sessions(server: Server, there: gatherings.There) -> None:
    """Measure the pages of circles and of learning, and a full calendar."""
    for name, paths in (
        ("circles", ["/circles"]),
        ("circle", gatherings.CIRCLES),
        ("learning", ["/learning"]),
        ("session", gatherings.SESSIONS),
        ("calendar", ["/learning/calendar"]),
    ):
        taken = gatherings.page_p95_ms(server.port, paths)
        report(f"{name}_page_p95_ms", taken, "ms", 25)
    first, again = gatherings.feed_p95_ms(server.port, there)
    report("calendar_feed_first_ms", first, "ms", None)
    report("calendar_feed_ms", again, "ms", 100)


def terms_and_balance(server: Server, instance: Path, there: agreements.There) -> None:
    """Measure a negotiation of twenty versions, a yes, and a balance of sixty agreements."""
    for name, path in (("negotiation", there.negotiation), ("portfolio", "/portfolio")):
        report(f"{name}_page_p95_ms", agreements.page_p95_ms(server.port, path), "ms", 25)
    report("accept_p95_ms", agreements.accept_p95_ms(server.port, there), "ms", 25)
    report("accept_not_agreed", agreements.not_agreed(instance, there), "", 0)


def places(server: Server, instance: Path, there: gatherings.There) -> None:
    """Measure 64 people who ask for the same places."""
    per_s, errors = gatherings.places_per_s(server.port, there)
    report("seat_requests_per_s", per_s, "1/s", None)
    report("seat_errors", errors, "", 0)
    report("seats_wrong", gatherings.wrong_places(instance, there), "", 0)


def measure_large(folder: Path, purposes: Path) -> None:
    """Measure the search of a network of 100,000."""
    instance = build(folder, purposes, 100_000)
    with serve(instance) as server:
        search(server, "100k", 50, 150, 500)
    report("search_raw_index_p95_ms_100k", figures.raw_index_p95_ms(instance), "ms", None)


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="the search at 100,000 members")
    parser.add_argument(
        "--purposes", help="a CSV file with the columns name, purpose, place, theme"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="commonweal-bench-") as name:
        folder = Path(name)
        purposes = statements_file(arguments.purposes, folder)
        sys.stderr.write(f"Building from {purposes.name}\n")
        (measure_large if arguments.large else measure)(folder, purposes)


if __name__ == "__main__":
    main()
