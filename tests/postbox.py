"""A mail server for tests, on a free port of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Box:
    """Keeps what it takes and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.tried: list[str] = []
        self.to_recipient = self.to_data = "250 OK"
        self.refuses: set[str] = set()
        self.sessions: set[int] = set()
        self.greeting = ""
        self.port = 0

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        self.sessions.add(id(session))
        self.greeting = str(session.host_name)
        self.tried.append(address)
        if address in self.refuses:
            return "550 no such person"
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.to_data.startswith("250"):
            self.taken.append(envelope)
        return self.to_data


@contextmanager
def mail_server(**options: object) -> Iterator[Box]:
    """Run a mail server and yield its box."""
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
