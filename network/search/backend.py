"""The index of this installation, one for each application."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from network.search.port import Index
from network.search.terms import Analyzer
from network.search.whoosh_index import WhooshIndex


def init_app(app: Flask, folder: Path, language: str = "en") -> None:
    """Keep the index in `folder`."""
    analyzer = Analyzer(language)
    app.extensions["search"] = (WhooshIndex(folder, analyzer), analyzer)


def index(app: Flask) -> Index:
    """Return the index of this application."""
    found: Index = app.extensions["search"][0]
    return found


def analyzer(app: Flask) -> Analyzer:
    """Return the analyzer that made the index: the same for texts, queries and marks."""
    found: Analyzer = app.extensions["search"][1]
    return found
