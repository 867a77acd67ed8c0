"""Where the statements of purpose come from, and what is searched in them."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = (
    "housing",
    "animal rescue",
    '"mental health"',
    "youth sports",
    "education",
    "community",
    "support people",
    "care",
    "art and music for children",
    "veterans families",
    "clean water",
    "women health support",
    "food hunger",
    "research",
    "church",
    "dance",
    "scholarships students",
    "homeless shelter",
    "theatre",
    "environment river",
    "immigrants legal",
    "disabilities employment",
    "history museum",
    "fire department",
    "to provide support",
)


def statements_file(named: str | None, folder: Path) -> Path:
    """Return the CSV file to build from: the one named, one beside the checkout, or one made of the
    demo.
    """
    if named:
        return Path(named)
    beside = sorted(ROOT.parent.glob("*/data/purposes.csv"))
    return beside[0] if beside else _from_the_demo(folder / "purposes.csv")


def _from_the_demo(path: Path) -> Path:
    story = json.loads((ROOT / "network" / "demo" / "people.json").read_text(encoding="utf-8"))
    dice = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("name", "purpose", "place", "theme"))
        for told in story["members"]:
            words = f"{told['purpose']} {told['offers']} {told['problems']}"
            theme = dice.choice(told["themes"] or [""])
            writer.writerow((told["name"], words, told["headline_place"], theme))
    return path
