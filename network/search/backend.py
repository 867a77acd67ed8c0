"""The indexes of this installation, one of people and one of things for each application."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from network.search.finding import Finder, Shelf
from network.search.port import Index
from network.search.terms import Analyzer
from network.search.whoosh_index import WhooshIndex


def init_app(app: Flask, *, people: Path, things: Path, language: str = "en") -> None:
    """Keep the indexes in these folders."""
    analyzer = Analyzer(language)
    app.extensions["search"] = (
        WhooshIndex(people, analyzer),
        WhooshIndex(things, analyzer),
        analyzer,
    )


def index(app: Flask) -> Index:
    """Return the index of the people of this application."""
    found: Index = app.extensions["search"][0]
    return found


def things(app: Flask) -> Index:
    """Return the index of what is not a person: circles, sessions and what comes of them."""
    found: Index = app.extensions["search"][1]
    return found


def analyzer(app: Flask) -> Analyzer:
    """Return the analyzer that made the indexes: the same for texts, queries and marks."""
    found: Analyzer = app.extensions["search"][2]
    return found


def finder(app: Flask, shelf: Shelf, *, day: int) -> Finder:
    """Return what looks for things of this shelf."""
    return Finder(things(app), analyzer(app), shelf, day)
