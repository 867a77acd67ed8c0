from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from network.composition import LETTERS
from network.config import Settings
from network.events import worker
from network.notices import post
from tests.postbox import Box, mail_server


@pytest.fixture
def time(now: datetime) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(now, tick=True) as travelling:
        yield travelling


@pytest.fixture
def deliver(app: Flask, time: time_machine.Coordinates) -> Callable[[], bool]:
    """Let the worker send what is due."""
    return lambda: worker.run_once({"mail": post.channel(app, LETTERS)})


@pytest.fixture
def settings(app: Flask) -> Settings:
    return app.config["SETTINGS"]


@pytest.fixture
def box(app: Flask, settings: Settings) -> Iterator[Box]:
    """A mail server that the application is set to use."""
    with mail_server() as box:
        app.config["SETTINGS"] = replace(settings, smtp_url=f"smtp://127.0.0.1:{box.port}")
        yield box


@pytest.fixture
def letters(deliver: Callable[[], bool], settings: Settings) -> Callable[[], list[EmailMessage]]:
    """Deliver what is due and return every letter that was written, by whom it is for."""

    def read() -> list[EmailMessage]:
        while deliver():
            pass
        paths = (settings.instance / "mail").glob("*.eml")
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return sorted(found, key=lambda letter: letter["To"])

    return read
