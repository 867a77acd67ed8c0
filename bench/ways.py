"""How long it takes to say, for a page of people found, who could introduce the viewer to each."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from bench.figures import opened, percentile
from network.clock import utc_now
from network.db import db, migrate, reading
from network.demo.large import write_acquaintances
from network.members.models import Connection, Member
from network.relationships.queries.ways import ways_to

ON_A_PAGE = 20
PAGES = 400


def page_ms(folder: Path, members: int = 100_000) -> float:
    """Return the time below which 95 of 100 pages stay. A quarter of them each: anybody or one of
    those who know most, finding anybody or twenty of those who know most.
    """
    instance = folder / f"acquainted-{members}"
    instance.mkdir()
    with opened(instance):
        migrate()
        for _ in tqdm(
            write_acquaintances(db.engine, members, now=utc_now()),
            desc="acquaintances",
            file=sys.stderr,
            disable=None,
        ):
            pass
        with reading() as session:
            return percentile(_times_ms(session, members), 0.95)


def _times_ms(session: Session, members: int) -> list[float]:
    known: Counter[int] = Counter()
    for column in (Connection.low_id, Connection.high_id):
        known.update(session.scalars(select(column)))
    well_known = [number for number, _ in known.most_common(ON_A_PAGE * 2)]
    anybody, dice, now, taken = range(1, members + 1), random.Random(7), utc_now(), []
    for number in tqdm(range(PAGES), desc="ways", file=sys.stderr, disable=None):
        viewer = dice.choice(well_known if number % 2 else anybody)
        targets = dice.sample(well_known if number % 4 > 1 else anybody, ON_A_PAGE)
        member = session.get_one(Member, viewer)
        began = time.perf_counter()
        ways_to(session, member, targets, now)
        taken.append((time.perf_counter() - began) * 1000)
    return taken
