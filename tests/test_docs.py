"""The documents say what the program does: every setting, command and kind of event is in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import network
from network.cli import commands
from network.composition import LETTERS

ROOT = Path(network.__file__).parent
DOCS = ROOT.parent / "docs"
EVENT = re.compile(r"[a-z_]+(?::[a-z_]+){1,2}")


@pytest.fixture
def documents() -> str:
    """What there is to read. Where nothing is, everything is missing, and said to be."""
    return "\n".join(path.read_text() for path in sorted(DOCS.glob("**/*.md")))


def missing(names: set[str], documents: str) -> list[str]:
    assert names
    return sorted(
        name for name in names if not re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:])", documents)
    )


def settings() -> set[str]:
    source = (ROOT / "config.py").read_text()
    return set(re.findall(r"\bCOMMONWEAL_[A-Z_]+", source))


def test_settings_are_read_in_one_place() -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.name != "config.py" and re.search(r"os\.environ|getenv\(", path.read_text())
    ]
    assert elsewhere == []


def test_every_setting_is_documented(documents: str) -> None:
    assert missing(settings(), documents) == []


def told(group: click.Group, above: str = "commonweal") -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{above} {name}"
        if isinstance(command, click.Group):
            yield from told(command, f"{above} {name}")


def test_every_command_is_documented(documents: str) -> None:
    assert missing(set(told(commands)), documents) == []


def test_every_option_of_a_command_is_documented(documents: str) -> None:
    options = {
        opt
        for command in commands.commands.values()
        for param in command.params
        for opt in param.opts
        if opt.startswith("--") and not getattr(param, "hidden", False)
    }
    assert missing(options, documents) == []


def kinds_of_events() -> set[str]:
    """Return the kinds that the code writes: what `record` and its like are called with."""
    found: set[str] = set()
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                kind = node.value
                package = kind.partition(":")[0]
                if EVENT.fullmatch(kind) and (ROOT / package).is_dir():
                    found.add(kind)
    return found


def test_every_kind_of_event_is_documented(documents: str) -> None:
    kinds = kinds_of_events()
    assert {
        "asks:sent",
        "asks:declined",
        "members:joined",
        "relationships:connection:made",
    } <= kinds
    assert missing(kinds, documents) == []


def test_every_letter_is_written_for_an_event_that_happens() -> None:
    assert set(LETTERS) <= kinds_of_events()
